"""What dots have to know of the code behind them before they are walked.

`f(); ... when != x` before `g(x);` is about the x of that `g(x)`, not about any: it is the only
value for which the condition can be told. So where the code behind dots is found, its values are
looked up first, and the dots are walked once for each. The same holds for a name that a nest shares
with what is behind it, as in `<... goto l; ...> l: return x;`, and for one that a later rule
inherits: it has one value on all paths, and a match of what comes with another value is passed by.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from refactor.c.code import Code
from refactor.c.flow import Point
from refactor.pattern.asked import Asked
from refactor.pattern.binding import Binding, State
from refactor.pattern.walk import Walk


def foreseen(
    run: Asked,
    dots: Code,
    rest: tuple[Code, ...],
    start: Point,
    before: tuple[Code, ...],
    state: State,
) -> tuple[list[State], bool]:
    """The state at dots, with each choice of values that only the `rest` binds and that a condition
    of the dots, their nest, a later rule or code before them speaks of; as it is if there are none.

    True if only the first choice counts that is met: such code is about the nearest value.
    """
    spoken, written = run.spoken_apart(dots, rest)
    late = (spoken | written).difference(state.env)
    if not late:
        return [state], False
    found = []
    for values in _Free(run, dots.token, rest, before, state).values(start, late):
        known = state
        for name, value in values.items():
            known = known.bind(name, value)
        found.append(known)
    return found, late.isdisjoint(spoken)


class _Free(Walk):
    """A walk that no condition stands in the way of."""

    def values(self, start: Point, names: Set[str]) -> Iterator[dict[str, Binding]]:
        """What the rest binds to `names` wherever it is found, each choice once."""
        self.forbidden, self.wanted, self.tests, self.any = [], [], [], True
        self.signs.enter(start.node)
        self.signs_apart.enter(start.node)
        if not self._may_come():
            return
        self._explored(start)
        seen: list[dict[str, object]] = []
        for here in self.here.values():
            for leaf in (leaf for leaves in here.found for leaf in leaves):
                found = {name: leaf.env[name] for name in sorted(names) if name in leaf.env}
                keys: dict[str, object] = {name: value.key for name, value in found.items()}
                if keys not in seen:
                    seen.append(keys)
                    yield found
