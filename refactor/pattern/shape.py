"""Shapes: an expression or statements with `$metavariables`, to look for or to write.

Identifiers that begin with `$` stand for any expression. A shape is compared with the syntax tree,
so white space and comments make no difference; a metavariable that occurs twice must match the same
tokens twice. Several statements have to stand one behind the other, with nothing between but
comments and blanks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from refactor.c.syntax import Node, SourceFile, Tree, callee, fragments, span, tokens_of, walk
from refactor.text import Span


@dataclass(frozen=True)
class Shape:
    """A compiled shape. `roots` are the nodes that a match has to be equal to, one by one."""

    text: str
    roots: tuple[Node, ...] = field(repr=False)
    tree: Tree = field(repr=False)

    def __reduce__(self) -> tuple[Callable[[str], Shape], tuple[str]]:
        """A shape travels to another process as its text: a syntax tree cannot."""
        return compile_shape, (self.text,)

    @property
    def is_expression(self) -> bool:
        """True for an expression, that may stand anywhere; False for whole statements."""
        root = self.roots[0]
        return not (root.type.endswith("_statement") or root.type == "declaration")

    @property
    def metavariables(self) -> Counter[str]:
        """How often each metavariable occurs."""
        return Counter(
            text_of(node)
            for root in self.roots
            for node in walk(root)
            if node.type == "identifier" and text_of(node).startswith("$")
        )

    @property
    def called(self) -> tuple[str, ...]:
        """The functions that are called by name, outermost first, in order."""
        calls = (node for root in self.roots for node in walk(root))
        names = (callee(node) for node in calls if node.type == "call_expression")
        found = (text_of(name) for name in names if name is not None)
        return tuple(dict.fromkeys(name for name in found if not name.startswith("$")))

    @property
    def names(self) -> frozenset[str]:
        """Every identifier that is no metavariable."""
        leaves = (node for root in self.roots for node in walk(root) if not node.children)
        found = {text_of(node) for node in leaves if node.type.endswith("identifier")}
        return frozenset(name for name in found if not name.startswith("$"))

    def call(self, name: str) -> Node | None:
        """The first call of `name`."""
        for node in (node for root in self.roots for node in walk(root)):
            if node.type == "call_expression":
                called = callee(node)
                if called is not None and text_of(called) == name:
                    return node
        return None

    def match_at(self, source: SourceFile, where: Span) -> Match | None:
        """The innermost match that has the word at `where` in one of its fixed parts."""
        node: Node | None = source.at(where)
        while node is not None and node.type not in ("function_definition", "translation_unit"):
            found = self.match(source, node)
            if found is not None and not any(
                where.start in span(bound) for bound in found.bindings.values()
            ):
                return found
            node = node.parent
        return None

    def matches(self, source: SourceFile, below: Node) -> Iterator[Match]:
        """Every match that begins in `below`, in order."""
        for node in walk(below):
            if node.type == self.roots[0].type and (found := self._from(source, node)):
                yield found

    def match(self, source: SourceFile, node: Node) -> Match | None:
        """The match that has `node` as the whole, or as one of its statements."""
        for position, root in enumerate(self.roots):
            if root.type == node.type:
                first = _neighbour(node, -position)
                found = self._from(source, first) if first is not None else None
                if found is not None:
                    return found
        return None

    def _from(self, source: SourceFile, first: Node) -> Match | None:
        bindings: dict[str, Node] = {}
        nodes = []
        node: Node | None = first
        for root in self.roots:
            if node is None or node.has_error or not equal(root, source, node, bindings):
                return None
            nodes.append(node)
            node = _neighbour(node, 1)
        return Match(tuple(nodes), bindings)


@dataclass(frozen=True)
class Match:
    """Nodes that a shape has matched, and what its metavariables stand for there."""

    nodes: tuple[Node, ...]
    bindings: Mapping[str, Node]

    @property
    def span(self) -> Span:
        """From the first byte of the first node to the last of the last one."""
        return Span(self.nodes[0].start_byte, self.nodes[-1].end_byte)


def compile_shape(text: str) -> Shape:
    """Compile a shape. Raises ValueError with the reason if it is no C."""
    code = text.strip()
    is_statement = code.endswith((";", "}"))
    roots, tree = fragments(code.encode() + (b"" if is_statement else b";"))
    roots = [root for root in roots if root.type != "comment"]
    if not roots:
        raise ValueError("there is no code in it")
    if not is_statement:
        inner = roots[0].named_children
        if len(roots) != 1 or roots[0].type != "expression_statement" or not inner:
            raise ValueError("it is neither an expression nor a statement with a semicolon")
        roots = inner[:1]
    if any(root.type == "identifier" and text_of(root).startswith("$") for root in roots):
        raise ValueError("it would match every expression")
    return Shape(code, tuple(roots), tree)


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


def text_of(node: Node) -> str:
    """The text of a node of a shape; one of a source file is read from that."""
    return node.text.decode() if node.text else ""


def _neighbour(node: Node, steps: int) -> Node | None:
    """The sibling so many steps on, or back; comments are passed over."""
    found: Node | None = node
    for _ in range(abs(steps)):
        found = _next(found, forward=steps > 0) if found is not None else None
    return found


def _next(node: Node, *, forward: bool) -> Node | None:
    """The sibling on one side; the statement behind a label counts as one of those around."""
    found = node.next_sibling if forward else node.prev_sibling
    while found is not None and found.type == "comment":
        found = found.next_sibling if forward else found.prev_sibling
    parent = node.parent
    if found is None and forward and parent is not None and parent.type == "labeled_statement":
        return _next(parent, forward=True)
    if found is not None and not forward and found.type == "labeled_statement":
        return found.named_children[-1]
    return found
