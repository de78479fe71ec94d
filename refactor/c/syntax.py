"""Syntax trees of kernel C. The only importer of tree_sitter.

A `SourceFile` is parsed once, from its masked bytes (`refactor.c.dialect`); every offset is an
offset of the original, and every text is read from the original.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import accumulate

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Point, Range, Tree

from refactor.c.abridge import abridged
from refactor.c.dialect import mask
from refactor.c.items import Cut
from refactor.c.lexical import (
    Directive,
    Macro,
    code_only,
    covering,
    directives,
    disabled,
    joined,
    macro,
    outermost,
    words,
)
from refactor.errors import Place
from refactor.text import EditSet, Span, TextEdit

__all__ = ["Function", "Node", "SourceFile", "Tree", "fragment", "fragments", "parse", "walk"]

# What can stand between the top of a file and a definition.
CONDITIONALS = ("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef")
BLOCKS = ("translation_unit", "linkage_specification", "declaration_list", "ERROR")
CONTAINERS = frozenset((*CONDITIONALS, *BLOCKS))


@dataclass(frozen=True)
class SourceFile:
    """A parsed file: `data` are its bytes, `root` the tree over them."""

    path: str
    data: bytes
    masked: bytes = field(repr=False)
    tree: Tree = field(repr=False)
    spans: tuple[Span, ...] | None = field(default=None, repr=False)
    """What of the file was masked and parsed; None for all of it."""
    annotations: frozenset[bytes] = frozenset()
    """Words that were taken for annotations besides those the dialect knows."""
    abridged: bytes | None = field(default=None, repr=False)
    """What was parsed in the place of `data`, if statements were left out of it."""

    @property
    def shown(self) -> bytes:
        """What was masked and parsed."""
        return self.data if self.abridged is None else self.abridged

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
        if node is not None and node.type == "labeled_statement" and node.start_byte == where.start:
            return node.children[0]  # the mask may have made the name shorter
        return node if node is not None else self.root

    @cached_property
    def _lines(self) -> list[int]:
        lengths = (len(line) + 1 for line in self.data.split(b"\n")[:-1])
        return list(accumulate(lengths, initial=0))

    @cached_property
    def code(self) -> bytes:
        """The bytes with comments and literals blanked, for what the tree cannot tell."""
        return code_only(self.data)

    @cached_property
    def directives(self) -> list[Directive]:
        """Every preprocessor directive, in order."""
        return list(directives(self.code))

    @cached_property
    def macros(self) -> list[Macro]:
        """Every #define, in order, under whatever condition."""
        return [found for each in self.directives if (found := macro(self.code, each))]

    def directive_at(self, offset: int) -> Directive | None:
        """The directive that has `offset` in it."""
        index = bisect_right(self.directives, offset, key=lambda one: one.span.start)
        found = self.directives[index - 1] if index else None
        return found if found is not None and offset in found.span else None

    @cached_property
    def _disabled(self) -> list[Span]:
        return disabled(self.code, self.directives)

    def is_disabled(self, offset: int) -> bool:
        """True in a branch that no configuration compiles, such as that of an `#if 0`."""
        return covering(self._disabled, offset) is not None

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function definition of the file, in order, those under `#if` included."""
        definitions = (node for node in top_level(self) if node.type == "function_definition")
        found = (_function(self, node) for node in definitions)
        return tuple(function for function in found if function is not None)

    @cached_property
    def static_names(self) -> frozenset[str]:
        """The functions that are static: by their definition, or by a declaration before it."""
        declared = (
            self.text(name).decode(errors="replace")
            for node in top_level(self)
            if node.type == "declaration" and _is_static(self, node)
            if (name := _declared_function(node)) is not None
        )
        return frozenset((*declared, *(each.name for each in self.functions if each.static)))

    def function_at(self, offset: int) -> Function | None:
        """The function that has `offset` in its definition."""
        index = bisect_right(self._function_starts, offset)
        function = self.functions[index - 1] if index else None
        return function if function is not None and offset in function.span else None

    @cached_property
    def _function_starts(self) -> list[int]:
        return [function.node.start_byte for function in self.functions]

    def is_sound(self, function: Function, offset: int) -> bool:
        """True if the parser understands what stands at `offset` in `function`."""
        start = function.node.start_byte
        if start not in self._errors:
            errors = [span(each) for each in errors_in(function.node) if each.is_error]
            self._errors[start] = outermost(errors)
        return covering(self._errors[start], offset) is None

    @cached_property
    def _errors(self) -> dict[int, list[Span]]:
        return {}

    def outset(self, node: Node) -> int:
        """Where a declaration begins, with annotations in front of it that the mask has blanked."""
        before = node.prev_sibling
        start = before.end_byte if before else (node.parent.start_byte if node.parent else 0)
        if before is not None and before.type.startswith("preproc"):
            return node.start_byte
        if self.spans:  # a sibling may be far away, with what was left out in between
            index = bisect_right(self.spans, node.start_byte, key=lambda one: one.start)
            start = max(start, self.spans[index - 1].start)
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
    source: SourceFile = field(repr=False, compare=False)

    @property
    def annotations(self) -> frozenset[bytes]:
        """Words in front of the body that the dialect has masked, such as `__weak`."""
        return _masked_words(self.source, Span(self.source.outset(self.node), self.body.start_byte))

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


def parse(path: str, data: bytes, annotations: frozenset[bytes] = frozenset()) -> SourceFile:
    """Parse the bytes of a C file. Never fails: what is not understood is an ERROR node."""
    masked = mask(joined(data), annotations)
    return parsed(path, data, masked, None, annotations)


def parse_items(
    path: str,
    data: bytes,
    found: Cut,
    annotations: frozenset[bytes] = frozenset(),
    only: Sequence[int] | None = None,
) -> SourceFile:
    """Parse the items of a cut, or the whole file if they may be something else there.

    The result has the bytes and offsets of the file, and the tree that it would have if all that is
    left out of `found.spans` were blank. With `only`, ascending offsets, statements that have none
    of these are left out as well (`refactor.c.abridge`).
    """
    if only is not None:
        shown = abridged(data, found, only)
        if shown is not data:
            source = parse_items(path, shown, found, annotations)
            if not source.root.has_error:
                return replace(source, data=data, abridged=shown)
    is_worth_it = len(found.spans) <= _MOST_SPANS and found.size <= _MOST * len(data)
    if not found.doubt and is_worth_it:
        source = _parse_spans(path, data, found.spans, annotations)
        if not source.root.has_error:
            return source
    return parse(path, data, annotations)


_MOST_SPANS = 500
"""The parser looks for its place among them at each token; the whole file is faster than more."""

_MOST = 0.5
"""How much of a file may be in them, for the same reason."""


def _parse_spans(
    path: str, data: bytes, spans: tuple[Span, ...], annotations: frozenset[bytes]
) -> SourceFile:
    masks = EditSet(
        TextEdit(each, mask(joined(data[each.start : each.end]), annotations)) for each in spans
    )
    return parsed(path, data, masks.apply(data), spans, annotations)


def parsed(
    path: str,
    data: bytes,
    masked: bytes,
    spans: tuple[Span, ...] | None,
    annotations: frozenset[bytes],
    abridged: bytes | None = None,
) -> SourceFile:
    """Parse the bytes of a file of which it is known what the mask makes of them."""
    parser = _parser()
    if spans is not None:
        parser.included_ranges = list(_ranges(data, spans))
    try:
        tree = parser.parse(b"" if spans == () else masked)
    finally:
        parser.included_ranges = []  # everything
    return SourceFile(path, data, masked, tree, spans, annotations, abridged)


def _ranges(data: bytes, spans: Iterable[Span]) -> Iterator[Range]:
    """The spans for the parser, with their lines and columns."""
    row = line = position = 0

    def point(offset: int) -> Point:
        nonlocal row, line, position
        row += data.count(b"\n", position, offset)
        line = data.rfind(b"\n", position, offset) + 1 or line
        position = offset
        return Point(row, offset - line)

    for each in spans:
        yield Range(point(each.start), point(each.end), each.start, each.end)


def fragment(code: bytes) -> tuple[Node, Tree]:
    """Parse one statement or expression, as the only thing in a function body.

    Returns the body's one child, and the tree that keeps it alive. Raises ValueError with the
    reason if it does not parse, or is not one thing.
    """
    found, tree = fragments(code)
    if len(found) != 1:
        raise ValueError(f"it is {len(found)} statements, not one")
    return found[0], tree


def fragments(code: bytes) -> tuple[list[Node], Tree]:
    """Parse statements and declarations, as all that is in a function body; see `fragment`."""
    tree = _parser().parse(b"void f(void) {" + code + b"}")
    body = tree.root_node.children[0].child_by_field_name("body")
    if body is None or tree.root_node.has_error or tree.root_node.named_child_count != 1:
        raise ValueError("it does not parse as C")
    return body.named_children, tree


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


def statement_of(node: Node) -> Node:
    """The innermost statement, declaration or definition around a node, or the node itself."""
    for each in (node, *ancestors(node)):
        if is_statement(each) or each.type in ("function_definition", "preproc_def"):
            return each
    return node


def statement_at(source: SourceFile, where: Span) -> Node:
    """The statement that has just these bytes."""
    node = source.at(where)
    while not is_statement(node) and node.parent is not None and span(node.parent) == where:
        node = node.parent
    return node


def is_statement(node: Node) -> bool:
    """True for a statement, a block, or a declaration."""
    return node.type.endswith("_statement") or node.type == "declaration"


def errors_in(node: Node) -> Iterator[Node]:
    """The ERROR and MISSING nodes in and below `node`, in order."""
    stack = [node] if node.has_error else []
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        stack.extend(child for child in reversed(node.children) if child.has_error)


def callee(call: Node) -> Node | None:
    """The identifier that a call expression calls by name."""
    function = call.child_by_field_name("function")
    return function if function is not None and function.type == "identifier" else None


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, comments and directives left out."""
    found = call.child_by_field_name("arguments")
    children = found.named_children if found is not None else []
    return [child for child in children if child.type != "comment"]


