"""Statements in a row, and statement dots: paths through the control flow.

`A ... B` asks for a B on every path from A (or, where the rule says `exists`, on some path), with
neither A nor B nor anything that `when !=` names in between. A match is therefore a tree of paths;
each of its leaves has an environment of its own, because what is bound behind a fork may differ
from path to path. The edits of all leaves are one match: they happen together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from refactor.c.code import EXPRESSIONS, Code
from refactor.c.flow import (
    JUMPS,
    Flow,
    Point,
    ends_in_jump,
    is_implicit,
)
from refactor.pattern.binding import Binding, State
from refactor.pattern.cases import has_cases, in_cases
from refactor.pattern.choice import first_of
from refactor.pattern.closing import is_left
from refactor.pattern.compile import CONTEXT, Pattern
from refactor.pattern.directives import KINDS, match_directive
from refactor.pattern.foreseen import foreseen
from refactor.pattern.heads import nodes_in
from refactor.pattern.known import Known
from refactor.pattern.leaves import WAYS, Leaves, agreeing, covering, merged, transplanted
from refactor.pattern.matching import Matcher
from refactor.pattern.scope import alone, spoken_apart
from refactor.pattern.statements import (
    beside,
    beyond,
    first_in,
    following,
    has_statements,
    is_bare,
    is_conditional,
    is_dots,
    is_in_expression,
    is_never,
    is_optional,
    is_statement_hole,
    names_in,
    nearest,
    own_of,
    rows_of,
)
from refactor.pattern.tokens import Token
from refactor.pattern.walk import Walk
from refactor.pattern.whereabouts import Rows


@dataclass
class Paths(Known):
    """Matches sequences of statements; one for a matcher."""

    walks: dict[object, Walk] = field(default_factory=dict)
    """Walks from dots to what follows them, by all that their answers depend on."""

    # -------------------------------------------------------------------- entries

    def at(self, m: Matcher, items: Sequence[Code], node: Code, state: State) -> Iterator[Leaves]:
        """A sequence that begins at a statement, or anything else that stands in a list."""
        yield from _Run(self, m, None).row(tuple(items), node, None, state)

    def behind(
        self, m: Matcher, items: Sequence[Code], start: Point, state: State
    ) -> Iterator[Leaves]:
        """A sequence that begins with dots or a nest, from a point on."""
        yield from _Run(self, m, None).until(items[0], tuple(items[1:]), start, None, state)

    def inside(
        self, m: Matcher, items: Sequence[Code], block: Code, state: State
    ) -> Iterator[State]:
        """All of a block (or of the one statement that stands for it), as one state."""
        run = _Run(self, m, block, keeps_its_end=_keeps_its_end(items, m.pattern))
        first = first_in(block) if block.kind == "block" else block
        if has_cases(items, block):
            found = in_cases(run, items, block, first, state)
            if found:
                yield merged(state, found)
            return
        for leaves in run.begin(tuple(items), first, state):
            yield merged(state, leaves)


def _keeps_its_end(items: Sequence[Code], pattern: Pattern) -> bool:
    """True if the brace behind all that is in a block of the pattern stays."""
    around = items[-1].parent if items else None
    return around is not None and pattern.states.get(id(around.children[-1]), CONTEXT) == CONTEXT


class _Run:
    """One attempt to match a sequence; `block` is what has to end with it, None for no end, and
    `within` what no path of it may leave. With `keeps_its_end` that end is not edited."""

    def __init__(
        self,
        paths: Paths,
        matcher: Matcher,
        block: Code | None,
        within: Code | None = None,
        *,
        keeps_its_end: bool = False,
    ) -> None:
        self.paths = paths
        self.m = matcher
        self.block = block
        self.within = block or within
        self.keeps_its_end = keeps_its_end
        self.some = paths.some

    def may(self, item: Code, node: Code, state: State) -> bool:
        """False if an item cannot be at a statement, as far as words tell."""
        return self.paths.may(item, node, state)

    def rows(self, item: Code, state: State, top: Code) -> Rows:
        """Where in a part of the file the signs of an item are."""
        where = self.paths.whereabouts
        return where.rows(item, state.env, top) if where is not None else ()

    def has_place(self, item: Code, rows: Rows, top: Code | None) -> bool:
        """False if nothing in a part of the file can be what an item meets."""
        return self.paths.has_place(item, rows, top)

    def flow(self, node: Code) -> Flow | None:
        """The flow of the function around a node."""
        return self.paths.flow(node)

    def alone(self, item: Code) -> frozenset[str]:
        """The names that nothing but an item speaks of."""
        told = self.m.pattern.told.alone
        if id(item) not in told:
            told[id(item)] = alone(item, self.m.pattern)
        return told[id(item)]

    def spoken_apart(
        self, dots: Code, rest: tuple[Code, ...]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of the names behind dots, those that mean one value on all paths, and those of which code
        that comes before them speaks."""
        key = (id(dots), *map(id, rest))
        told = self.m.pattern.told.apart
        if key not in told:
            told[key] = spoken_apart(dots, rest, self.m.pattern)
        return told[key]

    def free(self) -> _Run:
        """The same without a block that has to end."""
        return _Run(self.paths, self.m, None)

    def inside(self, block: Code) -> _Run:
        """The same without a block that has to end, but with one that no path leaves."""
        return _Run(self.paths, self.m, None, block)

    # -------------------------------------------------------------------- rows

    def begin(self, items: tuple[Code, ...], first: Code | None, state: State) -> Iterator[Leaves]:
        """The items from the beginning of the block on."""
        if items and is_dots(items[0]):
            yield from self._from_here(items, self.block, state)
        else:
            yield from self.row(items, first, None, state)

    def _from_here(
        self, items: tuple[Code, ...], node: Code | None, state: State
    ) -> Iterator[Leaves]:
        """Dots, and what follows them, from where a statement or a block begins."""
        around = node if node is not None else self.block
        flow = self.paths.flow(around) if around is not None else None
        if flow is not None:
            point = flow.entry_of.get(id(around), flow.exit)
            yield from self.until(items[0], items[1:], point, None, state)

    def row(
        self,
        items: tuple[Code, ...],
        node: Code | None,
        last: Code | None,
        state: State,
        before: tuple[Code, ...] = (),
        skips: bool = True,
    ) -> Iterator[Leaves]:
        """The items from `node` on, which follows `last`; `before` are those since the last dots,
        alternatives before the item of them that has been matched.

        Without `skips` the first item has to be there even if it is optional.
        """
        if not items:
            if self.block is None or self._ends(last, node):
                yield [state]
            return
        item = items[0]
        if is_dots(item):
            flow = self.paths.flow(last) if last is not None else None
            if last is not None and last.parent is not None and last.parent.kind == "file":
                # Nothing there is on a path, so nothing can be asked of what is in between.
                if item.kind == "dots" and not item.token.whens and last.kind != "declaration":
                    yield from self._far(items, node, state)
                return
            if last is None and self.block is not None:
                # Of alternatives at the beginning of a block, or behind dots, one begins with dots.
                yield from self._from_here(items, node, state)
                return
            if flow is not None and last is not None and not is_in_expression(last):
                point = next(self._behind(flow, last, bool(before) and is_bare(before[-1])))
                yield from self.until(item, items[1:], point, before, state)
            return
        if item.kind == "disj" and has_statements(item):
            rows = rows_of(item)
            rest = items[1:]
            if not is_optional(item):
                before = (*before, item)
            yield from first_of(
                self.row((*row, *rest), node, last, state, before, skips) for row in rows
            )
            return
        if item.kind == "conj" and has_statements(item):
            yield from self._both(item, items, node, state, before)
            return
        if item.kind == "directive":
            yield from self._directive(items, node, last, state, before)
            return
        changes = self.m.pattern.states.get(id(item), CONTEXT) != CONTEXT
        while (
            node is not None
            and is_conditional(node)
            and (is_never(node) or not (changes and last is not None))
        ):
            # What is written side by side is so even if a condition begins or ends in between. But
            # what changes together has to be there together: nobody knows when a condition holds.
            node = beyond(node)
        found = False
        if item.kind == "meta" and item.token.meta.is_list:
            yield from self._list(items, node, last, state, before)
            return
        if node is None and last is not None and item.kind == "return":
            node = self._implicit(last)
        if node is not None and self.paths.may(item, node, state):
            for each in self._one(item, node, state):
                behind = following(node)
                for leaves in self.row(items[1:], behind, node, each, (*before, item)):
                    found = True
                    yield leaves
        if skips and not found and is_optional(item):
            yield from self.row(items[1:], node, last, state, before)

    def _implicit(self, last: Code) -> Code | None:
        """The end of the function, if it comes behind the last statement that was matched."""
        flow = self.paths.flow(last)
        implicit = flow.implicit if flow is not None else None
        is_last = implicit is not None and last.parent is implicit.parent
        return implicit if is_last and last.kind not in JUMPS and last is not implicit else None

    def _directive(
        self,
        items: tuple[Code, ...],
        node: Code | None,
        last: Code | None,
        state: State,
        before: tuple[Code, ...],
    ) -> Iterator[Leaves]:
        """A directive among statements. One that stays and is not there is passed over, because
        the conditions in a pattern are often those that somebody has had in his file."""
        item = items[0]
        there = node if last is None else beside(last)
        found = False
        if there is not None and there.kind in KINDS:
            for each in match_directive(
                item, there, state, self.m.pattern.metavariables, self.m.allows
            ):
                found = True
                yield from self.row(items[1:], following(there), there, each, before)
        if not found and self.m.pattern.states.get(id(item), CONTEXT) == CONTEXT:
            yield from self.row(items[1:], node, last, state, before)

    def _both(
        self,
        item: Code,
        items: tuple[Code, ...],
        node: Code | None,
        state: State,
        before: tuple[Code, ...],
    ) -> Iterator[Leaves]:
        if node is None:
            return
        states = [state]
        for inner in rows_of(item):
            if len(inner) != 1:
                yield from self._all_of(item, items, node, state)
                return
            states = [each for one in states for each in self._one(inner[0], node, one)]
        for each in states:
            yield from self.row(items[1:], following(node), node, each, (*before, item))

    def _all_of(
        self, item: Code, items: tuple[Code, ...], node: Code, state: State
    ) -> Iterator[Leaves]:
        """A conjunction of sequences: all begin here, and nothing comes behind."""
        if len(items) > 1:
            return
        ways: list[tuple[Leaves, State]] = [([], state)]
        for inner in rows_of(item):
            ways = [
                ([*leaves, *more], merged(known, more))
                for leaves, known in ways
                for more in islice(self.row(tuple(inner), node, None, known), WAYS)
            ][:WAYS]
        for leaves, _ in ways:
            yield leaves

    def _far(self, items: tuple[Code, ...], node: Code | None, state: State) -> Iterator[Leaves]:
        """Dots at the top of a file: any number of definitions in between."""
        rest = items[1:]
        while node is not None:
            found = False
            for leaves in self.row(rest, node, None, state):
                found = True
                yield leaves
            if found:
                return
            node = following(node)
        if not rest:
            yield [state]

    def _one(self, item: Code, node: Code, state: State) -> Iterator[State]:
        """One item against one statement: as a statement, or anywhere in its own expressions."""
        if is_implicit(node):
            for each in self.m.match(item, node, state) if item.kind == "return" else ():
                changes = self.m.pattern.states.get(id(item), CONTEXT) != CONTEXT
                yield each.other_form() if changes else each
            return
        if item.kind == "disj" and has_statements(item):  # one side of a conjunction
            single = (row[0] for row in rows_of(item) if len(row) == 1)
            yield from first_of(self._one(each, node, state) for each in single)
            return
        if (
            item.kind in EXPRESSIONS
            or (item.kind in ("meta", "disj", "conj") and not is_statement_hole(item))
            or item.kind == "type_name"
        ):
            yield from self._expressions(item, node, state)
            return
        if item.kind in ("break", "continue") and not self.paths.leaves_what_it_should(
            self.m, item, node, state
        ):
            return
        if item.kind == "return" and is_left(item, node, self.m.pattern):
            return
        yield from self.m.match(item, node, state)

    def _expressions(self, item: Code, node: Code, state: State) -> Iterator[State]:
        """An expression anywhere in a statement; of alternatives the first one that is there."""
        if item.kind == "disj":
            yield from first_of(self._expressions(each, node, state) for each in item.children)
            return
        for inner in nodes_in(own_of(node), self.m.pattern.heads_of(item)):
            yield from self.m.match_expression(item, inner, state)

    def _list(
        self,
        items: tuple[Code, ...],
        node: Code | None,
        last: Code | None,
        state: State,
        before: tuple[Code, ...],
    ) -> Iterator[Leaves]:
        """A list of statements: as few as it needs, all up to the end if nothing follows."""
        p = items[0]
        taken: list[Code] = []
        at = last.end if last is not None else (node.start if node is not None else 0)
        while True:
            if len(items) > 1 or node is None:
                start = taken[0].start if taken else at
                end = taken[-1].end if taken else at
                key = tuple(token for each in taken for token in each.key())
                value = Binding("list", key, self.m.data[start:end], 1, tuple(taken))
                for each in self.m.bound(p, p.token.meta, value, None, state):
                    met = each.meet(p.token.number, start, end, taken[0] if taken else None)
                    yield from self.row(
                        items[1:], node, taken[-1] if taken else last, met, (*before, p)
                    )
            if node is None:
                return
            taken.append(node)
            node = following(node)

    def _ends(self, last: Code | None, node: Code | None) -> bool:
        """True if the block is done when `last` is, behind which `node` stands."""
        if node is not None:
            # Nothing comes behind a jump, so what stands there, as the label that an error goes to,
            # is no part of the match. Where the block goes, it would go too: then it has to be.
            return last is not None and last.kind in JUMPS and self.keeps_its_end
        if last is None or self.block is None or ends_in_jump(last):
            return True
        return last is self.block or last.parent is self.block

    def _behind(self, flow: Flow, last: Code, is_part: bool) -> Iterator[Point]:
        """Where the program is when a statement is done; with `is_part` when only what it tests is,
        because that is what an expression has matched."""
        entry = flow.entry_of.get(id(last))
        if is_part and last.kind in ("if", "while", "for", "iterator", "switch", "do"):
            head = next((each for each in flow.heads if each.node is last), None)
            if head is not None:
                yield Point("fork", head.node, head.next, head.branch)
                return
        if last.kind in ("return", "goto", "break", "continue") and entry is not None:
            yield entry.next[0] if entry.next else flow.exit
            return
        found = flow.after_of.get(id(last))
        if found is not None:
            yield found
            return
        # An expression in a head: what follows is what the head leads to.
        yield flow.exit

    # -------------------------------------------------------------------- paths

    def until(
        self,
        dots: Code,
        rest: tuple[Code, ...],
        start: Point,
        before: tuple[Code, ...] | None,
        state: State,
    ) -> Iterator[Leaves]:
        """On every path from `start` there is the `rest`."""
        token: Token = dots.token
        at = start.node.start if start.node is not None else 0
        if dots.kind == "dots":
            state = state.meet(token.number, at, at, None)
        near = nearest(before or ())
        states, is_nearest = foreseen(self, dots, rest, start, near, state)
        for each in states:
            is_met = False
            for leaves in self._over(dots, rest, start, near, each):
                is_met = True
                yield leaves
            if is_met and is_nearest:
                return

    def _over(
        self,
        dots: Code,
        rest: tuple[Code, ...],
        start: Point,
        before: tuple[Code, ...],
        state: State,
    ) -> Iterator[Leaves]:
        """The same, all being known that the conditions of the dots speak of."""
        if not (rest or before or dots.token.whens or dots.kind == "nest" or self.some):
            yield [state]  # nothing is asked of any path
            return
        walk = self._walk(dots, rest, before, state)
        for leaves, hits in walk.ways(start):
            if dots.token.at_least_once and not hits:
                continue
            if walk.state is not state:
                leaves = [transplanted(leaf, walk.state, state) for leaf in leaves]
                hits = [transplanted(leaf, walk.state, state) for leaf in hits]
            leaves = covering(leaves, state, self.m.exported, self.paths.written())
            known = agreeing(leaves, hits, state)
            if known is not None:
                found = [*known, *hits]
                yield found if found else [state]

    def _walk(
        self, dots: Code, rest: tuple[Code, ...], before: tuple[Code, ...], state: State
    ) -> Walk:
        """The walk over some dots; one that has answered the same question is asked again.

        What is bound to names that nobody speaks of behind the dots makes no difference. Without
        this, each dots would multiply the time of those behind it. What they stand in does.
        """
        what = (id(dots), tuple(map(id, rest)), tuple(map(id, before)))
        told = self.m.pattern.told.spoken
        spoken = told.get(what)
        if spoken is None:
            spoken = told[what] = frozenset().union(*map(names_in, [dots, *rest, *before]))
        env = tuple(
            (name, value.key, self.m.scopes(value) if name in spoken else ())
            for name, value in sorted(state.env.items())
            if name in spoken or value.kind == "type" or "." in name
        )
        key = (id(self.block), id(self.within), what, env)
        found = self.paths.walks.get(key)
        if found is None:
            found = self.paths.walks[key] = Walk(self, dots.token, rest, before, state)
        return found
