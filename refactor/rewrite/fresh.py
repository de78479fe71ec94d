"""Names that a patch makes: `fresh identifier tmp = "tmp"`, `... = "__" ## f`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from refactor.c.lexical import mentions
from refactor.match.sites import Site
from refactor.pattern.binding import Binding, State
from refactor.pattern.holes import fresh_name
from refactor.pattern.tokens import Metavariable


@dataclass(slots=True)
class FreshNames:
    """Makes the names of one file, each match its own.

    One that is made of a text alone gets a number, as spatch has it, because two matches must not
    share it; a number that would make a name of the file is left out.
    """

    numbers: dict[str, int] = field(default_factory=dict)

    def bind(
        self, sites: Sequence[Site], metavariables: Collection[Metavariable], data: bytes
    ) -> None:
        """Bind the fresh names of a rule in each of its matches; `data` is the buffer."""
        for meta in metavariables:
            is_text = len(meta.fresh) == 1 and meta.fresh[0][0] == "text"
            for site in sites:
                number = self._next(meta.fresh[0][1], data) if is_text else ""
                site.leaves = [self._named(leaf, meta, number) for leaf in site.leaves]

    def _next(self, seed: str, data: bytes) -> str:
        while True:
            number = self.numbers.get(seed, 0)
            self.numbers[seed] = number + 1
            if next(mentions(data, f"{seed}{number}"), None) is None:
                return str(number)

    def _named(self, state: State, meta: Metavariable, number: str) -> State:
        paths = tuple(self._named(each, meta, number) for each in state.paths)
        name = fresh_name(meta, state)
        env = state.env
        if name is not None and meta.name not in env:
            name += number.encode()
            env = {**env, meta.name: Binding("code", (name,), name)}
        return State(env, state.last, state.reordered, paths)
