"""Whether all that a match has met is there in one build of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from refactor.c.exclusive import never_together
from refactor.c.grammar import STATEMENT_SORTS
from refactor.c.lexical import Directive, code_only, directives
from refactor.match.sites import Site
from refactor.pattern.binding import State
from refactor.pattern.compile import Pattern


def ways(site: Site) -> Iterator[State]:
    """Each way through a match, with what is bound on it.

    Where a rule only looks, none is a way that has met two branches of one conditional: no compiler
    sees both. Of a rule that changes the code it is refused instead, because there somebody is to
    hear of it.
    """
    looks = not site.pattern.whole_hunks
    is_split = looks and _OTHER.search(site.data, site.start, site.end) is not None
    for leaf in site.leaves:
        for state in leaf.unfolded():
            if not is_split or not exclusive(site.data, _met(site.pattern, state)):
                yield state


def exclusive(data: bytes, offsets: Sequence[int]) -> bool:
    """True if two offsets of a file are never compiled together."""
    is_split = _OTHER.search(data, min(offsets, default=0), max(offsets, default=0)) is not None
    return is_split and never_together(_directives(data), offsets)


_OTHER = re.compile(rb"^[ \t]*#[ \t]*el", re.MULTILINE)


@lru_cache(maxsize=4)
def _directives(data: bytes) -> list[Directive]:
    return list(directives(code_only(data)))


def _met(pattern: Pattern, state: State) -> list[int]:
    """Where the words and the values of a pattern stand. Punctuation is left out, as two branches
    can share it, and so is a statement, which may be whatever the parser was shown as the branch of
    an `if` that begins in several ways (`refactor.c.seams`)."""
    return [pair.start for pair in state.pairs() if _is_told(pattern, pair.number)]


def _is_told(pattern: Pattern, number: int) -> bool:
    leaf = pattern.leaves.get(number)
    token = leaf.token if leaf is not None else None
    if token is None or token.kind not in ("ident", "number", "string", "char", "meta"):
        return False
    sort = token.meta.sort if token.meta is not None else ""
    return sort not in STATEMENT_SORTS and not sort.endswith(" list")
