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
    ways = iter(ways)
    first = next(ways, None)
    if first is None:
        return
    yield first  # mostly the only one, and what it changes need not be told
    others = list(ways)
    if not others:
        return
    edited = {
        token.number
        for hunk in pattern.whole_hunks
        for token in hunk.removed or (hunk.left, hunk.right)
        if token is not None
    }
    is_told = bool(pattern.exported) and not edited
    plainer = [_swapped_and_changed(first, edited)]
    for leaves in others:
        swapped, changed = _swapped_and_changed(leaves, edited)
        rivals = (theirs for other, theirs in plainer if not swapped <= other)
        if not is_told and any(not edited or changed & theirs for theirs in rivals):
            continue
        plainer.append((swapped, changed))
        yield leaves


_Spans = set[tuple[int, int]]


def _swapped_and_changed(leaves: Leaves, edited: set[int]) -> tuple[_Spans, _Spans]:
    """Where a way has operands swapped, and where it has met what changes."""
    pairs = [pair for leaf in leaves for pair in leaf.pairs()]
    swapped = {_span(pair) for pair in pairs if pair.number == SECOND}
    return swapped, {_span(pair) for pair in pairs if pair.number in edited}


def _span(pair: Pair) -> tuple[int, int]:
    return pair.start, pair.end
