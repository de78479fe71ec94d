"""Nests among expressions, `<+... f(x) ...+>`: every place inside of one where their content is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from refactor.c.code import Code
from refactor.pattern.binding import Binding, State
from refactor.pattern.holes import Holes, Matches
from refactor.pattern.scope import shared


class Nests(Holes):
    """The layer of nests in the place of an expression, or of some of a list."""

    def nest(self, p: Code, nodes: Sequence[Code], state: State, at: int) -> Matches:
        """All hits of a nest inside of some nodes that are in a row; `at` is where they would be,
        if there are none.

        What only the nest speaks of may be something else at each hit. A name that is used outside
        of it too has one value: so there is a way to match for each one that a hit gives it.
        """
        if len(p.token.group.items) != 1:
            return  # no expression
        if id(p) not in self._shared:
            self._shared[id(p)] = shared(p, self.pattern)
        start, end = (nodes[0].start, nodes[-1].end) if nodes else (at, at)
        whole = nodes[0] if len(nodes) == 1 else None
        for values in self._values(p, nodes, state):
            hits = State({**state.env, **values}, state.last, state.reordered, state.paths)
            count = len(hits.paths)
            for node in nodes:
                hits = self._hits(p, node, hits)
            if len(hits.paths) > count or not p.token.at_least_once:
                yield hits.meet(p.token.number, start, end, whole)

    @cached_property
    def _shared(self) -> dict[int, frozenset[str]]:
        """By the identity of a nest, the names that something else speaks of as well."""
        return {}

    def _values(self, p: Code, nodes: Sequence[Code], state: State) -> list[Mapping[str, Binding]]:
        """The values that hits give to the names which are used outside of a nest; of those that
        say less than others nothing more is to be known."""
        names = self._shared[id(p)] - state.env.keys()
        found: dict[frozenset[tuple[str, object]], Mapping[str, Binding]] = {}
        if names:
            for node in nodes:
                for inner in node.walk():
                    for hit in self.match_expression(_content(p), inner, _alone(state)):
                        values = {name: hit.env[name] for name in names if name in hit.env}
                        key = frozenset((name, value.key) for name, value in values.items())
                        found.setdefault(key, values)
        fullest = [values for key, values in found.items() if not any(key < each for each in found)]
        return fullest or [{}]

    def _hits(self, p: Code, n: Code, state: State) -> State:
        """What is known with each hit inside of a node as a path of its own."""
        for node in n.walk():
            found = next(self.match_expression(_content(p), node, _alone(state)), None)
            if found is not None:
                state = State(state.env, state.last, False, (*state.paths, found))
        return state


def _content(p: Code) -> Code:
    content: Code = p.token.group.items[0]
    return content


def _alone(state: State) -> State:
    """Without other hits: one has none in it, or each would double what there is to unfold."""
    return State(state.env, state.last, state.reordered)
