"""Tests and their branches in other forms: the contrary with the branches the other way round, an
`else` that is not there, `likely()` around a test."""

from __future__ import annotations

from itertools import chain

from refactor.c.code import Code
from refactor.pattern.binding import State
from refactor.pattern.compile import CONTEXT, MINUS
from refactor.pattern.holes import Matches
from refactor.pattern.standard import HINTS
from refactor.pattern.truth import Truth

_CONTRARY = {b"!=": b"==", b"==": b"!="}


class Conditionals(Truth):
    """The layer of what is done if a test holds, and what if not."""

    def _ifs(self, p: Code, n: Code, state: State) -> Matches:
        """drop_else, ne_if and neg_if."""
        ps, ns = p.parts, n.parts
        if len(ps) == 7 and len(ns) == 5 and self.uses("drop_else"):
            other = ps[6]
            ends = [self.pattern.states.get(id(each), CONTEXT) for each in (ps[0], ps[5])]
            if ends[0] != ends[1]:
                return  # an else that stays has its if
            if other.kind == "meta" and self._only_use(other) and not self._comes(other):
                yield from self.children(ps[:5], ns, state)
        if not len(ps) == len(ns) == 7:
            return
        placed = next(self._at_positions(ps[0], ns[0], state), None)
        if placed is None:
            return
        states = self.pattern.states
        is_unit = states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
        stay = all(states.get(id(each), CONTEXT) == CONTEXT for each in (ps[2], ps[4], ps[6]))
        tests: list[Matches] = []
        if is_unit and self.uses("ne_if"):
            tests.append(self._unequal(ps[2], ns[2], placed))
        if (is_unit or stay) and self.uses("neg_if"):
            tests.append(self._not(ps[2], ns[2], placed))
            tests.append(self.negated(ps[2], ns[2], placed))
        for each in chain.from_iterable(tests):
            for then in self.match(ps[4], ns[6], each):
                for both in self.match(ps[6], ns[4], then):
                    yield self._unit_of(p, n, both)

    def _turned_round(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`a ? b : c` is `!a ? c : b` (neg_if_exp)."""
        ps, ns = p.parts, n.parts
        if not (len(ps) == len(ns) == 5 and whole and self.uses("neg_if_exp")):
            return  # GNU's `a ?: b` has three parts
        mine, theirs = ps[0], ns[0]
        for each in chain(
            self._not(mine, theirs, state),
            self._unequal(mine, theirs, state),
            self.negated(mine, theirs, state),
        ):
            for then in self.match(ps[2], ns[4], each):
                for both in self.match(ps[4], ns[2], then):
                    yield self._unit_of(p, n, both)

    def _not(self, p: Code, n: Code, state: State) -> Matches:
        """`!a` as the contrary of `a`, and of anything, `...`, all that there is."""
        if p.kind == "dots":
            yield from self.children([p], [n], state)
        elif n.kind == "unary" and n.children[0].text == b"!":
            inner = n.children[1]
            yield from self.match(p, inner.children[1] if inner.kind == "paren" else inner, state)

    def _unequal(self, p: Code, n: Code, state: State) -> Matches:
        """`a != b` as the contrary of `a == b`, and the other way round."""
        if p.kind != "binary" or n.kind != "binary" or len(p.children) != len(n.children):
            return  # with a directive in it there are more
        if _CONTRARY.get(p.children[1].text) == n.children[1].text:
            mine = [p.children[0], p.children[2]]
            yield from self.children(mine, [n.children[0], n.children[2]], state)

    def _likely(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        name = p.children[0].text
        iso = HINTS.get(name)
        if iso is None or not whole or not self.uses(iso):
            return
        inner = [each for each in p.children[1].parts if each.text not in (b"(", b")", b",")]
        if len(inner) != 1:
            return
        if n.kind == "call" and HINTS.get(n.children[0].text) == iso:
            theirs = [each for each in n.children[1].parts if each.text not in (b"(", b")")]
            if len(theirs) == 1:
                for each in self.match(inner[0], theirs[0], state):
                    yield self._unit_of(p, n, each)
            return
        around = n.parent.parent if n.parent is not None else None
        if (
            around is not None
            and around.kind == "call"
            and HINTS.get(around.children[0].text) == iso
        ):
            return  # it is there, and is matched as such
        for each in self.match(inner[0], n, state):
            yield self._unit_of(p, n, each)
