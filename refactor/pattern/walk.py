"""The walk over dots or a nest to what follows them, point by point of the control flow.

A path that comes back to where it has been asks for nothing: whatever holds on the way out of the
loop holds for it too. So the points where the rest is there on every path are the largest set of
which none leads to a point outside of it, and a loop is no endless path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from refactor.c.code import STATEMENTS, Code
from refactor.c.flow import JUMPS, Point, body_of, left_by, reachable
from refactor.pattern.asked import Asked
from refactor.pattern.binding import State
from refactor.pattern.excuses import Excuses
from refactor.pattern.heads import nodes_in
from refactor.pattern.leaves import WAYS, Leaves, distinct
from refactor.pattern.statements import (
    asks_for_nothing,
    beginnings,
    condition_of,
    firsts,
    has_to_come,
    is_bare,
    is_optional,
    is_statement_hole,
    rows_of,
)
from refactor.pattern.tokens import Token, When
from refactor.pattern.whereabouts import Signs


@dataclass(slots=True)
class _Here:
    """What a walk knows of one point; the point is kept so that no other one gets its identity."""

    point: Point
    found: Sequence[Leaves] = ()
    """The ways in which the rest is there."""
    hits: Sequence[State] = ()
    goes_on: bool = False
    """True if a path may go by."""
    next: Sequence[Point] = ()
    closed: Sequence[Point] = ()
    """The ways on that a condition has closed."""
    is_forbidden: bool = False
    """True if what is here is named by `when !=`."""


class Walk:
    """The walk from one place over dots or a nest to what follows them."""

    def __init__(
        self,
        run: Asked,
        token: Token,
        rest: tuple[Code, ...],
        before: tuple[Code, ...],
        state: State,
    ) -> None:
        self.run = run
        self.m = run.m
        self.free = run.free()
        self.token = token
        self.rest = rest
        self.beginnings = list(beginnings(rest))
        # What is optional may be on no path, if nothing has to come behind it.
        self.may_end = all(map(asks_for_nothing, rest))
        self.state = state
        alone = frozenset[str]().union(*map(run.alone, before))
        env = {name: value for name, value in state.env.items() if name not in alone}
        self.apart = State(env, state.last, state.reordered, state.paths)
        """The state without what is bound to names that only the item before the dots speaks of:
        another match of it with other values is as much the beginning of a path of its own."""
        self.nest: list[Code] = token.group.items if token.group is not None else []
        kinds = {when.kind for when in token.whens}
        self.strict = "strict" in kinds
        self.some = (run.some or "exists" in kinds) and "forall" not in kinds
        self.before = () if "any" in kinds else before
        self.forbidden = [when for when in token.whens if when.kind == "!="]
        self.wanted = [when for when in token.whens if when.kind == "=="]
        self.tests = [when for when in token.whens if when.kind in ("true !=", "false !=")]
        self.any = "any" in kinds
        self.signs = Signs(run.rows, self.state)
        self.signs_apart = Signs(run.rows, self.apart)
        self.here: dict[int, _Here] = {}
        """What is known of each point by itself, by identity."""
        self.holds: dict[int, bool] = {}
        """True for a point from which the rest is there on every path (or on some)."""
        self.excuses = Excuses(self._is_next, self._is_beginning)
        self.tainted: set[int] = set()
        """For a nest, the points from which a path comes to something forbidden."""
        self._closing: Point | None = None
        self._is_close_known = False

    def ways(self, start: Point) -> Iterator[tuple[Leaves, Leaves]]:
        """In which ways the rest is there behind a point: the ends of the paths of each, and the
        hits of a nest on them.

        First it is told where the rest is there at all, then the ends are collected. To do both in
        one walk would be wrong in a loop: what is said of a point while the way around the loop is
        still open is true on that way only. Stacks instead of recursion: functions have thousands
        of statements.
        """
        self.signs.enter(start.node)
        self.signs_apart.enter(start.node)
        if not self._may_come():
            return
        fresh = self._explored(start)
        self._settle(fresh)
        if not self.holds[id(start)]:
            return
        if self.some:
            yield from self._each(start)
        else:
            yield from self._together(start)

    def _may_come(self) -> bool:
        """False if the function has no place for something that has to come."""
        return all(
            all(rows := self.signs.rows(each)) and self.run.has_place(each, rows, self.signs.top)
            for each in self.rest
            if has_to_come(each)
        )

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
        is_first = not self.holds
        self.holds.update(dict.fromkeys(map(id, fresh), not self.some))
        pending = [each for each in fresh if not is_first or self._is_special(each)]
        if not pending:
            return
        before: dict[int, list[Point]] = {}
        for point in fresh:
            for each in self.here[id(point)].next:
                before.setdefault(id(each), []).append(point)
        if self.nest and not self.some:
            self._taint(fresh, before)
        while pending:
            point = pending.pop()
            holds = self._is_good(point)
            if holds != self.holds[id(point)]:
                self.holds[id(point)] = holds
                pending += before.get(id(point), [])

    def _is_special(self, point: Point) -> bool:
        """True for a point that may be other than all are thought to be, whatever is behind it."""
        here = self.here[id(point)]
        return bool(here.found) if self.some else not here.goes_on or bool(here.closed)

    def _taint(self, fresh: Sequence[Point], before: Mapping[int, Sequence[Point]]) -> None:
        """Tell from which new points a path comes to what a condition of a nest forbids."""
        stack = [point for point in fresh if self.here[id(point)].is_forbidden]
        while stack:
            point = stack.pop()
            if id(point) not in self.tainted:
                self.tainted.add(id(point))
                stack += before.get(id(point), ())

    def _is_good(self, point: Point) -> bool:
        here = self.here[id(point)]
        return bool(here.found) or (here.goes_on and self._is_good_behind(point))

    def _is_good_behind(self, point: Point) -> bool:
        here = self.here[id(point)]
        if self.some:
            return any(self.holds[id(each)] for each in here.next)
        if not all(self._is_excused(point, each) for each in here.closed):
            return False
        return all(self.holds[id(each)] or self._is_excused(point, each) for each in here.next)

    def _is_excused(self, point: Point, following: Point) -> bool:
        """True for the handling of an error: nothing that has to come is asked for there.

        At the end of a rule dots are about all ways out of the function, and this is one of them.
        """
        is_last = not self.rest and self.run.block is None
        if id(following) in self.tainted:
            return False  # dots do not look there, but what a nest speaks of is looked for
        may = following is point.branch and not self.strict and not is_last
        return may and self.excuses.gives_up(point)

    def _is_next(self, point: Point) -> bool:
        """True if what has to come next begins at a point."""
        if not self.rest or point.kind == "exit":
            return point is self._close()
        if point.node is None or (self._is_outside(point) and not self._leads_out()):
            return False
        known = self.here.get(id(point))
        return bool(known.found if known is not None else self._found(point.node, point))

    def _is_beginning(self, point: Point) -> bool:
        """True if what has to come next might begin at a point, whatever comes behind that."""
        if not self.rest or point.node is None:
            return self._is_next(point)
        for item in self.rest:
            if self._may_begin(point, item) and self._matches((item,), point.node):
                return True
            if not is_optional(item):
                return False
        return False

    def _each(self, start: Point) -> Iterator[tuple[Leaves, Leaves]]:
        """One way for each end of a path."""
        passed: list[Point] = []
        before: dict[int, list[Point]] = {}
        seen: set[int] = set()
        stack = [start]
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            passed.append(point)
            if self.here[id(point)].goes_on:
                for each in self.here[id(point)].next:
                    before.setdefault(id(each), []).append(point)
                stack.extend(reversed(self.here[id(point)].next))
        for point in passed:
            if self.here[id(point)].found:
                hits = self._hits_on_the_way(point, before) if self.nest else []
                for leaves in self.here[id(point)].found:
                    yield leaves, hits

    def _hits_on_the_way(self, end: Point, before: Mapping[int, Sequence[Point]]) -> Leaves:
        """The hits of a nest on all paths that come to an end, because any of them may be the one
        that is meant."""
        points = reachable(end, lambda at: before.get(id(at), ()))
        return [hit for point in points for hit in self.here[id(point)].hits]

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
                leaves = distinct([leaf for each in chosen for leaf in each])
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
        aside: list[tuple[Point, Code]] = []
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            here = self.here[id(point)]
            hits += here.hits
            if here.found and id(point) not in passed:
                ends.append(point)
                continue
            stack.extend(each for each in reversed(here.next) if self.holds[id(each)])
            branch = (
                body_of(point.node) if point.node is not None and point.branch is not None else None
            )
            if branch is not None:
                aside += [(each, branch) for each in here.next if self._is_excused(point, each)]
        # What a nest speaks of counts in the handling of an error as well, but not behind the
        # label that it goes to: that code may be reached past the end of the match.
        while aside:
            point, branch = aside.pop()
            node = point.node
            if id(point) in seen or node is None or not branch.start <= node.start < branch.end:
                continue
            seen.add(id(point))
            hits += self.here[id(point)].hits
            aside += [(each, branch) for each in self.here[id(point)].next]
        return ends, hits

    # -------------------------------------------------------------------- one point

    def _at(self, point: Point) -> _Here:
        """What is to be said of a point without those behind it."""
        here = _Here(point)
        node = point.node
        is_end = point.kind == "exit" or point is self._close()
        if self.rest:
            if self._is_outside(point) and not self._leads_out():
                return here
            here.found = self._found(node, point) if node is not None else ()
        if is_end and self.may_end:
            here.found = [[self.state]]
        if is_end or (here.found and not self.any):
            return here
        if self._is_passed_by(point):
            return here
        if node is not None and point.kind == "implicit":
            here.hits = self._hits(point) if self.nest else ()
        elif node is not None and point.kind not in ("open", "close", "directive", "fork"):
            if not self.may_end and self._breaks_out(point):
                return here
            if self.before and any(self._begins_anew(each, node, point) for each in self.before):
                return here
            here.hits = self._hits(point) if self.nest else ()
            # What a nest speaks of is there because it is meant to be; `when !=` is about the rest.
            if (self.forbidden or self.wanted) and not here.hits and self._forbids(point):
                here.is_forbidden = True
                return here
        here.goes_on = True
        here.next = point.next
        here.closed = self._blocked(point) if self.tests else ()
        if here.closed:
            here.next = [each for each in point.next if not any(each is one for one in here.closed)]
        if self.may_end and any(map(self._is_outside, here.next)):
            # A jump out of the block ends it as its brace does: what comes then is not in it.
            here.found, here.next, here.goes_on = here.found or [[self.state]], (), False
        return here

    def _leads_out(self) -> bool:
        """True if the pattern itself ends the block by a jump, as a `goto` to a `return` does."""
        is_jump = all(each.kind in JUMPS for each in firsts(self.rest[-1]))
        return is_jump and self.run.block is not None

    def _is_outside(self, point: Point) -> bool:
        """True behind a jump out of the block, but to the end of the function."""
        block, node = self.run.within, point.node
        if block is None or node is None or point is self._close() or point.kind == "exit":
            return False
        return not block.start <= node.start < block.end

    def _found(self, node: Code, point: Point) -> Sequence[Leaves]:
        """The ways in which the rest is here; or what is behind it, where that is optional."""
        for rest in self.beginnings:
            if self._may_begin(point, rest[0]):
                row = self.run.row(rest, node, None, self.state, skips=False)
                if found := list(islice(row, WAYS)):
                    return found
        return ()

    def _is_passed_by(self, point: Point) -> bool:
        """True if what has to come next is here, though nothing good comes behind it: dots are the
        shortest path, and do not look for a better one further on."""
        if self.any or len(self.rest) < 2 or point.node is None:
            return False
        first = self.rest[0]
        if not self._may_begin(point, first):
            return False
        # An alternative that is nothing would be everywhere: it is not there, it is left out.
        rows = rows_of(first) if first.kind == "disj" else [[first]]
        return any(self._matches(tuple(row), point.node) for row in rows if row)

    def _breaks_out(self, point: Point) -> bool:
        """True for a `break` or `continue` that leaves the block in which the rest has to be.

        Only a `goto` may lead to a jump of the pattern that stands somewhere else, as that to the
        `return` behind the handling of all errors does.
        """
        block, node = self.run.within, point.node
        if block is None or node is None or node.kind not in ("break", "continue"):
            return False
        target = left_by(node)
        return target is None or target.start <= block.start

    def _may_begin(self, point: Point, first: Code) -> bool:
        """False if an item cannot be here, as far as the words of a statement tell."""
        if point.node is None:
            return False
        if point.kind == "implicit":
            return first.kind in ("return", "disj", "conj")
        if point.kind == "open":
            return any(each.kind == "block" for each in firsts(first))
        if point.kind not in ("statement", "head"):
            return False
        if point.node.kind == "directive":
            return True
        if not self.signs.may_be(first, point):
            return False
        if first.kind in ("disj", "conj", "dots", "nest", "directive", "meta"):
            return True
        return self.run.may(first, point.node, self.state)

    def _close(self) -> Point | None:
        """Where the block ends; for a statement that stands for one, what is behind it."""
        if not self._is_close_known:
            self._closing, self._is_close_known = self._found_close(), True
        return self._closing

    def _found_close(self) -> Point | None:
        block = self.run.block
        if block is None:
            return None
        flow = self.run.flow(block)
        if flow is None:
            return None
        return flow.close_of.get(id(block)) or flow.after_of.get(id(block))

    def _blocked(self, point: Point) -> Sequence[Point]:
        """The successors that `when != true e` and `when != false e` close."""
        if (
            point.kind not in ("head", "fork")
            or len(point.next) < 2
            or point.node is None
            or point.node.kind not in ("if", "while", "for", "do")
        ):
            return ()
        found = []
        for when in self.tests:
            item = when.items[0] if len(when.items) == 1 else None
            condition = condition_of(point.node)
            if item is None or condition is None:
                continue
            if next(self.m.match_expression(item, condition, self.state), None) is not None:
                found.append(point.next[0 if when.kind.startswith("true") else 1])
        return found

    def _matches(self, items: tuple[Code, ...], node: Code, state: State | None = None) -> bool:
        found = self.free.row(items, node, None, state or self.state, skips=False)
        return next(found, None) is not None

    def _begins_anew(self, item: Code, node: Code, point: Point) -> bool:
        """True if what stands before the dots is at a point behind them."""
        return (
            self.signs_apart.may_be(item, point)
            and self.run.may(item, node, self.apart)
            and self._matches((item,), node, self.apart)
        )

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
        for item in when.items:
            if not (self.signs.may_be(item, point) and self.run.may(item, node, self.state)):
                continue
            if item.kind in STATEMENTS or is_statement_hole(item):
                if next(self.free.row((item,), node, None, self.state), None) is not None:
                    return True
                continue
            if next(self._expressions(item, point), None) is not None:
                return True
        return False

    def _hits(self, point: Point) -> Leaves:
        """All hits of a nest at a point."""
        node = point.node
        assert node is not None
        items = tuple(self.nest)
        if not self.signs.may_be(items[0], point):
            return []
        if len(items) == 1 and is_bare(items[0]):
            return list(self._expressions(items[0], point))
        rows = islice(self.free.row(items, node, None, self.state), 1)
        return [leaf for row in rows for leaf in row]

    def _expressions(self, item: Code, point: Point) -> Iterator[State]:
        """An expression wherever it is in the code of a point, each time in one way."""
        for each in nodes_in(point.own(), self.m.pattern.heads_of(item)):
            yield from islice(self.m.match_expression(item, each, self.state), 1)
