"""A semantic patch over one buffer: rule after rule, each on what the one before it has written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from refactor.c.code import Code
from refactor.c.syntax import SourceFile
from refactor.c.types import declarators
from refactor.errors import Place, RuleError
from refactor.match.builds import ways
from refactor.match.made import is_made
from refactor.match.reach import reached_otherwise, run_past
from refactor.match.sites import Seeker, Site, enclosing_function
from refactor.match.torn import in_some_builds
from refactor.pattern.binding import Binding
from refactor.pattern.regular import HINT, EndlessError
from refactor.rewrite.account import Moved, Pass
from refactor.rewrite.finish import rewrite
from refactor.rewrite.fresh import FreshNames
from refactor.rewrite.merge import Trouble
from refactor.rewrite.telling import Teller
from refactor.rewrite.together import parted
from refactor.rewrite.unbroken import as_they_were
from refactor.rewrite.views import Buffer, Views
from refactor.rewrite.worlds import (
    Group,
    Key,
    World,
    after,
    distinct,
    first,
    groups,
    holds,
    later,
)
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.model import ScriptRule, conditions
from refactor.rule.smpl.script.said import Report, Said
from refactor.rule.smpl.step import Step


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
    passes: list[Pass] = field(default_factory=list)
    """From the text before to the one after, rule by rule."""


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
    running = _Run(
        program,
        path,
        views or Views.of_patch(program),
        comment,
        spared or {},
        Outcome(data, data),
        [first(defined)],
        set(defined),
    )
    for index, (step, needs) in enumerate(zip(program.steps, later(program), strict=True)):
        if not isinstance(step, ScriptRule):
            running.apply(index, step)
        elif step.name in program.scripts:
            running.tell(step)
        running.worlds = distinct(running.worlds, needs)
    if running.changes > 1:
        running.outcome.after = as_they_were(data, running.outcome.after)
    return running.outcome


@dataclass(slots=True)
class _Run:
    """The rules of a patch at work on a buffer, one after the other."""

    program: Compiled
    path: str
    views: Views
    comment: Collection[str] | None
    spared: Mapping[str, str]
    outcome: Outcome
    worlds: list[World]
    ever: set[str]
    """The rules that have matched anywhere."""
    nodes: dict[Key, Code] = field(default_factory=dict)
    """What positions have met."""
    names: FreshNames = field(default_factory=FreshNames)
    changes: int = 0
    """How many rules have written something."""

    def apply(self, index: int, step: Step) -> None:
        """Find all matches of a rule, make its edits, and bind what later rules ask for."""
        depends = step.rule.depends
        able = [each for each in self.worlds if holds(depends, each.matched, self.ever, self.path)]
        asked = groups(step, able)
        if not asked:
            return
        buffer = self.views.at(self.path, self.outcome.after)
        if not buffer.may_match(step):
            return
        source, found, torn = self._found(index, step, asked, buffer)
        sites = [site for _, every in reversed(found) for site in every]
        self._name(step, [site for _, every in found for site in every])
        self.outcome.sites += [(index, site) for site in sites]
        refused: set[int] = set()
        moved: Moved | None = None
        if source is not None and sites:
            refused, moved = self._rewritten(index, source, sites, torn)
        # What inherits from a match, or depends on it, is refused together with it.
        made = [
            (group, [site for site in every if id(site) not in refused]) for group, every in found
        ]
        self._bind(step, made)
        if moved is not None:
            self.worlds = [_moved_in(world, moved) for world in self.worlds]

    def _found(
        self, index: int, step: Step, asked: Sequence[Group], buffer: Buffer
    ) -> tuple[SourceFile | None, list[tuple[Group, list[Site]]], list[tuple[Site, int, str]]]:
        """The matches for each group of worlds, and what is to be edited if the rule changes it;
        and those of them that not every build has."""
        rule = step.rule
        source, root = buffer.of(step) if rule.changes else (None, None)
        tellers = {each.inherited[0][2]: self._teller(each.name, {}) for each in conditions(rule)}
        at_positions = {
            name: teller
            for name, teller in tellers.items()
            if rule.metavariables[name].sort == "position"
        }
        seeker = Seeker(
            step.pattern,
            self.outcome.after,
            root if root is not None else _NOTHING,
            types=buffer.types(self.program),
            disabled=rule.disabled,
            some=rule.some,
            asked={
                name: partial(_holds, teller)
                for name, teller in tellers.items()
                if name not in at_positions
            },
            kind=rule.kind,
            index=buffer.index,
            starts=step.starts,
        )
        found: list[tuple[Group, list[Site]]] = []
        torn: list[tuple[Site, int, str]] = []
        for group in asked:
            if not rule.changes:
                root = buffer.look(step, group.given)
            if root is None:
                found.append((group, []))
                continue
            seeker.root = root
            seeker.positions = group.excluded
            sites = [site for site in seeker.sites(group.given) if buffer.is_compiled(site)]
            if not rule.changes:
                sites = [site for site in sites if any(ways(site))]
            # What is at a position has to be known for that, so the whole match is asked for it.
            for name, teller in at_positions.items():
                sites = [site for site in sites if _is_met(teller, name, site)]
            done: set[int] = set()
            if step.is_special:
                done = {id(site) for site in sites if is_made(seeker, site, group.given)}
            if rule.changes:
                # What is done elsewhere in the file is not seen in a build of one item.
                mine = done if step.is_special and step.reach != "file" else None
                ask = partial(in_some_builds, seeker, given=group.given, read=buffer.read)
                some = {id(site): (site, offset, "") for site, offset in ask(sites, done=mine)}
                if mine:
                    made = [site for site in sites if id(site) in mine]
                    for site, offset in ask(made, done=mine, every=True):
                        some.setdefault(id(site), (site, offset, _IN_SOME))
                torn += some.values()
                done -= some.keys()
            self.outcome.made += [(index, site) for site in sites if id(site) in done]
            sites = [site for site in sites if id(site) not in done]
            found.append((group, sites))
        return source, found, torn

    def _name(self, step: Step, sites: Sequence[Site]) -> None:
        """Make up what is `fresh` in the matches."""
        fresh = [each for each in step.rule.metavariables.values() if each.fresh]
        if fresh:
            self.names.bind(sites, fresh, self.outcome.after)

    def _rewritten(
        self,
        index: int,
        source: SourceFile,
        sites: Sequence[Site],
        torn: Sequence[tuple[Site, int, str]],
    ) -> tuple[set[int], Moved | None]:
        """Make the edits of the matches of a rule: the identities of those that are not made, and
        where everything is now, if anything is."""
        barred = [
            Trouble(site, "reach", node.start, _PAST) for site, node in reached_otherwise(sites)
        ]
        barred += [Trouble(site, "reach", node.start, _BEHIND) for site, node in run_past(sites)]
        barred += [Trouble(site, "torn", offset, note) for site, offset, note in torn]
        barred += _barred(sites, self.spared)
        stays = {id(each.site) for each in barred}
        free = [site for site in sites if id(site) not in stays]
        finished = rewrite(source, free, self.program.patch.iterators, self.comment)
        while lonely := list(parted(sites, [*barred, *finished.troubles])):
            barred += lonely
            stays |= {id(each.site) for each in lonely}
            free = [site for site in sites if id(site) not in stays]
            finished = rewrite(source, free, self.program.patch.iterators, self.comment)
        troubles = [*barred, *finished.troubles]
        outcome = self.outcome
        outcome.troubles += [(index, each) for each in troubles]
        outcome.texts |= finished.texts
        outcome.long_lines |= finished.long_lines
        outcome.idle |= finished.idle
        is_other = finished.after != source.data
        self.changes += is_other
        if is_other:
            outcome.passes.append(Pass(outcome.after, finished.after, finished.moved))
            outcome.after = finished.after
        return {id(each.site) for each in troubles}, finished.moved if is_other else None

    def _bind(self, step: Step, made: Sequence[tuple[Group, list[Site]]]) -> None:
        """What a rule has bound, and which worlds there are behind it."""
        for _, sites in made:
            for site in sites:
                for state in ways(site):
                    positions = (each for each in state.env.values() if each.kind == "position")
                    self.nodes |= {each.key: each.nodes[0] for each in positions if each.nodes}
        run_in = {id(world) for group, _ in made for world in group.worlds}
        stay = [world for world in self.worlds if id(world) not in run_in]
        self.worlds = stay + [world for group, sites in made for world in after(group, step, sites)]
        if any(sites for _, sites in made):
            self.ever.add(step.rule.name)

    def tell(self, rule: ScriptRule) -> None:
        """Let a script speak, once of all the worlds that look alike to it."""
        teller = self._teller(rule.name, self.nodes)
        names = [(origin, name) for _, origin, name in rule.inherited]
        known: dict[object, Said] = {}
        left = []
        for world in self.worlds:
            if not (
                holds(rule.depends, world.matched, self.ever, self.path)
                and all(name in world.env for name in names)
                and world.is_in_one_build(names, self.outcome.after)
            ):
                left.append(world)
                continue
            key = tuple((world.env[each].key, world.env[each].noted) for each in names)
            if key not in known:
                known[key] = teller.tell(world.env)
                self.outcome.reports += [(rule, each) for each in known[key].reports]
            said = known[key]
            if said.is_kept:
                self.ever.add(rule.name)
                made = {
                    name: Binding("code", (text.encode(),), text.encode())
                    for name, text in said.made.items()
                }
                left.append(world.and_match(rule.name, made))
        self.worlds = left

    def _teller(self, script: str, nodes: Mapping[Key, Code]) -> Teller:
        return Teller(self.program.scripts[script], self.path, self.outcome.after, nodes)


@contextmanager
def ending(program: Compiled) -> Iterator[None]:
    """Turn a search without end in what is done with `program` into a RuleError with its place."""
    try:
        yield
    except EndlessError as problem:
        place = Place(program.patch.source, problem.line, problem.column)
        raise RuleError(str(problem), place=place, hint=HINT) from None


def _moved_in(world: World, moved: Moved) -> World:
    """A world in the text that a rule has written: `p != r.p` is about that position there."""
    env = dict(world.env)
    for name, value in world.env.items():
        if value.kind == "position":
            moves = (next(iter(moved(*map(int, place))), None) for place in value.places)
            places = [(b"%d" % each[0], b"%d" % each[1]) if each else NOWHERE for each in moves]
            env[name] = value._replace(key=tuple(chain.from_iterable(places)), nodes=())
    return World(world.matched, env)


_IN_SOME = "what the rule would make is there in some builds only"

_PAST = "it is reached on a path that does not match"
_BEHIND = "what is behind a return that goes would run"

NOWHERE = (b"-1", b"-1")
"""The key of a position whose place has gone."""

_NOTHING = Code("file")


def _barred(sites: Sequence[Site], spared: Mapping[str, str]) -> Iterator[Trouble]:
    """The matches in functions that are to stay as they are, and in their prototypes."""
    for site in sites if spared else ():
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


def _is_met(teller: Teller, name: str, site: Site) -> bool:
    """True if the position of a match meets its condition, on every path."""
    for state in ways(site):
        value = state.env.get(name)
        if value is not None:
            teller.nodes = {value.key: value.nodes[0]} if value.nodes else {}
            if not _holds(teller, value):
                return False
    return True
