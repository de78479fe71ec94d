"""A match of the added side of a rule beside one of the rule itself: is this done already?

What stays has one number on both sides, so the places can be told apart that it has met in each.
"""

from __future__ import annotations

from collections.abc import Mapping

from refactor.c.code import Code
from refactor.pattern.binding import Pair
from refactor.pattern.compile import Pattern
from refactor.pattern.leaves import Leaves
from refactor.pattern.tokens import REMOVED, flat


def shares(pattern: Pattern, mine: Leaves, theirs: Leaves) -> bool:
    """True if what stays has met the same code in a match of the added side (`theirs`) as in that
    of the rule, or, where nothing stays, what is written again."""
    kept_as = pattern.kept_as
    before = {pair.number: pair.start for leaf in mine for pair in leaf.pairs()}
    after = {
        kept_as.get(pair.number, pair.number): pair.start
        for leaf in theirs
        for pair in leaf.pairs()
    }
    shared = before.keys() & after.keys()
    if not shared:
        named = _named(mine, pattern.leaves)
        return bool(named) and named <= _named(theirs, pattern.results)
    return all(before[each] == after[each] for each in shared)


def overlaps(pattern: Pattern, mine: Leaves, theirs: Leaves) -> bool:
    """True if no word or hole that stays has met code elsewhere: of `f(..., A, ...)` that becomes
    `f(..., g(A), ...)` another argument may be as it should be."""
    before, after = _spans(pattern, mine), _spans(pattern, theirs)
    return all(
        any(
            one.start < other.end and other.start < one.end
            for one in before[number]
            for other in after[number]
        )
        for number in before.keys() & after.keys()
    )


def has_to_go(pattern: Pattern, leaves: Leaves) -> bool:
    """True for a match with a hit of a nest of which something goes: not all is as it should be
    then, though what is around the nest may be."""
    nests = (
        leaf.token
        for item in pattern.items
        for leaf in item.leaves()
        if leaf.kind == "nest" and leaf.token is not None
    )
    gone = {each.number for nest in nests for each in flat([nest]) if each.mark == REMOVED}
    return bool(gone) and any(pair.number in gone for leaf in leaves for pair in leaf.pairs())


def _spans(pattern: Pattern, leaves: Leaves) -> dict[int, list[Pair]]:
    """Where words and holes have met code, by the numbers that they have in what is matched."""
    found: dict[int, list[Pair]] = {}
    for pair in (pair for leaf in leaves for pair in leaf.pairs() if pair.end > pair.start):
        number = pattern.kept_as.get(pair.number, pair.number)
        leaf = pattern.leaves.get(number)
        if leaf is not None and leaf.kind in ("meta", "ident"):
            found.setdefault(number, []).append(pair)
    return found


def _named(leaves: Leaves, side: Mapping[int, Code]) -> set[tuple[bytes, int]]:
    """The words and holes of one side of the pattern, each with where it has met code."""
    met = (pair for leaf in leaves for pair in leaf.pairs() if pair.number in side)
    return {
        (side[pair.number].text, pair.start)
        for pair in met
        if side[pair.number].kind in ("meta", "ident")
    }
