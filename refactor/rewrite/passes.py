"""A semantic patch over one buffer: rule after rule, each on what the one before it has written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from refactor.c.code import Code
from refactor.c.syntax import SourceFile
from refactor.c.types import declarators
from refactor.errors import Place, RuleError
from refactor.match.reach import reached_otherwise
from refactor.match.sites import Seeker, Site, enclosing_function
from refactor.pattern.binding import Binding, State
from refactor.pattern.regular import HINT, EndlessError
from refactor.rewrite.finish import rewrite
from refactor.rewrite.fresh import FreshNames
from refactor.rewrite.merge import Trouble
from refactor.rewrite.telling import Teller
from refactor.rewrite.views import Views
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.model import Depends, ScriptRule, conditions
from refactor.rule.smpl.script.said import Report, Said


@dataclass(frozen=True, slots=True)
class World:
    """One way in which the rules so far have matched: which did, and what is bound."""

    matched: frozenset[str]
    env: Mapping[tuple[str, str], Binding]


@dataclass(slots=True)
class Outcome:
    """What became of a buffer."""

    before: bytes
    after: bytes
    sites: list[tuple[int, Site]] = field(default_factory=list)
    troubles: list[tuple[int, Trouble]] = field(default_factory=list)
    made: list[tuple[int, Site]] = field(default_factory=list)
    """Places that are as the rule would make them."""
    texts: dict[int, bytes] = field(default_factory=dict)
    """What is written where a match was, by the identity of that."""
    long_lines: set[int] = field(default_factory=set)
    """Matches, by their identities, whose lines fit in no hundred columns."""
    idle: set[int] = field(default_factory=set)
    """The identities of matches without an edit, such as one of a nest with nothing in it."""
    reports: list[tuple[ScriptRule, Report]] = field(default_factory=list)
    """What scripts say of it."""


def run(
    program: Compiled,
    path: str,
    data: bytes,
    defined: Mapping[str, str],
    comment: Collection[str] | None = None,
    views: Views | None = None,
    spared: Mapping[str, str] | None = None,
) -> Outcome:
    """Apply all rules to a buffer. `defined` are virtual rules and identifiers (`-D`).

    `comment` are words of comments that go with a removed statement, `views` what has been read of
    the buffer for other patches, `spared` functions whose matches are refused, each with the note.
    """
    outcome = Outcome(data, data)
    env = {
        ("virtual", name): Binding("code", (value.encode(),), value.encode())
        for name, value in defined.items()
        if value
    }
    worlds = [World(frozenset(name for name, value in defined.items() if not value), env)]
    ever: set[str] = set(defined)
    positions: dict[tuple[str, str], set[tuple[bytes, ...]]] = {}
    views = views or Views.of_patch(program)
    nodes: dict[tuple[bytes, ...], Code] = {}
    names = FreshNames()
    later = _later(program)
    for index, step in enumerate(program.steps):
        if isinstance(step, ScriptRule):
            if step.name in program.scripts:
                teller = Teller(program.scripts[step.name], path, outcome.after, nodes)
                worlds = _told(teller, worlds, ever, outcome)
            continue
        rule = step.rule
        able = [world for world in worlds if holds(rule.depends, world.matched, ever, path)]
        used = rule.used
        inherited = [
            (meta.origin, meta.name)
            for meta in rule.metavariables.values()
            if meta.origin and meta.name in used
        ]
        needed = [(origin, name) for origin, name in inherited if name in rule.needed]
        named = step.named
        # Positions are no reason to run a rule again: where all else is equal, all of them are
        # known together, and `!= r.p` is about each of them.
        places = [
            key
            for key in named
            if key not in inherited
            and any(key in world.env and world.env[key].kind == "position" for world in able)
        ]
        groups: dict[tuple[tuple[bytes, ...], ...], list[World]] = {}
        for world in able:
            if all(key in world.env for key in needed):
                values = tuple(
                    world.env[key].key if key in world.env else ()
                    for key in (*inherited, *named)
                    if key not in places
                )
                groups.setdefault(values, []).append(world)
        if not groups:
            continue
        buffer = views.at(path, outcome.after)
        if not buffer.may_match(step):
            continue
        source: SourceFile | None = None
        root: Code | None = None
        if rule.changes:
            source, root = buffer.of(step)
        tellers = {
            each.inherited[0][2]: Teller(program.scripts[each.name], path, outcome.after, {})
            for each in conditions(rule)
        }
        seeker = Seeker(
            step.pattern,
            outcome.after,
            root if root is not None else _NOTHING,
            types=buffer.types(program),
            disabled=rule.disabled,
            some=rule.mode == "exists" or (rule.is_search and rule.mode != "forall"),
            positions={key: frozenset(value) for key, value in positions.items()},
            asked={
                name: partial(_holds, teller)
                for name, teller in tellers.items()
                if rule.metavariables[name].sort != "position"
            },
            kind=rule.kind,
            index=buffer.index,
            starts=step.starts,
        )
        all_sites: list[Site] = []
        found: list[tuple[list[World], list[Site]]] = []
        for members in groups.values():
            known = members[0].env
            given = {
                name: known[origin, name] for origin, name in inherited if (origin, name) in known
            }
            given |= {
                f"{origin}.{name}": known[origin, name]
                for origin, name in named
                if (origin, name) in known
            }
            # What is inherited and excluded at once, `p1 != r.p` beside `r.p`, is all of it there.
            alike = [world for world in able if _agree(world, members[0], inherited)]
            seeker.positions = {
                key: frozenset(world.env[key].key for world in alike if key in world.env)
                for key in named
                if key in places or (key in inherited and _is_position(members[0], key))
            }
            if not rule.changes:
                root = buffer.look(step, given)
            if root is None:
                found.append((members, []))
                continue
            seeker.root = root
            sites = [site for site in seeker.sites(given) if buffer.is_compiled(site)]
            # What is at a position has to be known for that, so the whole match is asked for it.
            for name, teller in tellers.items():
                if rule.metavariables[name].sort == "position":
                    sites = [site for site in sites if _is_met(teller, site)]
            if step.is_special:
                made = {id(site) for site in sites if seeker.is_made(site, given)}
                outcome.made += [(index, site) for site in sites if id(site) in made]
                sites = [site for site in sites if id(site) not in made]
            all_sites = sites + all_sites
            found.append((members, sites))
        made_up = [each for each in rule.metavariables.values() if each.fresh]
        if made_up:
            names.bind([site for _, sites in found for site in sites], made_up, outcome.after)
        outcome.sites += [(index, site) for site in all_sites]
        refused: set[int] = set()
        moved: Callable[[int, int], list[tuple[int, int]]] | None = None
        if source is not None and all_sites:
            barred = [
                Trouble(site, "reach", node.start, _PAST)
                for site, node in reached_otherwise(all_sites)
            ]
            barred += _barred(all_sites, spared) if spared else []
            stays = {id(each.site) for each in barred}
            free = [site for site in all_sites if id(site) not in stays]
            finished = rewrite(source, free, program.patch.iterators, comment)
            troubles = [*barred, *finished.troubles]
            outcome.troubles += [(index, each) for each in troubles]
            outcome.texts |= finished.texts
            outcome.long_lines |= finished.long_lines
            outcome.idle |= finished.idle
            outcome.after = finished.after
            moved = finished.moved if finished.after != source.data else None
            refused = {id(each.site) for each in troubles}
        fresh: list[World] = []
        for members, every in found:
            # What inherits from a match, or depends on it, is refused together with it.
            sites = [site for site in every if id(site) not in refused]
            for world in members:
                if not sites:
                    fresh.append(world)
                    continue
                for site in sites:
                    for leaf in _environments(site):
                        added = {
                            (rule.name, name): leaf.env[name].plain()
                            for name in step.exports
                            if name in leaf.env
                        }
                        fresh.append(World(world.matched | {rule.name}, {**world.env, **added}))
            for site in sites:
                for leaf in _environments(site):
                    for name, value in leaf.env.items():
                        if value.kind == "position":
                            positions.setdefault((rule.name, name), set()).add(value.key)
                            if value.nodes:
                                nodes[value.key] = value.nodes[0]
        run_in = {id(world) for each in groups.values() for world in each}
        kept = [world for world in worlds if id(world) not in run_in]
        worlds = _distinct([*kept, *fresh], later[index])
        if moved is not None:
            positions = {
                key: {new for old in values for new in _moved(old, moved)}
                for key, values in positions.items()
            }
            worlds = [_moved_in(world, moved) for world in worlds]
        if any(id(site) not in refused for site in all_sites):
            ever.add(rule.name)
    return outcome


@contextmanager
def ending(program: Compiled) -> Iterator[None]:
    """Turn a search without end in what is done with `program` into a RuleError with its place."""
    try:
        yield
    except EndlessError as problem:
        place = Place(program.patch.source, problem.line, problem.column)
        raise RuleError(str(problem), place=place, hint=HINT) from None


def _moved(
    key: tuple[bytes, ...], moved: Callable[[int, int], list[tuple[int, int]]]
) -> list[tuple[bytes, ...]]:
    """A position in the text that a rule has written: `p != r.p` is about it there."""
    return [(b"%d" % start, b"%d" % end) for start, end in moved(int(key[0]), int(key[1]))]


def _moved_in(world: World, moved: Callable[[int, int], list[tuple[int, int]]]) -> World:
    env = dict(world.env)
    for name, value in world.env.items():
        if value.kind == "position":
            key = next(iter(_moved(value.key, moved)), NOWHERE)
            env[name] = replace(value, key=key, nodes=())
    return World(world.matched, env)


_PAST = "it is reached on a path that does not match"

NOWHERE = (b"-1", b"-1")
"""The key of a position whose place has gone."""


def _barred(sites: Sequence[Site], spared: Mapping[str, str]) -> Iterator[Trouble]:
    """The matches in functions that are to stay as they are, and in their prototypes."""
    for site in sites:
        function = enclosing_function(site.node)
        if not function and site.node.kind == "declaration":
            words = (each.name.text.decode(errors="replace") for each in declarators(site.node))
            function = next((word for word in words if word in spared), "")
        if function in spared:
            yield Trouble(site, "parameter", site.start, spared[function])


def _holds(teller: Teller, value: Binding) -> bool:
    """True if a value meets its condition."""
    ((_, origin, name),) = teller.script.rule.inherited
    return teller.tell({(origin, name): value}).is_kept


def _is_met(teller: Teller, site: Site) -> bool:
    """True if the position of a match meets its condition, on every path."""
    ((_, origin, name),) = teller.script.rule.inherited
    for leaf in _environments(site):
        value = leaf.env.get(name)
        if value is not None:
            teller.nodes = {value.key: value.nodes[0]} if value.nodes else {}
            if not teller.tell({(origin, name): value}).is_kept:
                return False
    return True


def _is_position(world: World, key: tuple[str, str]) -> bool:
    return key in world.env and world.env[key].kind == "position"


def _agree(one: World, other: World, names: Sequence[tuple[str, str]]) -> bool:
    """True if two worlds bind some names to the same values, positions aside."""
    return all(
        _is_position(other, key)
        or (one.env[key].key if key in one.env else ())
        == (other.env[key].key if key in other.env else ())
        for key in names
    )


_NOTHING = Code("file")


def _environments(site: Site) -> Iterator[State]:
    """Each way through a match, with what is bound on it."""
    for leaf in site.leaves:
        yield from leaf.unfolded()


def _told(teller: Teller, worlds: Sequence[World], ever: set[str], outcome: Outcome) -> list[World]:
    """The worlds that are left behind a script, which speaks once of all that look alike to it."""
    rule = teller.script.rule
    names = [(origin, name) for _, origin, name in rule.inherited]
    known: dict[object, Said] = {}
    left = []
    for world in worlds:
        if not holds(rule.depends, world.matched, ever, teller.path) or not all(
            key in world.env for key in names
        ):
            left.append(world)
            continue
        key = tuple(world.env[each].key for each in names)
        if key not in known:
            known[key] = teller.tell(world.env)
            outcome.reports += [(rule, each) for each in known[key].reports]
        said = known[key]
        if said.is_kept:
            ever.add(rule.name)
            made = {
                (rule.name, name): Binding("code", (text.encode(),), text.encode())
                for name, text in said.made.items()
            }
            left.append(World(world.matched | {rule.name}, {**world.env, **made}))
    return left


Needs = tuple[frozenset[str], frozenset[tuple[str, str]]]


def _later(program: Compiled) -> list[Needs]:
    """For each rule what those behind it ask for: which have matched, and which values.

    Worlds that differ in nothing else are one from then on. Without that their number is the
    product of all matches of rules that have nothing to do with each other.
    """
    rules: frozenset[str] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()
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


def _distinct(worlds: Sequence[World], needs: Needs) -> list[World]:
    found: dict[object, World] = {}
    rules, values = needs
    for one in worlds:
        env = {name: value for name, value in one.env.items() if name in values}
        world = World(one.matched & rules, env)
        key = (
            world.matched,
            tuple(sorted((name, value.key) for name, value in world.env.items())),
        )
        found.setdefault(key, world)
    return list(found.values())


def holds(depends: Depends, matched: frozenset[str], ever: set[str], path: str) -> bool:
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
