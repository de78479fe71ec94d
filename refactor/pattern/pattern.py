"""C patterns with `$metavariables`, and what they match.

A pattern is one C expression or statement in which identifiers that begin with `$` stand for any
expression. It is compared with the syntax tree, so white space and comments make no difference; a
metavariable that occurs twice must match the same tokens twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from refactor.c.syntax import Node, SourceFile, Tree, fragment, tokens_of, walk


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `root` is the node that a match has to be equal to."""

    text: str
    root: Node = field(repr=False)
    tree: Tree = field(repr=False)
    metavariables: frozenset[str]

    def match(self, source: SourceFile, node: Node) -> Mapping[str, Node] | None:
        """What each metavariable stands for if `node` matches, else None."""
        bindings: dict[str, Node] = {}
        return bindings if equal(self.root, source, node, bindings) else None

    def matches(self, source: SourceFile, below: Node) -> Iterator[tuple[Node, Mapping[str, Node]]]:
        """Every node in `below` that matches, in order."""
        for node in walk(below):
            if node.type == self.root.type and not node.has_error:
                bindings = self.match(source, node)
                if bindings is not None:
                    yield node, bindings


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern. Raises ValueError with the reason if it is no C."""
    code = text.strip()
    statement = code.endswith((";", "}"))
    root, tree = fragment(code.encode() if statement else code.encode() + b";")
    if not statement:
        if root.type != "expression_statement" or not root.named_children:
            raise ValueError("it is neither an expression nor a statement with a semicolon")
        root = root.named_children[0]
    names = frozenset(
        node.text.decode()
        for node in walk(root)
        if node.type == "identifier" and node.text and node.text.startswith(b"$")
    )
    return Pattern(code, root, tree, names)


def equal(pattern: Node, source: SourceFile, node: Node, bindings: dict[str, Node]) -> bool:
    """True if a node is what a pattern's node wants; `bindings` are completed by that."""
    name = pattern.text.decode() if pattern.type == "identifier" and pattern.text else ""
    if name.startswith("$"):
        bound = bindings.setdefault(name, node)
        return bound is node or tokens_of(source, bound) == tokens_of(source, node)
    if pattern.type != node.type:
        return False
    left = [child for child in pattern.children if child.type != "comment"]
    right = [child for child in node.children if child.type != "comment"]
    if not left and not right:
        return pattern.text == source.text(node)
    return len(left) == len(right) and all(
        equal(one, source, other, bindings) for one, other in zip(left, right, strict=True)
    )