def _below(node: Node, into: frozenset[str]) -> Iterator[Node]:
    """The children of `node`, in order, and theirs where their type is one of `into`."""
    stack = list(reversed(node.children))
    while stack:
        child = stack.pop()
        yield child
        if child.type in into:
            stack.extend(reversed(child.children))


_WRAPPING = ("parenthesized_declarator", "attributed_declarator")


def _function(source: SourceFile, node: Node) -> Function | None:
    declarator = node.child_by_field_name("declarator")
    body = node.child_by_field_name("body")
    found = None
    while declarator is not None and declarator.type != "identifier":
        if declarator.type == "function_declarator":
            found = declarator
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type in _WRAPPING:
            inner = declarator.named_child(0)
        declarator = inner
    if declarator is None or found is None or body is None:
        return None
    return Function(
        name=source.text(declarator).decode("ascii", "replace"),
        node=node,
        name_node=declarator,
        declarator=found,
        body=body,
        static=_is_static(source, node),
        source=source,
    )


def _is_static(source: SourceFile, declaration: Node) -> bool:
    return any(
        child.type == "storage_class_specifier" and source.text(child) == b"static"
        for child in declaration.children
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


def includes(source: SourceFile) -> list[tuple[str, Node]]:
    """The header that each #include names, without its brackets or quotes."""
    return [
        (source.text(path).decode(errors="replace").strip('<>"'), node)
        for node in top_level(source)
        if node.type == "preproc_include" and (path := node.child_by_field_name("path")) is not None
    ]


def declarations(source: SourceFile, name: str) -> list[Node]:
    """The declarations of the function `name` that are no definitions."""
    return [
        node
        for node in top_level(source)
        if node.type == "declaration"
        and (declared := _declared_function(node)) is not None
        and source.text(declared) == name.encode()
    ]


def _declared_function(declaration: Node) -> Node | None:
    """The name of the function that a declaration declares."""
    declarator = declaration.child_by_field_name("declarator")
    while declarator is not None and declarator.type == "pointer_declarator":
        declarator = declarator.child_by_field_name("declarator")
    if declarator is None or declarator.type != "function_declarator":
        return None
    return declarator.child_by_field_name("declarator")


def tokens_of(source: SourceFile, node: Node) -> list[bytes]:
    """The tokens of `node`, without comments: what two equal pieces of code have in common."""
    return [source.text(leaf) for leaf in _leaves(node)]


def _leaves(node: Node) -> Iterator[Node]:
    for child in walk(node):
        if not child.children and child.type != "comment" and not child.is_missing:
            yield child


# What needs no parentheses as an operand of `|`, with gcc's -Wparentheses in mind.
OPERANDS = "identifier number_literal char_literal call_expression field_expression null true false"


PREFIXED = "unary_expression cast_expression pointer_expression sizeof_expression"


BRACKETED = "subscript_expression parenthesized_expression alignof_expression offsetof_expression"


TIGHT = frozenset(f"{OPERANDS} {PREFIXED} {BRACKETED}".split())
