"""Nodes in a row: children, arguments, parameters, members, and the dots between them."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.binding import Binding, State
from refactor.pattern.builds import are_in_one_build
from refactor.pattern.compile import CONTEXT, MINUS
from refactor.pattern.holes import NONE, Matches
from refactor.pattern.nests import Nests
from refactor.pattern.shapes import (
    for_slots,
    is_void,
    name_of,
    paired_with_commas,
)
from refactor.pattern.tokens import REMOVED, Metavariable, When


class Lists(Nests):
    """The layer of lists."""

    def children(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """Lists of the same length, one by one."""
        if len(ps) != len(ns):
            return NONE
        # A sign is itself or nothing, and is asked before all that costs more.
        for p, n in zip(ps, ns, strict=True):
            if p.kind == "op" and p.text != n.text and not (p.children or n.children):
                return NONE
        return self._each(ps, ns, 0, state)

    def _each(self, ps: Sequence[Code], ns: Sequence[Code], at: int, state: State) -> Matches:
        if at == len(ps):
            return iter((state,))
        if at == len(ps) - 1:
            return self.match(ps[at], ns[at], state)
        return self._each_of(ps, ns, at, state)

    def _each_of(self, ps: Sequence[Code], ns: Sequence[Code], at: int, state: State) -> Matches:
        for each in self.match(ps[at], ns[at], state):
            yield from self._each(ps, ns, at + 1, each)

    def _any_operands(self, p: Code, n: Code, state: State) -> Matches:
        """`a | ...`: one of the operands of a row, wherever the others stand.

        What stands in parentheses is a row of its own.
        """
        first, operator, dots = p.parts
        if n.kind != "binary" or n.children[1].text != operator.text:
            return
        if not self.uses("comm_assoc"):
            for each in self.match(first, n.children[0], state):
                met = self._placed_at((operator,), (n.children[1],), each)
                if met is not None:
                    yield met.meet(dots.token.number, n.children[2].start, n.end, None)
            return
        row = [n]
        while row[-1].children[0].kind == "binary" and (
            row[-1].children[0].children[1].text == operator.text
        ):
            row.append(row[-1].children[0])
        row.reverse()
        for each in self.match(first, row[0].children[0], state):
            met = self._placed_at((operator,), (row[0].children[1],), each)
            if met is not None:
                yield met.meet(dots.token.number, row[0].children[2].start, n.end, None)
        for inner in row:
            for each in self.match(first, inner.children[2], state):
                met = self._placed_at((operator,), (inner.children[1],), each)
                # What goes is the row as a whole; what stays is beside the operand.
                end = n.end if dots.token.mark == REMOVED else n.start
                if met is not None:
                    yield met.meet(dots.token.number, n.start, end, None)

    def _strings(self, p: Code, n: Code, state: State) -> Matches:
        """Strings side by side; a hole takes as many pieces as it needs."""
        ps, ns = p.parts, n.parts
        if len(ps) == len(ns):
            yield from self.children(ps, ns, state)

    def _for(self, p: Code, n: Code, state: State) -> Matches:
        ps, ns = p.parts, n.parts
        if len(ps) > 2 and ps[2].kind == "dots" and ps[3].text == b")":
            closing = next(
                (i for i, each in enumerate(ns) if each.text == b")" and not each.children), None
            )
            if closing is None:
                return
            first = state.meet(ps[2].token.number, ns[2].start, ns[closing - 1].end, None)
            yield from self.children([*ps[:2], *ps[3:]], [*ns[:2], *ns[closing:]], first)
            return
        for mine in for_slots(ps):
            theirs = next(iter(for_slots(ns)), None)
            if theirs is not None:
                dots, semicolon, declared = mine[2], mine[3], theirs[2]
                if (
                    dots is not None
                    and dots.kind == "dots"
                    and declared is not None
                    and declared.kind == "declaration"
                    and semicolon is not None
                ):
                    # Dots for a declaration, which has its semicolon in itself.
                    end = declared.children[-1]
                    state = state.meet(dots.token.number, declared.start, end.start, None)
                    state = self._met(semicolon, end, state)
                    mine, theirs = [*mine[:2], *mine[4:]], [*theirs[:2], *theirs[4:]]
                yield from self.children_or_dots(mine, theirs, state)

    def children_or_dots(
        self, ps: Sequence[Code | None], ns: Sequence[Code | None], state: State
    ) -> Matches:
        """Like `children`, where a slot may be empty, and dots match an empty one."""
        if len(ps) != len(ns):
            return
        if not ps:
            yield state
            return
        p, n = ps[0], ns[0]
        if p is None or n is None:
            if (p is None and n is None) or (p is not None and p.kind == "dots" and n is None):
                yield from self.children_or_dots(ps[1:], ns[1:], state)
            return
        for each in self.match(p, n, state):
            yield from self.children_or_dots(ps[1:], ns[1:], each)

    def _enclosed(self, p: Code, n: Code, state: State) -> Matches:
        """A list with commas in brackets."""
        ps, ns = p.parts, n.parts
        if not ns or ns[-1].text != ps[-1].text:
            return
        first = self._placed_at((ps[0], ps[-1]), (ns[0], ns[-1]), state)
        if first is None:
            return
        mine, theirs = paired_with_commas(ps[1:-1]), paired_with_commas(ns[1:-1])
        if p.kind == "params" and not theirs and is_void(mine):
            yield from self._met_all(mine[0][0], ns[0].end, first)
            return
        if p.kind == "params" and not mine and is_void(theirs):
            if not self._gets_parts(p):
                yield first
            return
        if (
            p.kind == "init"
            and (mine or (theirs and theirs[0][0].kind == "pair" and not self._goes(p)))
            and all(each.kind in ("pair",) or (each.kind == "disj") for each, _ in mine)
        ):
            found = self._unordered(mine, theirs, first, whole=self._has_gone(ps[-1]))
            yield from self._in_one_build(mine, n, found)
            return
        if p.kind == "init" and self._is_designated(mine):
            found = self._designated(mine, theirs, first, ns)
            yield from self._in_one_build(mine, n, found)
            return
        if p.kind == "fields" and not any(each.text == b"," for each in (*ps, *ns)):
            yield from self._members(ps[1:-1], ns[1:-1], first, ns[0].end)
            return
        yield from self._list(mine, theirs, first, ns[0].end)

    def _goes(self, p: Code) -> bool:
        """True for a list that is taken out: what it does not name must not go along."""
        return self.pattern.states.get(id(p), CONTEXT) == MINUS

    def _met_all(self, p: Code, at: int, state: State) -> Matches:
        for leaf in p.leaves():
            if leaf.token is not None:
                state = state.meet(leaf.token.number, at, at, None)
        yield state

    def _list(
        self,
        mine: Sequence[tuple[Code, Code | None]],
        theirs: Sequence[tuple[Code, Code | None]],
        state: State,
        at: int,
    ) -> Matches:
        """Items in order; dots and lists take any number. `at` is where the last item ended."""
        if not mine:
            if not theirs:
                yield state
            return
        p, comma = mine[0]
        width = self._width(p)
        if width is None:
            # One item for one item.
            if not theirs:
                return
            n, theirs_comma = theirs[0]
            for each in self.match(p, n, state):
                behind = self._comma(comma, theirs_comma, each, n.end)
                if behind is not None:
                    yield from self._list(
                        mine[1:], theirs[1:], behind, theirs_comma.end if theirs_comma else n.end
                    )
            return
        # Each item behind takes one; fewer cannot be left over for them.
        most = len(theirs) - sum(1 for one, _ in mine[1:] if self._takes_one(one))
        for count in self._counts(p, len(theirs), state):
            if count > most:
                return
            if not count and p.kind == "nest" and self._takes_one(p):
                continue
            if count < len(theirs) and len(mine) == 1:
                continue
            taken = theirs[:count]
            for each in self._take(p, taken, state, at):
                last = taken[-1][1] if taken else None
                after: State | None = each
                if comma is not None and comma.token is not None:
                    if last is not None:
                        after = self._placed_at((comma,), (last,), each)
                    elif taken and theirs[count:]:
                        after = None
                    else:
                        end = taken[-1][0].end if taken else at
                        after = each.meet(comma.token.number, end, end, None)
                if after is not None:
                    end = (last.end if last else taken[-1][0].end) if taken else at
                    yield from self._list(mine[1:], theirs[count:], after, end)

    def _comma(self, mine: Code | None, theirs: Code | None, state: State, at: int) -> State | None:
        if mine is None:
            return state
        if theirs is None:
            return state.meet(mine.token.number, at, at, None) if mine.token is not None else state
        return self._placed_at((mine,), (theirs,), state)

    def _counts(self, p: Code, most: int, state: State) -> Sequence[int]:
        """How many items dots or a list may take where there are `most`; the least first."""
        width = self._width(p)
        counts: Sequence[int] = range(most + 1) if width is None or width < 0 else [width]
        if p.kind == "meta" and (limits := p.token.meta.lengths) is not None:
            counts = range(limits[0], min(limits[1], most) + 1)
        if known := self._known_list(p, state):
            counts = [known - 1]
        return counts

    def _width(self, p: Code) -> int | None:
        """None for one item, -1 for any number of them, else the number."""
        if p.kind == "dots":
            return -1
        if p.kind == "nest":
            # As an argument it is an expression; in other lists it is what stands among the items.
            return None if p.parent is not None and p.parent.kind == "args" else -1
        if p.kind == "meta" and p.token.meta.is_list:
            length = p.token.meta.length
            return int(length) if length.isdigit() else -1
        return None

    def _takes_one(self, p: Code) -> bool:
        """True for what cannot do without an item of the list."""
        return self._width(p) is None or (p.kind == "nest" and p.token.at_least_once)

    def _known_list(self, p: Code, state: State) -> int:
        """One more than the number of items a bound list has; 0 if it is not bound."""
        if p.kind != "meta" or p.token.meta.name not in state.env:
            return 0
        nodes = state.env[p.token.meta.name]
        return sum(1 for _ in nodes.nodes) + 1 if nodes.nodes else 0

    def _take(
        self, p: Code, taken: Sequence[tuple[Code, Code | None]], state: State, at: int
    ) -> Matches:
        """Dots or a list against some items."""
        if p.kind == "nest":
            yield from self.nest(p, [node for node, _ in taken], state, at)
            return
        if any(node.kind in ("directive", "error") for node, _ in taken):
            return
        start = taken[0][0].start if taken else at
        end = taken[-1][0].end if taken else at
        if p.kind == "dots":
            for when in p.token.whens:
                if when.kind == "!=" and self._forbids(when, [node for node, _ in taken], state):
                    return
            yield state.meet(p.token.number, start, end, None)
            return
        meta: Metavariable = p.token.meta
        key: list[bytes] = []
        for node, comma in taken:
            key += node.key()
            if comma is not None and node is not taken[-1][0]:
                key.append(b",")
        if meta.length and not meta.length.isdigit():
            count = Binding("code", (b"%d" % len(taken),), b"%d" % len(taken))
            known = state.env.get(meta.length)
            if known is None and "." in meta.length:
                return
            if known is not None and known.key != count.key:
                return
            state = state.bind(meta.length, count)
        value = Binding(
            "list", tuple(key), self.data[start:end], 1, tuple(node for node, _ in taken)
        )
        for each in self.bound(p, meta, value, None, state):
            met = each.meet(p.token.number, start, end, None)
            named = self._names_attached(p, [node for node, _ in taken], met)
            if named is not None:
                yield named

    def _names_attached(self, p: Code, nodes: Sequence[Code], state: State) -> State | None:
        """`P@E`: an expression list of the names that a list of parameters declares."""
        for name in self.attached.get(id(p), ()):
            meta = self.pattern.metavariables[name]
            names = [name_of(node) for node in nodes]
            if meta.sort != "expression list" or meta.origin or not all(names):
                return None
            texts = [each.text for each in names if each is not None]
            key = tuple(b" , ".join(texts).split())
            known = state.env.get(name)
            if known is not None and known.key != key:
                return None
            state = state.bind(name, Binding("list", key, b", ".join(texts), 1))
        return state

    def _forbids(self, when: When, nodes: Sequence[Code], state: State) -> bool:
        for item in when.items:
            for node in nodes:
                for inner in node.walk():
                    if next(self.match(item, inner, state), None) is not None:
                        return True
        return False

    def _unordered(
        self,
        mine: Sequence[tuple[Code, Code | None]],
        theirs: Sequence[tuple[Code, Code | None]],
        state: State,
        *,
        whole: bool = False,
    ) -> Matches:
        """Designated initialisers: each has to be there, in whatever order, among others; these
        would be lost if the list goes as a `whole`."""
        if not mine:
            if not (whole and theirs):
                yield state
            return
        p, comma = mine[0]
        for position, (n, theirs_comma) in enumerate(theirs):
            for each in self.match(p, n, state):
                after = self._comma(comma, theirs_comma, each, n.end)
                if after is not None:
                    rest = [*theirs[:position], *theirs[position + 1 :]]
                    yield from self._unordered(mine[1:], rest, after, whole=whole)

    def _in_one_build(
        self, mine: Sequence[tuple[Code, Code | None]], n: Code, found: Matches
    ) -> Matches:
        """Those of some matches whose elements are there together."""
        items = [p for p, _ in mine if p.kind != "dots"]
        states = self.pattern.states
        changing = [id(p) for p in items if states.get(id(p), CONTEXT) != CONTEXT]
        for each in found:
            if are_in_one_build(items, n, each, changing):
                yield each

    def _gets_parts(self, p: Code) -> bool:
        """True for an empty list that gets an element, such as the `void` that is there already."""
        bracket = p.children[0].token
        after = self.pattern.results.get(bracket.number) if bracket is not None else None
        return after is not None and after.parent is not None and len(after.parent.parts) > 2

    def _has_gone(self, leaf: Code) -> bool:
        """True for a token that goes and does not come again."""
        token = leaf.token
        kept = self.pattern.kept_as.values()
        return token is not None and token.mark == REMOVED and token.number not in kept

    def _is_designated(self, mine: Sequence[tuple[Code, Code | None]]) -> bool:
        """True for designated initialisers and dots, all of which stay or go by themselves."""
        items = [each for each, _ in mine]
        return any(each.kind == "pair" for each in items) and all(
            each.kind in ("pair", "disj") or (each.kind == "dots" and each.token.mark != "-")
            for each in items
        )

    def _designated(
        self,
        mine: Sequence[tuple[Code, Code | None]],
        theirs: Sequence[tuple[Code, Code | None]],
        state: State,
        ns: Sequence[Code],
    ) -> Matches:
        """Designated initialisers with dots: in the order of the pattern, or else in any order.

        Their order means nothing in C, and neither does a conditional that stands among those
        that dots are for. What dots with a condition are for is known in the pattern's order only.
        """
        is_there = False
        for each in self._list(mine, theirs, state, ns[0].end):
            is_there = True
            yield each
        whens = [when for p, _ in mine if p.kind == "dots" for when in p.token.whens]
        if is_there or whens or any(node.kind == "error" for node, _ in theirs):
            return
        named = [each for each in mine if each[0].kind != "dots"]
        places = {id(p): ns[0].end if p is mine[0][0] else ns[-1].start for p, _ in mine}
        for p, comma in mine:
            if p.kind == "dots":
                for leaf in (p, comma) if comma is not None else (p,):
                    state = state.meet(leaf.token.number, places[id(p)], places[id(p)], None)
        yield from self._unordered(named, theirs, state)

    def _members(self, ps: Sequence[Code], ns: Sequence[Code], state: State, at: int) -> Matches:
        """The members of a struct, in order; dots take any number. `at` is where the last ended."""
        ns = [each for each in ns if each.kind not in ("directive",)]
        if not ps:
            if not ns:
                yield state
            return
        p = ps[0]
        if p.kind == "directive":
            yield from self._members(ps[1:], ns, state, at)
            return
        if p.kind in ("dots", "nest") or (p.kind == "meta" and p.token.meta.is_list):
            for count in self._counts(p, len(ns), state):
                if count > len(ns) or (len(ps) == 1 and count < len(ns)):
                    continue
                taken = [(each, None) for each in ns[:count]]
                for each in self._take(p, taken, state, at):
                    end = ns[count - 1].end if count else at
                    yield from self._members(ps[1:], ns[count:], each, end)
            return
        if not ns:
            return
        for each in self.match(p, ns[0], state):
            yield from self._members(ps[1:], ns[1:], each, ns[0].end)
