"""Syntax trees of kernel C. The only importer of tree_sitter.

A `SourceFile` is parsed once, from its masked bytes (`refactor.c.dialect`); every offset is an
offset of the original, and every text is read from the original.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Tree

from refactor.c.dialect import mask
from refactor.c.lexical import code_only, words
from refactor.edits import Span
from refactor.errors import Place

__all__ = ["Function", "Node", "SourceFile", "Tree", "fragment", "parse", "walk"]

# What can stand between the top of a file and a definition.
CONTAINERS = frozenset(
    ("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef", "ERROR")
    + ("translation_unit", "linkage_specification", "declaration_list")
)


@dataclass(frozen=True)
class SourceFile:
    """A parsed file: `data` are its bytes, `root` the tree over them."""

    path: str
    data: bytes
    masked: bytes = field(repr=False)
    tree: Tree = field(repr=False)

    @property
    def root(self) -> Node:
        return self.tree.root_node

    def text(self, node: Node | Span) -> bytes:
        """The original bytes of `node`."""
        found = span(node) if isinstance(node, Node) else node
        return self.data[found.start : found.end]

    def place(self, offset: int) -> Place:
        """Line and byte column, both from 1, of a byte offset."""
        line = bisect_right(self._lines, offset)
        return Place(self.path, line, offset - self._lines[line - 1] + 1)

    def line_start(self, offset: int) -> int:
        """Offset of the first byte of the line that `offset` is in."""
        return self._lines[bisect_right(self._lines, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Offset just behind the line's newline, or the end of the file."""
        line = bisect_right(self._lines, offset)
        return self._lines[line] if line < len(self._lines) else len(self.data)

    def at(self, where: Span) -> Node:
        """The smallest node that covers `where`."""
        node = self.root.descendant_for_byte_range(where.start, where.end)
        return node if node is not None else self.root

    @cached_property
    def _lines(self) -> list[int]:
        starts = [0]
        position = self.data.find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.data.find(b"\n", position + 1)
        return starts

    @cached_property
    def code(self) -> bytes:
        """The bytes with comments and literals blanked, for what the tree cannot tell."""
        return code_only(self.data)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function definition of the file, in order, those under `#if` included."""
        definitions = (node for node in top_level(self) if node.type == "function_definition")
        found = (_function(self, node) for node in definitions)
        return tuple(function for function in found if function is not None)

    def outset(self, node: Node) -> int:
        """Where a declaration begins, with annotations in front of it that the mask has blanked."""
        before = node.prev_sibling
        start = before.end_byte if before else (node.parent.start_byte if node.parent else 0)
        if before is not None and before.type.startswith("preproc"):
            return node.start_byte
        gap = self.data[start : node.start_byte]
        return start + len(gap) - len(gap.lstrip()) if gap.strip() else node.start_byte


@dataclass(frozen=True)
class Function:
    """A function definition."""

    name: str
    node: Node
    name_node: Node
    declarator: Node
    body: Node
    static: bool
    annotations: frozenset[bytes]
    """Words in front of the body that the dialect has masked, such as `__weak`."""

    @property
    def span(self) -> Span:
        return span(self.node)

    @property
    def old_style(self) -> bool:
        """True for a K&R definition: names without types in the parentheses."""
        parameters = self.declarator.child_by_field_name("parameters")
        return parameters is not None and any(
            child.type == "identifier" for child in parameters.named_children
        )


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def parse(path: str, data: bytes) -> SourceFile:
    """Parse the bytes of a C file. Never fails: what is not understood is an ERROR node."""
    masked = mask(data)
    return SourceFile(path, data, masked, _parser().parse(masked))


def fragment(code: bytes) -> tuple[Node, Tree]:
    """Parse one statement or expression, as the only thing in a function body.

    Returns the body's one child, and the tree that keeps it alive. Raises ValueError with the
    reason if it does not parse, or is not one thing.
    """
    tree = _parser().parse(b"void f(void) {" + code + b"}")
    body = tree.root_node.children[0].child_by_field_name("body") if tree.root_node.children else None
    if tree.root_node.has_error or body is None:
        raise ValueError("it does not parse as C")
    if body.named_child_count != 1:
        raise ValueError(f"it is {body.named_child_count} statements, not one")
    return body.named_children[0], tree


def span(node: Node) -> Span:
    """The bytes of a node."""
    return Span(node.start_byte, node.end_byte)


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, parents first."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def ancestors(node: Node) -> Iterator[Node]:
    """The node's parent, its parent, and so on up to the root."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def first_error(node: Node) -> Node | None:
    """The first ERROR or MISSING node in or below `node`."""
    if not node.has_error:
        return None
    return next((child for child in walk(node) if child.is_error or child.is_missing), None)


