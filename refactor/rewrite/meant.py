"""What is meant: the nodes of a pattern's result that have to be nodes of the new text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.pattern.tokens import ADDED
from refactor.rewrite.path import Path


@dataclass(frozen=True, slots=True)
class Want:
    """A node of the pattern's result that has to be one in the new text as well.

    Its ends are keys of marks, for what was written, or offsets of the file, for what stays.
    """

    kind: str
    first: object
    last: object


class Meant:
    """Collects what is wanted of one path."""

    def __init__(
        self,
        path: Path,
        levels: Mapping[tuple[int, int], int],
        wants: list[Want],
        neighbours: list[tuple[Want, Want]],
    ) -> None:
        self.path = path
        self.levels = levels
        self.wants = wants
        self.neighbours = neighbours

    def expect(self) -> None:
        """Note each node of the result, to be found again in the new text."""
        for item in self.path.pattern.result or ():
            for node in item.walk():
                if node.kind in _CHECKED and node.children:
                    want = self._want(node)
                    if want is not None:
                        self.wants.append(want)
                elif node.kind == "meta" and node.token is not None:
                    self._expect_binding(node)
                if node.kind in ("block", "seq"):
                    self._expect_list(node.children)
        self._expect_list(self.path.pattern.result or ())

    def _want(self, node: Code) -> Want | None:
        first, last = self._end(node, 0), self._end(node, -1)
        if first is None or last is None:
            return None
        for end in (node.children[0], node.children[-1]):
            met = self._met_as_a_whole(end)
            if met is not None:
                return Want(met.kind, first, last) if met.kind in _CHECKED else None
        return Want(node.kind, first, last)

    def _met_as_a_whole(self, end: Code) -> Code | None:
        """What stands for all of a node, where an isomorphism has left out this end of it, as the
        NULL of `E != NULL`."""
        token = end.token
        if token is None or token.meta is not None or token.kind in ("dots", "nest", "group"):
            return None
        if self.path.is_other and token.mark == ADDED:
            return None  # then all that the pattern adds is written, and this end with it
        pair = self.path.pairs.get(self.path.pattern.kept_as.get(token.number, token.number))
        node = pair.node if pair is not None else None
        if node is None or node.kind not in EXPRESSIONS:
            return None
        is_other = node.kind == "ident" and node.text != token.text
        return node if node.children or is_other else None

    def _expect_binding(self, node: Code) -> None:
        """What a hole stands for is one node where it has moved, as it was before."""
        binding = self.path.state.env.get(node.token.meta.name)
        if binding is None or binding.kind != "code" or len(binding.nodes) != 1:
            return
        found = binding.nodes[0]
        if found.kind not in _CHECKED or (found.start, found.end) in self.levels:
            return
        key = self._end(node, 0)
        if isinstance(key, tuple):
            self.wants.append(Want(found.kind, key, key))
        elif key == found.start:
            self.wants.append(Want(found.kind, found.start, found.end))

    def _expect_list(self, nodes: Sequence[Code]) -> None:
        for one, other in pairwise(nodes):
            if one.kind not in STATEMENTS or other.kind not in STATEMENTS:
                continue
            first, second = self._want(one), self._want(other)
            if first is not None and second is not None:
                self.neighbours.append((first, second))

    def _end(self, node: Code, at: int) -> object:
        while node.children:
            node = node.children[-1 - at if self._is_swapped(node) else at]
        token = node.token
        if token is None or token.kind in ("dots", "nest", "group"):
            return None
        number = token.number
        number = self.path.pattern.kept_as.get(number, number)
        pair = self.path.pairs.get(number)
        if pair is not None and token.mark != "+":
            return (pair.start if at == 0 else pair.end) if pair.end > pair.start else None
        if pair is not None and number != token.number and not self.path.is_other:
            return (pair.start if at == 0 else pair.end) if pair.end > pair.start else None
        return (self.path.key, token.number)

    def _is_swapped(self, node: Code) -> bool:
        """True for operands that an isomorphism has met in the other order."""
        if node.kind != "binary":
            return False
        left, right = (self._end(node.children[at], 0) for at in (0, -1))
        return isinstance(left, int) and isinstance(right, int) and left > right


_CHECKED = frozenset(
    ("call", "subscript", "member", "unary", "postfix", "cast", "binary", "assign", "cond",
     "comma", "paren", "sizeof", "expr_stmt", "if", "while", "do", "for", "switch", "return",
     "goto", "block")
)  # fmt: skip
"""What the parser and the patterns call by the same name, whatever is in it."""
