"""The nodes of a file by what they are known by, so that a rule need not go through all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from refactor.c.code import EXPRESSIONS, Code
from refactor.pattern.heads import TESTED, head
from refactor.pattern.known import Seen
from refactor.pattern.shapes import is_tested
from refactor.pattern.whereabouts import Rows, is_within

_Nodes = dict[str | bytes, tuple[list[int], list[Code]]]
"""By head: where nodes stand among all of a root, parents first, and the nodes themselves.

In two lists: a pair for each node would be so many more objects for the collector of garbage.
"""


class Index:
    """Is filled as it is asked, item by item."""

    def __init__(self) -> None:
        # By identity; the node is kept so that no other one gets its number.
        self._known: dict[int, tuple[Code, _Nodes]] = {}
        self.seen = Seen()
        """What has been told of single statements."""

    def nodes(self, root: Code, wanted: Collection[str | bytes] | None) -> Iterator[Code]:
        """The nodes at and below a root that have one of some heads, parents first."""
        if wanted is None:
            yield from root.walk()
            return
        if head(root) in wanted:
            yield root
        for top in root.children:
            yield from self.below(top, wanted, ())

    def below(
        self,
        top: Code,
        wanted: Collection[str | bytes] | None,
        places: Rows,
    ) -> Iterator[Code]:
        """The same at and below a node at the top, as far as they have one of each row of offsets,
        all ascending, in their text."""
        if wanted is None:
            stack = [top]
            while stack:
                node = stack.pop()
                if is_within(places, node.start, node.end):
                    yield node
                    stack.extend(reversed(node.children))
            return
        nodes = self._of(top)
        if TESTED in wanted and TESTED not in nodes:
            nodes[TESTED] = _tested(nodes)
        chosen = [nodes[key] for key in wanted if key in nodes]
        if "binary" in wanted:  # of any operator
            chosen = [some for key, some in nodes.items() if key in wanted or _is_operator(key)]
        found: Iterable[Code] = (node for _, some in chosen for node in some)
        if len(chosen) > 1:
            # One that is tested is there by its own head too.
            numbered = {
                number: node
                for numbers, some in chosen
                for number, node in zip(numbers, some, strict=True)
            }
            found = [numbered[number] for number in sorted(numbered)]
        for node in found:
            if not places or is_within(places, node.start, node.end):
                yield node

    def _of(self, top: Code) -> _Nodes:
        known = self._known.get(id(top))
        if known is None:
            nodes: _Nodes = {}
            number = 0
            stack = [top]
            while stack:  # as `walk`, once for each node of a file
                node = stack.pop()
                key: str | bytes = node.kind
                if key == "op":
                    continue  # nobody looks for these, and half of all tokens are such
                if node.children:
                    stack.extend(reversed(node.children))
                    if key == "binary":
                        key = head(node)
                row = nodes.get(key)
                if row is None:
                    row = nodes[key] = ([], [])
                row[0].append(number)
                row[1].append(node)
                number += 1
            known = self._known[id(top)] = (top, nodes)
        return known[1]


def _tested(nodes: _Nodes) -> tuple[list[int], list[Code]]:
    """The row of those of which only the truth counts."""
    found = {
        number: node
        for key, (numbers, some) in nodes.items()
        if key in EXPRESSIONS or _is_operator(key)
        for number, node in zip(numbers, some, strict=True)
        if is_tested(node)
    }
    numbers = sorted(found)
    return numbers, [found[number] for number in numbers]


def _is_operator(key: str | bytes) -> bool:
    return isinstance(key, bytes)
