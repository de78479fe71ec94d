"""Where in a file an item of a pattern can be at all, by its signs and by what is bound already.

To look for a text takes a thousandth of the time that it takes to compare trees, and a walk over
dots asks the same item at each statement of a function.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from refactor.c.code import Code
from refactor.pattern.binding import Binding
from refactor.pattern.compile import Pattern
from refactor.pattern.sieve import Known, Sign, signs_of_start

Rows = tuple[Sequence[int], ...]
"""For each sign the offsets where it is, ascending."""


@dataclass
class Whereabouts:
    """Of the items of one pattern in one file, whose bytes are `data`."""

    data: bytes
    pattern: Pattern
    _signs: dict[object, tuple[Sign, ...]] = field(default_factory=dict)
    _rows: dict[object, Sequence[int]] = field(default_factory=dict)

    def rows(self, item: Code, env: Mapping[str, Binding], top: Code) -> Rows:
        """Where in a part of the file the signs of an item are."""
        key = (id(item), frozenset(env))
        signs = self._signs.get(key)
        if signs is None:
            # What an earlier item has bound is as good as what an earlier rule has.
            metas = {
                name: replace(meta, origin=meta.origin or "here") if name in env else meta
                for name, meta in self.pattern.metavariables.items()
            }
            signs = self._signs[key] = signs_of_start(self.pattern.searched(item), metas)
        known = (sign.known(env) for sign in signs)
        return tuple(self._hits(each, top) for each in known if each is not None)

    def _hits(self, sign: Known, top: Code) -> Sequence[int]:
        key = (sign, top.start)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = sign.hits(self.data, top.start, top.end)
        return found


def is_within(rows: Rows, start: int, end: int) -> bool:
    """True if there is an offset of each row between two offsets."""
    for offsets in rows:
        at = bisect_left(offsets, start)
        if at == len(offsets) or offsets[at] >= end:
            return False
    return True
