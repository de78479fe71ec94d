"""Where in a file an item of a pattern can be at all, by its signs and by what is bound already.

To look for a text takes a thousandth of the time that it takes to compare trees, and a walk over
dots asks the same item at each statement of a function.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from refactor.c.code import Code
from refactor.c.flow import Point
from refactor.pattern.binding import Binding, State
from refactor.pattern.compile import Pattern
from refactor.pattern.sieve import signs_of_start
from refactor.pattern.sign import Known
from refactor.pattern.statements import is_bare

Rows = tuple[Sequence[int], ...]
"""For each sign the offsets where it is, ascending."""


@dataclass
class Whereabouts:
    """Of the items of one pattern in one file, whose bytes are `data`."""

    data: bytes
    pattern: Pattern
    _rows: dict[object, Sequence[int]] = field(default_factory=dict)

    def rows(self, item: Code, env: Mapping[str, Binding], top: Code) -> Rows:
        """Where in a part of the file the signs of an item are."""
        key = (id(item), frozenset(env))
        told = self.pattern.told.signs
        signs = told.get(key)
        if signs is None:
            # What an earlier item has bound is as good as what an earlier rule has.
            metas = {
                name: replace(meta, origin=meta.origin or "here") if name in env else meta
                for name, meta in self.pattern.metavariables.items()
            }
            signs = told[key] = signs_of_start(self.pattern.searched(item), metas)
        known = (sign.known(env) for sign in signs)
        return tuple(self._hits(each, top) for each in known if each is not None)

    def _hits(self, sign: Known, top: Code) -> Sequence[int]:
        key = (sign, top.start)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = sign.hits(self.data, top.start, top.end)
        return found


class Signs:
    """Of items with the names of one state bound, in the function that is walked in."""

    def __init__(self, rows: Callable[[Code, State, Code], Rows], state: State) -> None:
        self._ask = rows
        self._state = state
        self.top: Code | None = None
        """The function, or whatever stands at the top of the file."""
        self._known: dict[tuple[int, int], Rows] = {}

    def enter(self, node: Code | None) -> None:
        """Go on in the function around a node; nothing can be told without one."""
        while node is not None and node.parent is not None and node.parent.kind != "file":
            node = node.parent
        self.top = node

    def rows(self, item: Code) -> Rows:
        """Where in the function the signs of an item are; nothing if there is nothing to go by."""
        if self.top is None:
            return ()
        key = (id(item), id(self.top))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._ask(item, self._state, self.top)
        return found

    def may_be(self, item: Code, point: Point) -> bool:
        """False if an item cannot be at a point, as far as its text tells."""
        rows = self.rows(item)
        node = point.node
        if not rows or node is None:
            return True
        if not is_within(rows, node.start, node.end):
            return False
        if point.kind != "head" or not is_bare(item):
            return True
        own = point.own()
        return not own or is_within(rows, own[0].start, own[-1].end)


def is_within(rows: Rows, start: int, end: int) -> bool:
    """True if there is an offset of each row between two offsets."""
    for offsets in rows:
        at = bisect_left(offsets, start)
        if at == len(offsets) or offsets[at] >= end:
            return False
    return True
