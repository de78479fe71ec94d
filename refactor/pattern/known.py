"""What of a file's statements is asked again and again, each told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from refactor.c.code import STATEMENTS, Code
from refactor.c.flow import BREAKABLE, Flow, left_by
from refactor.pattern.binding import State
from refactor.pattern.compile import Pattern
from refactor.pattern.heads import Heads
from refactor.pattern.matching import Matcher
from refactor.pattern.scope import written_beside
from refactor.pattern.statements import BRANCHES, certain_holes, is_bare, own_of, owners_of
from refactor.pattern.whereabouts import Rows, Whereabouts
from refactor.pattern.words import clauses

_OF_ONE_KIND = STATEMENTS - {"block"}
"""What is met by its own kind only; a block may be any one statement."""


Below = Callable[[Code, Heads, Rows], Iterator[Code]]
"""The nodes at and below one that have one of some heads, and one of each row in their text."""


@dataclass(slots=True)
class Seen:
    """What is told of the nodes of one file, for all rules that look at it.

    By identity; each node is kept, so that no other one gets its number.
    """

    words: dict[int, tuple[Code, frozenset[bytes]]] = field(default_factory=dict)
    """The tokens of a statement itself."""
    flows: dict[int, tuple[Code, Flow]] = field(default_factory=dict)
    """Of the outermost blocks."""


@dataclass
class Known:
    """What has been found out for one matcher."""

    pattern: Pattern
    some: bool = False
    """True if one path is enough (`exists`)."""
    whereabouts: Whereabouts | None = None
    """Where the items can be; None if they are looked for everywhere."""
    seen: Seen = field(default_factory=Seen)
    below: Below | None = None
    """Finds nodes by their heads; None if there is no index of them."""

    def may(self, item: Code, node: Code, state: State) -> bool:
        """False if a statement is of another kind than an item, lacks a word that it cannot do
        without, or a token of what its holes are bound to already.

        Most statements of a function do, and a set of words is asked a hundred times faster than a
        tree is compared.
        """
        if item.kind in _OF_ONE_KIND and item.kind != node.kind and not self.pattern.forms:
            return False
        if node.kind in BRANCHES and (item.kind in BRANCHES or item.kind in ("disj", "conj")):
            return True  # to look through all that is in it would take longer than to compare
        needs, holes = self._needs(item)
        if not needs and holes.isdisjoint(state.env):
            return True
        words = self._words(node)
        if any(map(words.isdisjoint, needs)):
            return False
        return all(words.issuperset(state.env[each].key) for each in holes if each in state.env)

    def has_place(self, item: Code, rows: Rows, top: Code | None) -> bool:
        """False if nothing in a part of the file can be what an item meets: nothing that is known
        by what it has to be has all signs of the item, which are at `rows`, in its text."""
        if self.below is None or top is None:
            return True
        wanted: Heads | None = None
        if is_bare(item):
            wanted = self.pattern.heads_of(item)
        elif item.kind in _OF_ONE_KIND - {"return"} and not self.pattern.forms:
            wanted = frozenset((item.kind,))  # a return may be the end of the function
        return wanted is None or next(self.below(top, wanted, rows), None) is not None

    def _needs(self, item: Code) -> tuple[frozenset[frozenset[bytes]], frozenset[str]]:
        """What a statement needs for an item: words, and values of names."""
        told = self.pattern.told
        found = told.needs.get(id(item))
        if found is None:
            searched = self.pattern.searched(item)
            need = (frozenset(map(str.encode, clause)) for clause in clauses((searched,)))
            found = told.needs[id(item)] = frozenset(need), frozenset(certain_holes(searched))
        return found

    def _words(self, node: Code) -> frozenset[bytes]:
        """The tokens of a statement itself."""
        known = self.seen.words.get(id(node))
        if known is None:
            own = own_of(node) if node.kind in BRANCHES else [node]
            tokens = frozenset([leaf.text for each in own for leaf in each.leaves()])
            known = self.seen.words[id(node)] = node, tokens
        return known[1]

    def flow(self, node: Code) -> Flow | None:
        """The flow of the function around a node."""
        body: Code | None = node if node.kind == "block" else None
        for each in node.ancestors():
            if each.kind == "block":
                body = each
        if body is None:
            return None
        known = self.seen.flows.get(id(body))
        if known is None:
            known = self.seen.flows[id(body)] = body, Flow(body)
        return known[1]

    def written(self) -> dict[int, frozenset[str]]:
        """For each token of the pattern the names whose values are written beside it."""
        told = self.pattern.told
        if told.beside is None:
            told.beside = written_beside(self.pattern)
        return told.beside

    def leaves_what_it_should(self, m: Matcher, item: Code, node: Code, state: State) -> bool:
        """True for a `break` or `continue` of the loop that the one of the pattern belongs to."""
        told = self.pattern.told
        if told.owners is None:
            told.owners = owners_of(self.pattern.items)
        owner = told.owners.get(id(item))
        if owner is None:
            return True
        number = next(owner.leaves()).token.number
        met = next((pair.node for pair in state.pairs() if pair.number == number), None)
        if met is None:
            return True
        around = (each for each in met.ancestors() if each.kind in BREAKABLE)
        return next(around, None) is left_by(node)
