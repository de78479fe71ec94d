"""The ends of paths: one way in which a pattern matches, with what each path has bound."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from refactor.pattern.binding import Binding, State

Leaves = list[State]
"""One way in which a pattern matches: the end of each path."""

WAYS = 64
"""How many combinations of ways are tried where paths meet; more than one is rare."""


def agreeing(leaves: Leaves, hits: Leaves, state: State) -> Leaves | None:
    """The ends of paths with what the hits of a nest have bound, if that is one thing; None if a
    path has bound something else."""
    found: dict[str, list[Binding]] = {}
    for hit in hits:
        for name, value in hit.env.items():
            if name not in state.env and value.kind != "position":
                values = found.setdefault(name, [])
                if all(value.key != each.key for each in values):
                    values.append(value)
    known = []
    for leaf in leaves:
        for name, values in found.items():
            own = leaf.env.get(name)
            if own is not None and all(own.key != each.key for each in values):
                return None
            if own is None and len(values) == 1:
                leaf = leaf.bind(name, values[0])
        known.append(leaf)
    return known


def distinct(leaves: Leaves) -> Leaves:
    seen: dict[int, State] = {}
    for each in leaves:
        seen.setdefault(id(each), each)
    return list(seen.values())


def covering(
    leaves: Leaves, base: State, exported: Collection[str], written: Mapping[int, Collection[str]]
) -> Leaves:
    """As many of the ends as have met every token with every value that is written beside it, where
    they are many: forks in a row make twice as many ways each, and nothing new to write.

    Where two ways to a token differ in such a value, both are kept, and it is seen that they do not
    agree. Ways that differ in what a later rule inherits (`exported`) are all kept.
    """
    if len(leaves) <= _FEW:
        return leaves
    seen: set[object] = set()
    kept = []
    for leaf in leaves:
        shown = frozenset((each, leaf.env[each].key) for each in exported if each in leaf.env)
        mine: set[object] = set()
        last = leaf.last
        while last is not None and last is not base.last:
            rest, pair = last
            place = (leaf.reordered, shown, pair.number, pair.start, pair.end)
            mine.add(place)
            for name in written.get(pair.number, ()):
                if name in leaf.env:
                    mine.add((place, name, leaf.env[name].key))
            last = rest  # type: ignore[assignment]
        if len(leaf.paths) > len(base.paths) or not mine <= seen:
            kept.append(leaf)
            seen |= mine
    return kept


_FEW = 16


def transplanted(leaf: State, base: State, other: State) -> State:
    """A state that was reached from `base`, as if it had been reached from `other`."""
    if leaf is base:
        return other
    added = []
    last = leaf.last
    while last is not None and last is not base.last:
        rest, pair = last
        added.append(pair)
        last = rest  # type: ignore[assignment]
    found = other.last
    for pair in reversed(added):
        found = (found, pair)
    env = {name: value for name, value in leaf.env.items() if base.env.get(name) is not value}
    paths = tuple(transplanted(each, base, other) for each in leaf.paths[len(base.paths) :])
    return State(
        {**other.env, **env}, found, other.reordered or leaf.reordered, (*other.paths, *paths)
    )


def merged(base: State, leaves: Sequence[State]) -> State:
    """Several paths as one state: all pairs, and the bindings that they agree on."""
    if len(leaves) == 1:
        return leaves[0]
    agreed: dict[str, Binding] = {}
    differing: set[str] = set()
    for leaf in leaves:
        for name, value in leaf.env.items():
            if name in agreed and agreed[name].key != value.key:
                differing.add(name)
            agreed[name] = value
    same = {name: value for name, value in agreed.items() if name not in differing}
    env = {**base.env, **same}
    reordered = any(leaf.reordered for leaf in leaves)
    return State(env, base.last, reordered, (*base.paths, *leaves))
