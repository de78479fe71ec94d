"""One way through a match: which token of the pattern has met what in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.c.layout import indent_of
from refactor.pattern.binding import Pair, State
from refactor.pattern.compile import Pattern
from refactor.pattern.hunks import Hunk
from refactor.pattern.shapes import names_parameter
from refactor.pattern.tokens import Token, flat


class Path:
    """The tokens of a pattern and the bytes of `data` that they have met on one path."""

    def __init__(self, data: bytes, pattern: Pattern, state: State) -> None:
        self.data = data
        self.pattern = pattern
        self.state = state
        self.pairs: dict[int, Pair] = {}
        for pair in state.pairs():
            self.pairs.setdefault(pair.number, pair)
        starts = {pair.start for pair in self.pairs.values() if pair.end > pair.start}
        self.key: object = (id(pattern), *sorted(starts))
        """What tells the tokens of this path from those of others."""
        self.is_other = state.reordered or self._lacks_what_stays()
        """True if the match has another form than the pattern."""

    @cached_property
    def is_nameless(self) -> bool:
        """True in a prototype that does not name its parameters."""
        return any(
            pair.end <= pair.start
            and pair.node is None
            and number in self.pattern.leaves
            and names_parameter(self.pattern.leaves[number])
            for number, pair in self.pairs.items()
        )

    def _lacks_what_stays(self) -> bool:
        """True if a token that goes and comes again is not there: a comma behind dots."""
        return any(
            old in self.pairs
            and self.pairs[old].end <= self.pairs[old].start
            and self.pairs[old].node is None
            and self.pattern.leaves[old].text == b","
            for old in self.pattern.kept_as.values()
            if old in self.pattern.leaves
        )

    def met(self, p: Code) -> Code | None:
        """The statement of the file that a statement of the pattern has met."""
        found = [
            self.pairs[leaf.token.number]
            for leaf in p.leaves()
            if leaf.token is not None and leaf.token.number in self.pairs
        ]
        found = [each for each in found if each.node is not None]
        if not found:
            return None
        start, end = min(each.start for each in found), max(each.end for each in found)
        first = found[0].node
        assert first is not None
        for node in (first, *first.ancestors()):
            if node.start > start or node.end < end:
                continue
            if p.kind == "function":
                if node.kind in ("function", "declaration"):
                    return node
            elif node.kind in STATEMENTS or node.kind in (
                "function",
                "directive",
                "include",
                "define",
            ):
                return node
        return None

    def name_of(self, p: Code) -> Code | None:
        """The one name, of several in a declaration, that a declaration of the pattern has met."""
        if p.kind != "declaration":
            return None
        found = [
            self.pairs[leaf.token.number]
            for leaf in p.leaves()
            if leaf.token is not None and leaf.token.number in self.pairs
        ]
        if len(found) < 2 or len({(each.start, each.end) for each in found}) != 1:
            return None
        node = found[0].node
        if node is None or node.parent is None or node.parent.kind != "declaration":
            return None
        return node

    def root_node(self, p: Code) -> Code | None:
        """The node of the file that a node of the pattern has met."""
        numbers = [leaf.token.number for leaf in p.leaves() if leaf.token is not None]
        found = [self.pairs[each] for each in numbers if each in self.pairs]
        found = [each for each in found if each.node is not None]
        if not found:
            return None
        start, end = min(each.start for each in found), max(each.end for each in found)
        node = next(each.node for each in found if each.node is not None)
        for each in chain((node,), node.ancestors()):
            if each.start <= start and each.end >= end:
                # The outermost expression with the same bytes is what stands in the slot.
                best = each
                while (
                    best.parent is not None
                    and best.parent.start == best.start
                    and best.parent.end == best.end
                    and best.parent.kind in EXPRESSIONS
                ):
                    best = best.parent
                return best if best.start == start and best.end == end else None
        return None

    def roots(self, *, nests: bool = False) -> Iterator[tuple[Code, Code]]:
        """Expressions of the pattern that become others as a whole; or only those in nests."""
        result = self.pattern.result
        if result is None or len(self.pattern.items) != len(result):
            return
        stack = [(*both, not nests) for both in zip(self.pattern.items, result, strict=True)]
        while stack:
            before, after, counts = stack.pop()
            inner: Sequence[tuple[Code, Code]] = ()
            if before.kind in ("disj", "conj", "seq") and after.kind == before.kind:
                if before.kind != "seq" or len(before.children) == len(after.children):
                    inner = list(zip(before.children, after.children, strict=False))
            elif before.kind in EXPRESSIONS or before.kind == "meta":
                if counts:
                    yield before, after
            elif before.kind == "nest" and after.kind == "nest":
                counts = True
                one, other = before.token.group.items, after.token.group.items
                if len(one) == len(other):
                    inner = list(zip(one, other, strict=True))
            elif before.kind == after.kind and len(before.children) == len(after.children):
                inner = list(zip(before.children, after.children, strict=True))
            stack += [(*both, counts) for both in inner]

    def owner(self, hunk: Hunk) -> tuple[int, int]:
        """What an insertion is a part of: a statement, or the expression that the match is."""
        for token in (hunk.left, hunk.right):
            leaf = self.pattern.leaves.get(token.number) if token is not None else None
            if leaf is None:
                continue
            p = leaf
            for p in (leaf, *leaf.ancestors()):
                if p.kind in STATEMENTS:
                    node = self.met(p)
                    return (node.start, node.end) if node is not None else (0, 0)
            node = self.root_node(p)
            return (node.start, node.end) if node is not None else (0, 0)
        return 0, 0

    def without_comma(self, hunk: Hunk) -> list[Token]:
        """What comes, without the comma at its end if the file has none where it would stand."""
        added, removed = hunk.added, hunk.removed
        if not added or not removed or not added[-1].text == removed[-1].text == b",":
            return added
        end = max((self.pairs[n.number].end for n in removed if n.number in self.pairs), default=0)
        is_last = self.data[end : end + 200].lstrip()[:1] in (b")", b"}")
        return added[:-1] if is_last and self.data[end - 1 : end] != b"," else added

    def edge(self, token: Token | None, *, last: bool) -> Pair | None:
        """Where a neighbour of a hunk stands in the file."""
        if token is None:
            return None
        if token.group is None or token.number in self.pairs:
            return self.pairs.get(token.number)
        numbers = [each.number for each in flat([token])]
        found = [self.pairs[each] for each in numbers if each in self.pairs]
        if not found:
            return None
        return max(found, key=lambda p: p.end) if last else min(found, key=lambda p: p.start)

    def element(self, node: Code) -> Code | None:
        """The element of an initialiser that a token is in."""
        for each in (node, *node.ancestors()):
            if each.parent is not None and each.parent.kind in ("init", "fields"):
                return each if each.kind != "declaration" else None
            if each.kind in STATEMENTS:
                return None
        return None

    def is_prefix(self, token: Token) -> bool:
        """True for an operator, or a star of a declarator, that belongs to what follows."""
        leaf = self.pattern.results.get(token.number)
        if leaf is None or leaf.parent is None or leaf.parent.kind not in ("ptr", "unary"):
            return False
        return leaf.parent.children[0] is leaf

    def somewhere(self) -> int:
        """Where the match begins."""
        return min((each.start for each in self.pairs.values() if each.end > each.start), default=0)

    def line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1

    def indent(self, offset: int) -> bytes:
        return indent_of(self.data[self.line_start(offset) : offset])

    def goes_on(self, offset: int) -> bool:
        """True if there is code behind an offset on its line."""
        end = self.data.find(b"\n", offset)
        return bool(self.data[offset : len(self.data) if end < 0 else end].strip())


def numbers_of(node: Code) -> set[int]:
    """The numbers of the tokens in a node of a pattern."""
    return {leaf.token.number for leaf in node.leaves() if leaf.token is not None}


def is_blank(text: bytes) -> bool:
    """True for white space, that of a macro's body included."""
    return not text.strip(b" \t\r\n\f\v\\")
