"""Who speaks of a name: on that depends what it means in a condition, and what is written."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.compile import Pattern
from refactor.pattern.statements import names_in, other_alternatives
from refactor.pattern.tokens import flat


def alone(item: Code, pattern: Pattern) -> frozenset[str]:
    """The names that nothing but an item speaks of, in this rule and in those behind it.

    Another match of the item with other values for them is the beginning of a path as well. That
    is not asked of an item that is a name and nothing else, which would be the beginning of any
    path, and of one that a block begins with: no other match of it is nearer to what comes behind.
    Where a match is tells it from no other one: a position is as if nothing spoke of it.
    """
    around = item.parent
    is_first = around is not None and around.kind == "block" and around.children[1] is item
    if item.kind == "meta" or is_first:
        return frozenset()
    own = {leaf.token.number for leaf in item.leaves() if leaf.token is not None}
    metas = pattern.metavariables
    names = names_in(item)
    places = {each for each in names & metas.keys() if metas[each].sort == "position"}
    told = _elsewhere(item, own, pattern) - {each for each in places if not metas[each].origin}
    return frozenset(names - told)


def shared(nest: Code, pattern: Pattern) -> frozenset[str]:
    """The names in a nest among expressions that something outside of it speaks of as well: one
    value of them is meant by all of its hits."""
    own = {token.number for token in flat([nest.token])} - {nest.token.number}
    return frozenset(names_in(nest) & _elsewhere(nest, own, pattern))


def matched_elsewhere(item: Code, pattern: Pattern) -> frozenset[str]:
    """The names in an item that another one, or a rule behind it, has to match as well."""
    found = pattern.exported
    others = other_alternatives(item)
    return frozenset(
        names_in(item) & found.union(*(names_in(each, item, *others) for each in pattern.items))
    )


def comes_back(item: Code, pattern: Pattern) -> bool:
    """True if a plus line says again what a minus line has of an item."""
    numbers = {leaf.token.number for leaf in item.leaves() if leaf.token is not None}
    return not numbers.isdisjoint(pattern.kept_as.values())


def is_all_of_its_name(hole: Code, pattern: Pattern) -> bool:
    """True if nothing but a hole speaks of its name: no other code, no type, no other rule before
    and nothing that is added."""
    meta = hole.token.meta
    added = {each.meta.name for hunk in pattern.hunks for each in hunk.added if each.meta}
    others = other_alternatives(hole)
    return (
        not meta.origin
        and meta.name not in added
        and all(meta.name not in names_in(each, hole, *others) for each in pattern.items)
    )


def _elsewhere(item: Code, own: set[int], pattern: Pattern) -> set[str]:
    """The names that something other than an item speaks of, with the numbers of its tokens."""
    found = {name for name, meta in pattern.metavariables.items() if meta.origin}
    found |= matched_elsewhere(item, pattern)
    for hunk in pattern.hunks:
        beside = [each for each in (hunk.left, *hunk.removed) if each is not None]
        if own.isdisjoint(each.number for each in beside):
            found |= {each.meta.name for each in hunk.added if each.meta is not None}
    return found


def spoken_apart(
    dots: Code, rest: Sequence[Code], pattern: Pattern
) -> tuple[frozenset[str], frozenset[str]]:
    """The names behind dots that a condition of these, their nest or a later rule speaks of; and
    those that only code speaks of which comes before the dots.

    What a later rule inherits of places is no value that something could be compared with.
    """
    nest = dots.token.group.items if dots.token.group is not None else []
    asked = [*nest, *(each for when in dots.token.whens for each in when.items)]
    known = pattern.metavariables
    spoken = {name for each in asked for name in names_in(each)}
    spoken |= {
        name
        for name in pattern.exported
        if name in known and known[name].sort != "position" and not known[name].origin
    }
    behind, inside = _numbers(rest), _numbers(nest)
    written: set[str] = set()
    for hunk in pattern.hunks:
        beside = list(hunk.removed)
        if not beside:
            at_dots = hunk.left is None or hunk.left.kind in ("dots", "nest")
            beside = [each for each in (hunk.right if at_dots else hunk.left,) if each is not None]
        names = {each.meta.name for each in flat(hunk.added) if each.meta is not None}
        if any(each.number in inside for each in beside):
            spoken |= names
        elif any(each.number not in behind for each in beside):
            written |= names
    bound: set[str] = set().union(*map(names_in, rest))
    return frozenset(bound & spoken), frozenset(bound & written - spoken)


def _numbers(items: Sequence[Code]) -> set[int]:
    tokens = [leaf.token for item in items for leaf in item.leaves() if leaf.token is not None]
    return {token.number for token in flat(tokens)}


def written_beside(pattern: Pattern) -> dict[int, frozenset[str]]:
    """For each token that a change is beside, the names whose values it writes there."""
    every = frozenset(pattern.metavariables)
    found: dict[int, frozenset[str]] = {}
    for hunk in (*pattern.hunks, *pattern.whole_hunks):
        holes = [token.meta for token in flat(hunk.added) if token.meta is not None]
        names = frozenset(meta.name for meta in holes)
        if any(meta.fresh for meta in holes) or any(t.kind == "directive" for t in hunk.added):
            names = every  # which speak of others in their text
        beside = [each for each in (hunk.left, hunk.right) if each is not None]
        for token in (*beside, *flat(hunk.removed)):
            found[token.number] = found.get(token.number, frozenset()) | names
    return found
