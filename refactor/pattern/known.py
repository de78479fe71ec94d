"""What of a pattern's items and of a file's statements is asked again and again, each told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from refactor.c.code import Code
from refactor.c.flow import BREAKABLE, Flow, left_by
from refactor.pattern.binding import State
from refactor.pattern.compile import Pattern
from refactor.pattern.heads import Heads, heads
from refactor.pattern.matching import Matcher
from refactor.pattern.scope import written_beside
from refactor.pattern.statements import BRANCHES, certain_holes, own_of, owners_of
from refactor.pattern.whereabouts import Whereabouts
from refactor.pattern.words import Clause, clauses


@dataclass
class Known:
    """What has been found out for one matcher."""

    some: bool = False
    """True if one path is enough (`exists`)."""
    searched: Callable[[Code], Code] = lambda node: node
    """What an item is looked for as (see `Pattern.searched`)."""
    whereabouts: Whereabouts | None = None
    """Where the items can be; None if they are looked for everywhere."""
    known_heads: dict[int, Heads | None] = field(default_factory=dict)
    flows: dict[int, Flow] = field(default_factory=dict)
    """Of the outermost blocks, by identity."""
    needs: dict[int, frozenset[Clause]] = field(default_factory=dict)
    holes: dict[int, frozenset[str]] = field(default_factory=dict)
    words: dict[int, tuple[frozenset[bytes], frozenset[str]]] = field(default_factory=dict)
    owners: dict[int, Code] = field(default_factory=dict)
    """For a `break` or `continue` of the pattern: the loop or switch that it is in."""

    alone: dict[int, frozenset[str]] = field(default_factory=dict)
    beside: dict[int, frozenset[str]] | None = None
    apart: dict[object, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """For dots and what is behind them, the names in that of which something else speaks."""
    spoken: dict[object, frozenset[str]] = field(default_factory=dict)
    """The names that are spoken of in some dots and behind them."""

    def heads_of(self, item: Code) -> Heads | None:
        """At which nodes an expression of the pattern can be."""
        if id(item) not in self.known_heads:
            self.known_heads[id(item)] = heads(self.searched(item))
        return self.known_heads[id(item)]

    def may(self, item: Code, node: Code, state: State) -> bool:
        """False if a statement lacks a word that an item cannot do without, or a token of what its
        holes are bound to already.

        Most statements of a function lack it, and a set of words is asked a hundred times faster
        than a tree is compared.
        """
        if node.kind in BRANCHES and (item.kind in BRANCHES or item.kind in ("disj", "conj")):
            return True  # to look through all that is in it would take longer than to compare
        need = self.needs.get(id(item))
        if need is None:
            need = self.needs[id(item)] = clauses((self.searched(item),))
        holes = self.holes.get(id(item))
        if holes is None:
            holes = self.holes[id(item)] = frozenset(certain_holes(self.searched(item)))
        words = self.words.get(id(node))
        if words is None:
            own = own_of(node) if node.kind in BRANCHES else [node]
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

    def written(self, pattern: Pattern) -> dict[int, frozenset[str]]:
        """For each token of the pattern the names whose values are written beside it."""
        if self.beside is None:
            self.beside = written_beside(pattern)
        return self.beside

    def leaves_what_it_should(self, m: Matcher, item: Code, node: Code, state: State) -> bool:
        """True for a `break` or `continue` of the loop that the one of the pattern belongs to."""
        if not self.owners:
            self.owners = {0: item, **owners_of(m.pattern.items)}
        owner = self.owners.get(id(item))
        if owner is None:
            return True
        number = next(owner.leaves()).token.number
        met = next((pair.node for pair in state.pairs() if pair.number == number), None)
        if met is None:
            return True
        around = (each for each in met.ancestors() if each.kind in BREAKABLE)
        return next(around, None) is left_by(node)
