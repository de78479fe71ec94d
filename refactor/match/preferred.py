"""Ways to match that are not meant, because a plainer one at the same place is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refactor.pattern.binding import SECOND, Pair
from refactor.pattern.compile import Pattern
from refactor.pattern.leaves import Leaves


def preferred(ways: Iterable[Leaves], pattern: Pattern) -> Iterator[Leaves]:
    """The ways to match at one place, without those in which operands are swapped although another
    way changes the same as they stand. Both are meant where they change different things, or where
    a later rule takes what they have bound."""
    edited = {
        token.number
        for hunk in pattern.whole_hunks
        for token in hunk.removed or (hunk.left, hunk.right)
        if token is not None
    }
    is_told = bool(pattern.exported) and not edited
    plainer: list[tuple[set[tuple[int, int]], set[tuple[int, int]]]] = []
    for leaves in ways:
        pairs = [pair for leaf in leaves for pair in leaf.pairs()]
        swapped = {_span(pair) for pair in pairs if pair.number == SECOND}
        changed = {_span(pair) for pair in pairs if pair.number in edited}
        rivals = (theirs for others, theirs in plainer if not swapped <= others)
        if not is_told and any(not edited or changed & theirs for theirs in rivals):
            continue
        plainer.append((swapped, changed))
        yield leaves


def _span(pair: Pair) -> tuple[int, int]:
    return pair.start, pair.end
