"""Statements in a row, and statement dots: paths through the control flow.

`A ... B` asks for a B on every path from A (or, where the rule says `exists`, on some path), with
neither A nor B nor anything that `when !=` names in between. A match is therefore a tree of paths;
each of its leaves has an environment of its own, because what is bound behind a fork may differ
from path to path. The edits of all leaves are one match: they happen together or not at all.

A path that comes back to where it has been asks for nothing: whatever holds on the way out of the
loop holds for it too. So a loop is no endless path, and every point is visited once for each dots.
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
        for leaves in walk.ways(start):
            if walk.state is not state:
                leaves = [transplanted(leaf, walk.state, state) for leaf in leaves]
            if token.at_least_once and not walk.hits:
                continue
            known = _agreeing(leaves, walk.hits, state)
            if known is not None:
                found = [*known, *walk.hits]
                yield found if found else [state]

    def _walk(
        self, dots: Code, rest: tuple[Code, ...], before: tuple[Code, ...], state: State
    ) -> _Walk:
        """The walk over some dots; one that has answered the same question is asked again.

        What is bound to names that nobody speaks of behind the dots makes no difference. Without
        this, each dots would multiply the time of those behind it.
        """
        token: Token = dots.token
        if dots.kind == "nest":
            return _Walk(self, token, rest, before, state)  # its hits are those of one start
        what = (id(self.block), id(dots), tuple(map(id, rest)), tuple(map(id, before)))
        spoken = self.paths.spoken.get(what)
        if spoken is None:
            items = [*rest, *before, *(item for when in token.whens for item in when.items)]
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
        self.hits: Leaves = []
        self.nest: list[Code] = token.group.items if token.group is not None else []
        kinds = {when.kind for when in token.whens}
        self.strict = "strict" in kinds
        self.some = (run.paths.some or "exists" in kinds) and "forall" not in kinds
        self.before = () if "any" in kinds or not before else before[:1]
        self.forbidden = [when for when in token.whens if when.kind == "!="]
        self.wanted = [when for when in token.whens if when.kind == "=="]
        self.tests = [when for when in token.whens if when.kind in ("true !=", "false !=")]
        self.any = "any" in kinds
        self.early: dict[int, list[Leaves]] = {}
        """With `when any`: where the rest is there, and may be there again further on."""
        self.done: dict[int, list[Leaves]] = {}
        self.open: set[int] = set()

    def ways(self, start: Point) -> list[Leaves]:
        """In which ways the rest is there on every path from a point; none if it is not.

        A stack of its own instead of recursion: functions have thousands of statements.
        """
        stack: list[tuple[Point, bool]] = [(start, False)]
        while stack:
            point, ready = stack.pop()
            key = id(point)
            if ready:
                self.open.discard(key)
                self.done[key] = [*self.early.get(key, []), *self._combined(point)][:WAYS]
                continue
            if key in self.done or key in self.open:
                continue
            found = self._here(point)
            if found is not None:
                self.done[key] = found
                continue
            self.open.add(key)
            stack.append((point, True))
            stack += [(each, False) for each in reversed(point.next)]
        return self.done[id(start)]

    def _here(self, point: Point) -> list[Leaves] | None:
        """The answer at a point itself, or None if what follows it decides."""
        node = point.node
        if self.rest:
            if node is not None and self._may_begin(point):
                found = list(
                    islice(self.run.row(self.rest, node, None, self.state, skips=False), WAYS)
                )
                if found and not self.any:
                    return found
                if found:
                    self.early[id(point)] = found
                    if self._forbids(point):
                        return found
            if point.kind == "exit" or (self.run.block is not None and point is self._close()):
                # What is optional may be on no path, if nothing has to come behind it.
                return [[self.state]] if all(map(is_optional, self.rest)) else []
        elif point.kind == "exit" or point is self._close():
            return [[self.state]]
        if node is None or point.kind in ("close", "directive", "fork"):
            return None
        if (
            self.before
            and self.run.paths.may(self.before[0], node, self.state)
            and self._matches(self.before, node)
        ):
            return []
        # What a nest speaks of is there because it is meant to be; `when !=` is about all else.
        if self.nest and self._collect(point):
            return None
        return [] if self._forbids(point) else None

    def _may_begin(self, point: Point) -> bool:
        """False if the rest cannot be here, as far as the words of a statement tell."""
        if point.kind not in ("statement", "head") or point.node is None:
            return False
        first = self.rest[0]
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

    def _collect(self, point: Point) -> bool:
        """Note all hits of a nest at a point; true if there is one."""
        known = len(self.hits)
        node = point.node
        assert node is not None
        items = tuple(self.nest)
        if len(items) == 1 and (
            items[0].kind in EXPRESSIONS
            or (
                items[0].kind in ("meta", "disj", "conj")
                and not _is_statement_hole(items[0])
                and not _has_statements(items[0])
            )
        ):
            for root in point.own():
                stack = [root]
                while stack:
                    each = stack.pop()
                    found = next(self.m.match_expression(items[0], each, self.state), None)
                    if found is not None:
                        self.hits.append(found)
                    stack.extend(reversed(each.children))
            return len(self.hits) > known
        run = _Run(self.run.paths, self.m, None)
        for leaves in islice(run.row(items, node, None, self.state), 1):
            self.hits += leaves
        return len(self.hits) > known

    def _combined(self, point: Point) -> list[Leaves]:
        """What the successors say, together."""
        blocked = self._blocked(point)
        if self.some:
            return [
                leaves
                for each in point.next
                if not any(each is one for one in blocked)
                for leaves in self.done.get(id(each), [])
                if leaves
            ][:WAYS]
        choices: list[list[Leaves]] = []
        for each in point.next:
            if id(each) in self.open and id(each) not in self.done:
                continue  # a loop: it asks for nothing
            found = self.done.get(id(each), [[]])
            if any(each is one for one in blocked):
                found = []
            if not found and point.gives_up and not self.strict and each is point.branch:
                continue  # the handling of an error is no path
            choices.append(found)
        if not all(choices):
            return []
        return [
            _distinct([leaf for leaves in each for leaf in leaves])
            for each in islice(product(*choices), WAYS)
        ]


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