def callee(call: Node) -> Node | None:
    """The identifier that a call expression calls by name."""
    function = call.child_by_field_name("function")
    return function if function is not None and function.type == "identifier" else None


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, comments and directives left out."""
    found = call.child_by_field_name("arguments")
    children = found.named_children if found is not None else []
    return [child for child in children if child.type != "comment"]


def statement_of(node: Node) -> Node:
    """The statement or declaration that `node` is part of, as it stands in its block.

    A statement that is itself the body of an `if` or a loop counts as part of it only if it has no
    braces; then the inner statement is returned, because that is what a comment stands before.
    """
    while node.parent is not None and not (
        node.type.endswith("statement") or node.type in ("declaration", "function_definition")
    ):
        node = node.parent
    return node


def _below(node: Node, into: frozenset[str]) -> Iterator[Node]:
    """The children of `node`, in order, and theirs where their type is one of `into`."""
    stack = list(reversed(node.children))
    while stack:
        child = stack.pop()
        yield child
        if child.type in into:
            stack.extend(reversed(child.children))


def _function(source: SourceFile, node: Node) -> Function | None:
    declarator = node.child_by_field_name("declarator")
    body = node.child_by_field_name("body")
    found = None
    while declarator is not None and declarator.type != "identifier":
        if declarator.type == "function_declarator":
            found = declarator
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type in ("parenthesized_declarator", "attributed_declarator"):
            inner = declarator.named_children[0] if declarator.named_children else None
        declarator = inner
    if declarator is None or found is None or body is None:
        return None
    header = Span(source.outset(node), body.start_byte)
    return Function(
        name=source.text(declarator).decode("ascii", "replace"),
        node=node,
        name_node=declarator,
        declarator=found,
        body=body,
        static=any(
            child.type == "storage_class_specifier" and source.text(child) == b"static"
            for child in node.children
        ),
        annotations=_masked_words(source, header),
    )


def _masked_words(source: SourceFile, where: Span) -> frozenset[bytes]:
    """The words of the original that the mask has taken away."""
    text = source.text(where)
    masked = source.masked[where.start : where.end]
    return frozenset(
        text[word.start : word.end]
        for word in words(code_only(text))
        if masked[word.start : word.end] != text[word.start : word.end]
    )


def top_level(source: SourceFile) -> Iterator[Node]:
    """Everything that stands at file scope, in conditionals as well."""
    return _below(source.root, CONTAINERS)


def defines(source: SourceFile) -> Iterator[Node]:
    """Every #define of a file, inside of functions as well."""
    for node in _below(source.root, CONTAINERS | {"function_definition", "compound_statement"}):
        if node.type in ("preproc_def", "preproc_function_def"):
            yield node


def macro_names(source: SourceFile) -> frozenset[str]:
    """The names that a file defines as macros, under whatever condition."""
    return frozenset(
        source.text(name).decode(errors="replace")
        for define in defines(source)
        if (name := define.child_by_field_name("name")) is not None
    )


def includes(source: SourceFile) -> list[tuple[str, Node]]:
    """The header that each #include names, without its brackets or quotes."""
    return [
        (source.text(path).decode(errors="replace").strip('<>"'), node)
        for node in top_level(source)
        if node.type == "preproc_include"
        and (path := node.child_by_field_name("path")) is not None
    ]


def declarations(source: SourceFile, name: str) -> list[Node]:
    """The declarations of the function `name` that are no definitions."""
    found = []
    for node in top_level(source):
        declarator = node.child_by_field_name("declarator") if node.type == "declaration" else None
        while declarator is not None and declarator.type == "pointer_declarator":
            declarator = declarator.child_by_field_name("declarator")
        if declarator is not None and declarator.type == "function_declarator":
            inner = declarator.child_by_field_name("declarator")
            if inner is not None and source.text(inner) == name.encode():
                found.append(node)
    return found
