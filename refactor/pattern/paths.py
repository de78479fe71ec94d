"""Statements in a row, and statement dots: paths through the control flow.

`A ... B` asks for a B on every path from A (or, where the rule says `exists`, on some path), with
neither A nor B nor anything that `when !=` names in between. A match is therefore a tree of paths;
each of its leaves has an environment of its own, because what is bound behind a fork may differ
from path to path. The edits of all leaves are one match: they happen together or not at all.

A path that comes back to where it has been asks for nothing: whatever holds on the way out of the
loop holds for it too. So the points where the rest is there on every path are the largest set of
which none leads to a point outside of it, and a loop is no endless path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from refactor.c.code import EXPRESSIONS, HIDDEN, STATEMENTS, Code
from refactor.c.flow import Flow, Point, conditional
from refactor.pattern.binding import Binding, State
from refactor.pattern.compile import CONTEXT
from refactor.pattern.directives import KINDS, match_directive
from refactor.pattern.matching import Matcher
from refactor.pattern.tokens import Token, When
from refactor.pattern.words import Clause, clauses

Leaves = list[State]
"""One way in which a pattern matches: the end of each path."""

WAYS = 64
"""How many combinations of ways are tried where paths meet; more than one is rare."""


@dataclass
class Paths:
    """Matches sequences of statements; one for a matcher."""

    some: bool = False
    """True if one path is enough (`exists`)."""
    flows: dict[int, Flow] = field(default_factory=dict)
    """Of the outermost blocks, by identity."""

    needs: dict[int, frozenset[Clause]] = field(default_factory=dict)
    holes: dict[int, frozenset[str]] = field(default_factory=dict)
    words: dict[int, tuple[frozenset[bytes], frozenset[str]]] = field(default_factory=dict)

    walks: dict[object, _Walk] = field(default_factory=dict)
    """Walks from dots to what follows them, by all that their answers depend on."""
    spoken: dict[object, frozenset[str]] = field(default_factory=dict)
    """The names that are spoken of in some dots and behind them."""

    def may(self, item: Code, node: Code, state: State) -> bool:
        """False if a statement lacks a word that an item cannot do without, or a token of what its
        holes are bound to already.

        Most statements of a function lack it, and a set of words is asked a hundred times faster
        than a tree is compared.
        """
        if node.kind in _BRANCHES and (item.kind in _BRANCHES or item.kind in ("disj", "conj")):
            return True  # to look through all that is in it would take longer than to compare
        need = self.needs.get(id(item))
        if need is None:
            need = self.needs[id(item)] = clauses((item,))
        holes = self.holes.get(id(item))
        if holes is None:
            holes = self.holes[id(item)] = frozenset(_certain_holes(item))
        words = self.words.get(id(node))
        if words is None:
            own = own_of(node) if node.kind in _BRANCHES else [node]
            tokens = frozenset(leaf.text for each in own for leaf in each.leaves())
            text = frozenset(each.decode(errors="replace") for each in tokens)
            words = self.words[id(node)] = tokens, text
        if any(clause.isdisjoint(words[1]) for clause in need):
            return False
        return all(words[0].issuperset(state.env[each].key) for each in holes if each in state.env)

    def flow(self, node: Code) -> Flow | None:
        """The flow of the function around a node."""
        body: Code | None = node if node.kind == "block" else None
        for each in node.ancestors():
            if each.kind == "block":
                body = each
        if body is None:
            return None
        if id(body) not in self.flows:
            self.flows[id(body)] = Flow(body)
        return self.flows[id(body)]

    # -------------------------------------------------------------------- entries

    def at(self, m: Matcher, items: Sequence[Code], node: Code, state: State) -> Iterator[Leaves]:
        """A sequence that begins at a statement, or anything else that stands in a list."""
        yield from _Run(self, m, None).row(tuple(items), node, None, state)

    def inside(
        self, m: Matcher, items: Sequence[Code], block: Code, state: State
    ) -> Iterator[State]:
        """All of a block (or of the one statement that stands for it), as one state."""
        run = _Run(self, m, block)
        first = first_in(block) if block.kind == "block" else block
        for leaves in run.begin(tuple(items), first, state):
            yield merged(state, leaves)


class _Run:
    """One attempt to match a sequence; `block` is what has to end with it, None for no end."""

    def __init__(self, paths: Paths, matcher: Matcher, block: Code | None) -> None:
        self.paths = paths
        self.m = matcher
        self.block = block

    # -------------------------------------------------------------------- rows

    def begin(self, items: tuple[Code, ...], first: Code | None, state: State) -> Iterator[Leaves]:
        """The items from the beginning of the block on."""
        if items and is_dots(items[0]):
            flow = self.paths.flow(self.block) if self.block is not None else None
            if flow is None or self.block is None:
                return
            point = self._entry(flow)
            yield from self.until(items[0], items[1:], point, None, state)
        else:
            yield from self.row(items, first, None, state)

    def _entry(self, flow: Flow) -> Point:
        assert self.block is not None
        return flow.entry_of.get(id(self.block), flow.exit)

    def row(
        self,
        items: tuple[Code, ...],
        node: Code | None,
        last: Code | None,
        state: State,
        before: tuple[Code, ...] = (),
        skips: bool = True,
    ) -> Iterator[Leaves]:
        """The items from `node` on, which follows `last`; `before` are those since the last dots.

        Without `skips` the first item has to be there even if it is optional.
        """
        if not items:
            if self.block is None or (node is None and self._ends(last)):
                yield [state]
            return
        item = items[0]
        if is_dots(item):
            flow = self.paths.flow(last) if last is not None else None
            if last is not None and last.parent is not None and last.parent.kind == "file":
                yield from self._far(items, node, state)
                return
            if flow is None or last is None:
                return
            for point in self._behind(flow, last, bool(before) and is_bare(before[-1])):
                yield from self.until(item, items[1:], point, before, state)
                return
            return
        if item.kind == "disj" and _has_statements(item):
            for alternative in item.children:
                inner = alternative.children if alternative.kind == "seq" else [alternative]
                found = False
                for leaves in self.row((*inner, *items[1:]), node, last, state, before):
                    found = True
                    yield leaves
                if found:
                    return
            return
        if item.kind == "conj" and _has_statements(item):
            yield from self._both(item, items, node, state, before)
            return
        if item.kind == "directive":
            yield from self._directive(items, node, last, state, before)
            return
        changes = self.m.pattern.states.get(id(item), CONTEXT) != CONTEXT
        while node is not None and is_conditional(node) and not (changes and last is not None):
            # What is written side by side is so even if a condition begins or ends in between. But
            # what changes together has to be there together: nobody knows when a condition holds.
            node = _beyond(node)
        optional = is_optional(item)
        found = False
        if item.kind == "meta" and item.token.meta.is_list:
            yield from self._list(items, node, last, state, before)
            return
        if node is not None and self.paths.may(item, node, state):
            for each in self._one(item, node, state):
                found = True
                behind = following(node)
                yield from self.row(items[1:], behind, node, each, (*before, item))
        if optional and skips and not found:
            yield from self.row(items[1:], node, last, state, before)

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
        for alternative in item.children:
            inner = alternative.children if alternative.kind == "seq" else [alternative]
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
        for alternative in item.children:
            inner = alternative.children if alternative.kind == "seq" else [alternative]
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
        if (
            item.kind in EXPRESSIONS
            or (item.kind in ("meta", "disj", "conj") and not _is_statement_hole(item))
            or item.kind == "type_name"
        ):
            yield from self._expressions(item, node, state)
            return
        yield from self.m.match(item, node, state)
        if node.kind == "declaration" and item.kind == "expr_stmt":
            return

    def _expressions(self, item: Code, node: Code, state: State) -> Iterator[State]:
        """An expression anywhere in a statement; of alternatives the first one that is there."""
        if item.kind == "disj":
            for alternative in item.children:
                found = False
                for each in self._expressions(alternative, node, state):
                    found = True
                    yield each
                if found:
                    return
            return
        for root in own_of(node):
            stack = [root]
            while stack:
                inner = stack.pop()
                yield from self.m.match_expression(item, inner, state)
                stack.extend(reversed(inner.children))

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

    def _ends(self, last: Code | None) -> bool:
        """True if the block is done when `last` is."""
        if last is None or self.block is None:
            return True
        return last is self.block or last.parent is self.block

    def _behind(self, flow: Flow, last: Code, is_part: bool) -> Iterator[Point]:
        """Where the program is when a statement is done; with `is_part` when only what it tests is,
        because that is what an expression has matched."""
        entry = flow.entry_of.get(id(last))
        if is_part and last.kind in ("if", "while", "for", "iterator", "switch", "do"):
            head = next((each for each in flow.heads if each.node is last), None)
            if head is not None:
                yield Point("fork", head.node, head.next, head.branch, head.gives_up)
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
        walk = self._walk(dots, rest, (before or ())[:1], state)
        for leaves, hits in walk.ways(start):
            if token.at_least_once and not hits:
                continue
            if walk.state is not state:
                leaves = [transplanted(leaf, walk.state, state) for leaf in leaves]
                hits = [transplanted(leaf, walk.state, state) for leaf in hits]
            known = _agreeing(leaves, hits, state)
            if known is not None:
                found = [*known, *hits]
                yield found if found else [state]

    def _walk(
        self, dots: Code, rest: tuple[Code, ...], before: tuple[Code, ...], state: State
    ) -> _Walk:
        """The walk over some dots; one that has answered the same question is asked again.

        What is bound to names that nobody speaks of behind the dots makes no difference. Without
        this, each dots would multiply the time of those behind it.
        """
        token: Token = dots.token
        what = (id(self.block), id(dots), tuple(map(id, rest)), tuple(map(id, before)))
        spoken = self.paths.spoken.get(what)
        if spoken is None:
            items = [dots, *rest, *before]
            spoken = self.paths.spoken[what] = frozenset().union(*map(_names, items))
        env = tuple(
            (name, value.key)
            for name, value in sorted(state.env.items())
            if name in spoken or value.kind == "type" or "." in name
        )
        key = (what, env)
        found = self.paths.walks.get(key)
        if found is None:
            found = self.paths.walks[key] = _Walk(self, token, rest, before, state)
        return found


@dataclass(slots=True)
class _Here:
    """What a walk knows of one point; the point is kept so that no other one gets its identity."""

    point: Point
    found: list[Leaves] = field(default_factory=list)
    """The ways in which the rest is there."""
    hits: Leaves = field(default_factory=list)
    goes_on: bool = False
    """True if a path may go by."""
    next: list[Point] = field(default_factory=list)
    is_closed: bool = False
    """True if a condition has closed one of the ways on."""


class _Walk:
    """The walk from one place over dots or a nest to what follows them."""

    def __init__(
        self,
        run: _Run,
        token: Token,
        rest: tuple[Code, ...],
        before: tuple[Code, ...],
        state: State,
    ) -> None:
        self.run = run
        self.m = run.m
        self.token = token
        self.rest = rest
        self.state = state
        self.nest: list[Code] = token.group.items if token.group is not None else []
        kinds = {when.kind for when in token.whens}
        self.strict = "strict" in kinds
        self.some = (run.paths.some or "exists" in kinds) and "forall" not in kinds
        self.before = () if "any" in kinds or not before else before[:1]
        self.forbidden = [when for when in token.whens if when.kind == "!="]
        self.wanted = [when for when in token.whens if when.kind == "=="]
        self.tests = [when for when in token.whens if when.kind in ("true !=", "false !=")]
        self.any = "any" in kinds
        self.here: dict[int, _Here] = {}
        """What is known of each point by itself, by identity."""
        self.holds: dict[int, bool] = {}
        """True for a point from which the rest is there on every path (or on some)."""

    def ways(self, start: Point) -> Iterator[tuple[Leaves, Leaves]]:
        """In which ways the rest is there behind a point: the ends of the paths of each, and the
        hits of a nest on them.

        First it is told where the rest is there at all, then the ends are collected. To do both in
        one walk would be wrong in a loop: what is said of a point while the way around the loop is
        still open is true on that way only. Stacks instead of recursion: functions have thousands
        of statements.
        """
        fresh = self._explored(start)
        self._settle(fresh)
        if not self.holds[id(start)]:
            return
        if self.some:
            yield from self._each(start)
        else:
            yield from self._together(start)

    def _explored(self, start: Point) -> list[Point]:
        """All points that a walk can come to and that are new."""
        fresh: list[Point] = []
        stack = [start]
        while stack:
            point = stack.pop()
            if id(point) in self.here:
                continue
            self.here[id(point)] = here = self._at(point)
            fresh.append(point)
            stack.extend(reversed(here.next))
        return fresh

    def _settle(self, fresh: Sequence[Point]) -> None:
        """Tell for new points if the rest is there behind them.

        On every path: all points are thought to be good until one is found that is not, so a path
        that goes around for ever asks for nothing. On some path: none is, until one is found.
        """
        before: dict[int, list[Point]] = {}
        for point in fresh:
            self.holds[id(point)] = not self.some
            for each in self.here[id(point)].next:
                before.setdefault(id(each), []).append(point)
        pending = list(fresh)
        while pending:
            point = pending.pop()
            holds = self._is_good(point)
            if holds != self.holds[id(point)]:
                self.holds[id(point)] = holds
                pending += before.get(id(point), [])

    def _is_good(self, point: Point) -> bool:
        here = self.here[id(point)]
        return bool(here.found) or (here.goes_on and self._is_good_behind(point))

    def _is_good_behind(self, point: Point) -> bool:
        here = self.here[id(point)]
        if self.some:
            return any(self.holds[id(each)] for each in here.next)
        if here.is_closed:
            return False
        return all(self.holds[id(each)] or self._is_excused(point, each) for each in here.next)

    def _is_excused(self, point: Point, following: Point) -> bool:
        """True for the handling of an error: nothing that has to come is asked for there.

        At the end of a rule dots are about all ways out of the function, and this is one of them.
        """
        is_last = not self.rest and self.run.block is None
        return point.gives_up and not self.strict and not is_last and following is point.branch

    def _each(self, start: Point) -> Iterator[tuple[Leaves, Leaves]]:
        """One way for each end of a path."""
        hits: Leaves = []
        seen: set[int] = set()
        stack = [start]
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            here = self.here[id(point)]
            for leaves in here.found:
                yield leaves, hits
            hits = [*hits, *here.hits]
            if here.goes_on:
                stack.extend(reversed(here.next))

    def _together(self, start: Point) -> Iterator[tuple[Leaves, Leaves]]:
        """The ends of all paths together. With `when any` a path may go on behind an end, if it
        comes to another one: that is one more way."""
        queue: list[frozenset[int]] = [frozenset()]
        known = set(queue)
        count = 0
        while queue and count < WAYS:
            passed = queue.pop(0)
            ends, hits = self._ends_behind(start, passed)
            for chosen in islice(product(*(self.here[id(each)].found for each in ends)), WAYS):
                leaves = _distinct([leaf for each in chosen for leaf in each])
                # Nothing but endless loops is no match of what has to come.
                if leaves or not self.rest:
                    count += 1
                    yield leaves, hits
            for each in ends if self.any else ():
                further = passed | {id(each)}
                may_pass = self.here[id(each)].goes_on and self._is_good_behind(each)
                if may_pass and further not in known:
                    known.add(further)
                    queue.append(further)

    def _ends_behind(self, start: Point, passed: frozenset[int]) -> tuple[list[Point], Leaves]:
        """Where the paths from a point end, those in `passed` gone by; and the hits before."""
        ends: list[Point] = []
        hits: Leaves = []
        seen: set[int] = set()
        stack = [start]
        aside: list[Point] = []
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            here = self.here[id(point)]
            if here.found and id(point) not in passed:
                ends.append(point)
                continue
            hits += here.hits
            stack.extend(each for each in reversed(here.next) if self.holds[id(each)])
            aside += [each for each in here.next if self._is_excused(point, each)]
        # The handling of an error may lead anywhere; what a nest speaks of counts on its way.
        while aside:
            point = aside.pop()
            if id(point) not in seen:
                seen.add(id(point))
                hits += self.here[id(point)].hits
                aside += self.here[id(point)].next
        return ends, hits

    # -------------------------------------------------------------------- one point

    def _at(self, point: Point) -> _Here:
        """What is to be said of a point without those behind it."""
        here = _Here(point)
        node = point.node
        is_end = point.kind == "exit" or point is self._close()
        if self.rest:
            if node is not None:
                here.found = self._found(node, point)
            if is_end and all(map(is_optional, self.rest)):
                # What is optional may be on no path, if nothing has to come behind it.
                here.found = [[self.state]]
        elif is_end:
            here.found = [[self.state]]
        if is_end or (here.found and not self.any):
            return here
        if self._is_passed_by(point):
            return here
        if node is not None and point.kind not in ("close", "directive", "fork"):
            if (
                self.before
                and self.run.paths.may(self.before[0], node, self.state)
                and self._matches(self.before, node)
            ):
                return here
            here.hits = self._hits(point) if self.nest else []
            # What a nest speaks of is there because it is meant to be; `when !=` is about the rest.
            if not here.hits and self._forbids(point):
                return here
        here.goes_on = True
        blocked = self._blocked(point)
        here.is_closed = bool(blocked)
        here.next = [each for each in point.next if not any(each is one for one in blocked)]
        return here

    def _found(self, node: Code, point: Point) -> list[Leaves]:
        """The ways in which the rest is here; or what is behind it, where that is optional."""
        rest = self.rest
        while rest:
            if self._may_begin(point, rest[0]):
                row = self.run.row(rest, node, None, self.state, skips=False)
                found = list(islice(row, WAYS))
                if found:
                    return found
            if not is_optional(rest[0]):
                break
            rest = rest[1:]
            if rest and rest[0].kind == "dots" and not rest[0].token.whens:
                rest = rest[1:]
        return []

    def _is_passed_by(self, point: Point) -> bool:
        """True if what has to come next is here, though nothing good comes behind it: dots are the
        shortest path, and do not look for a better one further on."""
        if self.any or not self.rest or point.node is None:
            return False
        first = self.rest[0]
        if not self._may_begin(point, first):
            return False
        return (
            len(self.rest) > 1
            and not is_optional(first)
            and self._matches(self.rest[:1], point.node)
        )

    def _may_begin(self, point: Point, first: Code) -> bool:
        """False if an item cannot be here, as far as the words of a statement tell."""
        if point.kind not in ("statement", "head") or point.node is None:
            return False
        if first.kind in ("disj", "conj", "dots", "nest", "directive", "meta"):
            return True
        return point.node.kind == "directive" or self.run.paths.may(first, point.node, self.state)

    def _close(self) -> Point | None:
        """Where the block ends; for a statement that stands for one, what is behind it."""
        block = self.run.block
        if block is None:
            return None
        flow = self.run.paths.flow(block)
        if flow is None:
            return None
        found = flow.close_of.get(id(block))
        return found if found is not None else flow.after_of.get(id(block))

    def _blocked(self, point: Point) -> list[Point]:
        """The successors that `when != true e` and `when != false e` close."""
        if (
            not self.tests
            or point.kind not in ("head", "fork")
            or len(point.next) < 2
            or point.node is None
        ):
            return []
        if point.node.kind not in ("if", "while", "for", "do"):
            return []
        found = []
        for when in self.tests:
            item = when.items[0] if len(when.items) == 1 else None
            condition = condition_of(point.node)
            if item is None or condition is None:
                continue
            if next(self.m.match_expression(item, condition, self.state), None) is not None:
                found.append(point.next[0 if when.kind.startswith("true") else 1])
        return found

    def _matches(self, items: tuple[Code, ...], node: Code) -> bool:
        run = _Run(self.run.paths, self.m, None)
        return next(run.row(items, node, None, self.state), None) is not None

    def _forbids(self, point: Point) -> bool:
        node = point.node
        assert node is not None
        for when in self.forbidden:
            if self._stands(when, point):
                return True
        return bool(self.wanted) and not any(self._stands(when, point) for when in self.wanted)

    def _stands(self, when: When, point: Point) -> bool:
        """True if what a condition names stands at a point."""
        node = point.node
        assert node is not None
        run = _Run(self.run.paths, self.m, None)
        for item in when.items:
            if not self.run.paths.may(item, node, self.state):
                continue
            if item.kind in STATEMENTS or _is_statement_hole(item):
                if next(run.row((item,), node, None, self.state), None) is not None:
                    return True
                continue
            for root in point.own():
                stack = [root]
                while stack:
                    each = stack.pop()
                    if next(self.m.match_expression(item, each, self.state), None) is not None:
                        return True
                    stack.extend(each.children)
        return False

    def _hits(self, point: Point) -> Leaves:
        """All hits of a nest at a point."""
        node = point.node
        assert node is not None
        items = tuple(self.nest)
        run = _Run(self.run.paths, self.m, None)
        if len(items) != 1 or not is_bare(items[0]):
            return [
                leaf for row in islice(run.row(items, node, None, self.state), 1) for leaf in row
            ]
        found: Leaves = []
        for root in point.own():
            stack = [root]
            while stack:
                each = stack.pop()
                hit = next(self.m.match_expression(items[0], each, self.state), None)
                if hit is not None:
                    found.append(hit)
                stack.extend(reversed(each.children))
        return found


# ---------------------------------------------------------------------------- helpers


def _agreeing(leaves: Leaves, hits: Leaves, state: State) -> Leaves | None:
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


def _distinct(leaves: Leaves) -> Leaves:
    seen: dict[int, State] = {}
    for each in leaves:
        seen.setdefault(id(each), each)
    return list(seen.values())


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


def _names(item: Code) -> set[str]:
    """The metavariables in a part of a pattern, those in nests, conditions and types included."""
    found: set[str] = set()
    stack = [item]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        token = node.token
        if token is None:
            continue
        found.update(token.positions)
        found.update(each.name for each in token.holes)
        if token.meta is not None:
            found.add(token.meta.name)
            found.update(re.findall(r"\w+", token.meta.type_text))
            found.add(token.meta.length)
            for each in token.meta.constraints:
                found.update(each.values)
        if token.group is not None:
            stack.extend(token.group.items)
        for when in token.whens:
            stack.extend(when.items)
    return found


def _certain_holes(item: Code) -> Iterator[str]:
    """Holes for expressions and names that no form of an item can be without."""
    stack = [item]
    while stack:
        node = stack.pop()
        if node.kind in ("disj", "conj", "nest", "cast") or node.kind in _BRANCHES:
            continue
        if node.kind == "meta":
            meta = node.token.meta
            if not meta.is_list and meta.sort in ("expression", "idexpression", "identifier"):
                yield meta.name
        stack.extend(node.children)


_BRANCHES = frozenset(("if", "while", "for", "iterator", "switch", "do", "block", "function"))


def is_dots(item: Code) -> bool:
    """True for dots and nests among statements."""
    return item.kind in ("dots", "nest")


def is_bare(item: Code) -> bool:
    """True for an item that is an expression, and matches inside of a statement."""
    if item.kind in ("disj", "conj"):
        return not _has_statements(item)
    return item.kind in EXPRESSIONS or (item.kind == "meta" and not _is_statement_hole(item))


def is_optional(item: Code) -> bool:
    """True for an item behind `?`."""
    first = item
    while first.children:
        first = first.children[0]
    return first.token is not None and first.token.optional


def _has_statements(item: Code) -> bool:
    """True for a group whose alternatives are statements or sequences of them."""
    for each in item.children:
        inner = each.children if each.kind == "seq" else [each]
        if len(inner) != 1 or (not each.children and each.kind == "seq"):
            return True
        only = inner[0]
        if only.kind in STATEMENTS or is_dots(only) or only.kind == "function":
            return True
        if only.kind in ("disj", "conj") and _has_statements(only):
            return True
        if _is_statement_hole(only):
            return True
    return False


def _is_statement_hole(item: Code) -> bool:
    return (
        item.kind == "meta"
        and item.token.meta.sort
        in ("statement", "statement list", "declaration", "field", "field list")
    ) or item.kind == "wrapped"


def first_in(block: Code) -> Code | None:
    """The first statement of a block."""
    return next((each for each in block.children if _counts(each)), None)


def following(node: Code) -> Code | None:
    """The statement behind another one in the same list."""
    parent = node.parent
    if parent is None or parent.kind not in ("block", "file", "group", "fields"):
        return None
    children = parent.children
    at = next((n for n, each in enumerate(children) if each is node), None)
    if at is None:
        return None
    return next((each for each in children[at + 1 :] if _counts(each)), None)


def beside(node: Code) -> Code | None:
    """Whatever stands behind a node in the same list, annotations left out."""
    parent = node.parent
    if parent is None:
        return None
    at = next((n for n, each in enumerate(parent.children) if each is node), -1)
    return next((each for each in parent.children[at + 1 :] if each.kind != "attr"), None)


def is_conditional(node: Code) -> bool:
    """True for `#if`, `#else`, `#endif` and their kind."""
    return node.kind == "directive" and conditional(node) != b""


def _beyond(node: Code) -> Code | None:
    """What is behind a conditional directive; behind all of it for the branches that remain."""
    found = following(node)
    if conditional(node) not in (b"else", b"elif"):
        return found
    depth = 1
    while found is not None and depth:
        word = conditional(found)
        depth += {b"if": 1, b"endif": -1}.get(word, 0)
        found = following(found)
    return found


def _counts(node: Code) -> bool:
    if node.kind == "directive":
        return True
    return node.kind not in HIDDEN and (bool(node.children))


def condition_of(node: Code) -> Code | None:
    """What a branch or a loop tests."""
    parts = node.parts
    if node.kind == "for":
        at = next((n for n, each in enumerate(parts) if each.text == b")" and not each.children), 0)
        inside = list(parts[2:at])
        semicolons = [n for n, each in enumerate(inside) if each.text == b";"]
        first = 0 if inside and inside[0].kind == "declaration" else 1
        stop = semicolons[first] if len(semicolons) > first else -1
        return inside[stop - 1] if stop > 0 and inside[stop - 1].kind in EXPRESSIONS else None
    at = next((n for n, each in enumerate(parts) if each.text == b"(" and not each.children), -1)
    return parts[at + 1] if 0 <= at < len(parts) - 1 else None


def own_of(node: Code) -> list[Code]:
    """The code of a statement itself, without the statements that it governs."""
    if node.kind in ("if", "while", "for", "iterator", "switch", "do"):
        return Point("head", node).own()
    if node.kind == "function":
        return []
    return [node]


def merged(base: State, leaves: Sequence[State]) -> State:
    """Several paths as one state: all pairs, and the bindings that they agree on."""
    if len(leaves) == 1:
        return leaves[0]
    env = dict(base.env)
    for leaf in leaves:
        for name, value in leaf.env.items():
            if all(other.env[name].key == value.key for other in leaves if name in other.env):
                env[name] = value
    reordered = any(leaf.reordered for leaf in leaves)
    return State(env, base.last, reordered, (*base.paths, *leaves))
