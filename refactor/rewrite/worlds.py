"""The ways in which the rules of a semantic patch have matched so far, and what each has bound."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product

from refactor.match.builds import exclusive, ways
from refactor.match.sites import WAYS, Site
from refactor.pattern.binding import Binding
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.model import Depends, ScriptRule
from refactor.rule.smpl.step import Step

Name = tuple[str, str]
"""The rule that has bound a metavariable, and its name there."""
Key = tuple[bytes, ...]
"""The tokens of a value: two of them are equal if these are."""


@dataclass(frozen=True, slots=True)
class World:
    """One way in which the rules so far have matched: which did, and what is bound."""

    matched: frozenset[str]
    env: Mapping[Name, Binding]

    def and_match(self, rule: str, added: Mapping[str, Binding]) -> World:
        """This one after a match of a rule, or a script, that has bound some names."""
        env = {**self.env, **{(rule, name): value for name, value in added.items()}}
        return World(self.matched | {rule}, env)

    def is_in_one_build(self, names: Sequence[Name], data: bytes) -> bool:
        """False if of some names two stand for positions that are never compiled together: then
        they are of no use to one rule, although each was found by another one."""
        positions = [self.env[name].places for name in names if self.is_position(name)]
        ways = islice(product(*positions), WAYS)
        return len(positions) < 2 or any(
            not exclusive(data, [int(start) for start, _ in places]) for places in ways
        )

    def is_position(self, name: Name) -> bool:
        """True if a position is bound to it."""
        return name in self.env and self.env[name].kind == "position"


def first(defined: Mapping[str, str]) -> World:
    """The one before all rules: `defined` are virtual rules, and identifiers with their values."""
    env = {
        ("virtual", name): Binding("code", (value.encode(),), value.encode())
        for name, value in defined.items()
        if value
    }
    return World(frozenset(name for name, value in defined.items() if not value), env)


@dataclass(frozen=True, slots=True)
class Group:
    """Worlds that are one to a rule, which runs once for all of them."""

    worlds: tuple[World, ...]
    given: Mapping[str, Binding]
    """What the rule inherits, by its name there, and what it excludes (`!= r.p`), as `r.p`."""
    excluded: Mapping[Name, frozenset[Key]]
    """All positions that a name of an earlier rule stands for."""


def groups(step: Step, able: Sequence[World]) -> list[Group]:
    """How often a rule runs in these worlds, in all of which its condition is met, and for what."""
    rule = step.rule
    inherited = rule.inherited
    needed = [each for each in inherited if each[1] in rule.needed]
    # Positions are no reason to run a rule again: where all else is equal, all of them are
    # known together, and `!= r.p` is about each of them.
    places = {
        name
        for name in step.named
        if name not in inherited and any(world.is_position(name) for world in able)
    }
    telling = [name for name in (*inherited, *step.named) if name not in places]
    sorted_in: dict[tuple[object, ...], list[World]] = {}
    for world in able:
        if all(name in world.env for name in needed):
            sorted_in.setdefault(_keys(world, telling), []).append(world)
    excluded = _Excluded(step, inherited, able, places)
    return [
        Group(tuple(worlds), _given(step, worlds[0]), excluded.at(worlds[0]))
        for worlds in sorted_in.values()
    ]


def _keys(world: World, names: Sequence[Name]) -> tuple[object, ...]:
    return tuple(_told(world.env[name]) if name in world.env else () for name in names)


def _told(value: Binding) -> object:
    """What tells a value from others: `p` of two functions is one only if its types are."""
    return value.key, value.local


def _given(step: Step, world: World) -> dict[str, Binding]:
    given = {name[1]: world.env[name] for name in step.rule.inherited if name in world.env}
    named = {".".join(name): world.env[name] for name in step.named if name in world.env}
    return given | named


class _Excluded:
    """The positions that a rule excludes (`!= r.p`), in each of its worlds.

    They are those of all worlds that are alike in what else it inherits. These are put together
    once: to go through all worlds for each of them takes seconds where there are thousands.
    """

    def __init__(
        self,
        step: Step,
        inherited: Sequence[Name],
        able: Sequence[World],
        places: Collection[Name],
    ) -> None:
        self.names = [
            name
            for name in step.named
            if name in places
            or (name in inherited and any(world.is_position(name) for world in able))
        ]
        self.inherited = inherited
        self.able = able
        self._alike: dict[tuple[Name, ...], dict[tuple[object, ...], dict[Name, set[Key]]]] = {}

    def at(self, world: World) -> dict[Name, frozenset[Key]]:
        """By the name of a position all its values."""
        places = [name for name in self.inherited if world.is_position(name)]
        names = [name for name in self.names if name not in self.inherited or name in places]
        if not names:
            return {}
        # What is inherited and excluded at once, `p1 != r.p` beside `r.p`, is all of it there.
        telling = tuple(name for name in self.inherited if name not in places)
        if telling not in self._alike:
            self._alike[telling] = self._sorted(telling)
        found = self._alike[telling][_keys(world, telling)]
        return {name: frozenset(found[name]) for name in names}

    def _sorted(self, telling: Sequence[Name]) -> dict[tuple[object, ...], dict[Name, set[Key]]]:
        found: dict[tuple[object, ...], dict[Name, set[Key]]] = {}
        for each in self.able:
            values = found.setdefault(_keys(each, telling), {name: set() for name in self.names})
            for name in self.names:
                if name in each.env:
                    values[name].update(each.env[name].places)
        return found


def after(group: Group, step: Step, sites: Sequence[Site]) -> Iterator[World]:
    """The worlds of a group behind the matches of a rule: one for each match, and path of it."""
    for world in group.worlds:
        if not sites:
            yield world
        for site in sites:
            for bound in _bound(step, site):
                yield world.and_match(step.rule.name, bound)


def _bound(step: Step, site: Site) -> Iterator[Mapping[str, Binding]]:
    """What a match has bound, way by way.

    It is one match to later rules, with all its paths and all hits of its nests: where these differ
    in positions alone, each position is in all its places.
    """
    found: dict[object, list[Mapping[str, Binding]]] = {}
    for state in ways(site):
        bound = {name: state.env[name].plain() for name in step.exports if name in state.env}
        others = (each for each in sorted(bound.items()) if each[1].kind != "position")
        key = tuple((name, _told(value), value.noted) for name, value in others)
        found.setdefault(key, []).append(bound)
    for alike in found.values():
        names = dict.fromkeys(name for each in alike for name in each)
        yield {name: _all_of([each[name] for each in alike if name in each]) for name in names}


def _all_of(values: Sequence[Binding]) -> Binding:
    """A value that is the same on several paths, or a position in all the places that it has."""
    first = values[0]
    if first.kind != "position":
        return first
    places = {tuple(map(int, place)) for each in values for place in each.places}
    return first._replace(key=tuple(b"%d" % each for each in chain.from_iterable(sorted(places))))


def holds(depends: Depends, matched: frozenset[str], ever: Collection[str], path: str) -> bool:
    """True if the condition of a rule is met."""
    kind = depends.kind
    if kind == "always":
        return True
    if kind == "rule":
        return depends.name in matched
    if kind == "ever":
        return depends.name in ever
    if kind == "never":
        return depends.name not in ever
    if kind == "not":
        return not holds(depends.parts[0], matched, ever, path)
    if kind == "and":
        return all(holds(each, matched, ever, path) for each in depends.parts)
    if kind == "or":
        return any(holds(each, matched, ever, path) for each in depends.parts)
    if kind == "file":
        return depends.name in path
    return True


Needs = tuple[frozenset[str], frozenset[Name]]


def later(program: Compiled) -> list[Needs]:
    """For each rule what those behind it ask for: which have matched, and which values.

    Worlds that differ in nothing else are one from then on. Without that their number is the
    product of all matches of rules that have nothing to do with each other.
    """
    rules: frozenset[str] = frozenset()
    values: frozenset[Name] = frozenset()
    found: list[Needs] = []
    for step in reversed(program.steps):
        found.append((rules, values))
        if isinstance(step, ScriptRule):
            rules |= step.depends.names
            values |= {(origin, name) for _, origin, name in step.inherited}
        else:
            rules |= step.rule.depends.names
            metas = step.rule.metavariables.values()
            values |= {(meta.origin, meta.name) for meta in metas if meta.origin}
            values |= set(step.named)
    return found[::-1]


def distinct(worlds: Sequence[World], needs: Needs) -> list[World]:
    """The worlds that differ in what is asked for, and no more than that of them."""
    found: dict[object, World] = {}
    rules, wanted = needs
    for one in worlds:
        env = {name: value for name, value in one.env.items() if name in wanted}
        world = World(one.matched & rules, env)
        values = [(name, _told(env[name]), env[name].noted) for name in sorted(env)]
        key = (world.matched, tuple(values))
        found.setdefault(key, world)
    return list(found.values())
