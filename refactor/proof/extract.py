"""Take functions out of a C file, with everything of the file that they need.

What is not needed is blanked, line by line: every line that stays keeps its number, so a compiler's
message about the extract is a message about the file. Conditionals stay, because they say when
what they enclose is there; #include lines go, because somebody else provides their contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from refactor.c.lexical import words
from refactor.c.syntax import CONTAINERS, Node, SourceFile, arguments, callee, top_level, walk
from refactor.text import Span

# Macros that define an object of the name they are given: include/linux/{mutex,spinlock,list}.h.
DEFINING = (b"DEFINE_", b"DECLARE_", b"LIST_HEAD", b"HLIST_HEAD", b"ATOMIC_INIT_")

DECLARING = frozenset(
    ("declaration", "type_definition", "struct_specifier", "enum_specifier", "union_specifier")
)
CONDITIONALS = frozenset(
    ("#if", "#ifdef", "#ifndef", "#else", "#elif", "#elifdef", "#elifndef", "#endif")
)


def extract(source: SourceFile, names: Iterable[str], prologue: str) -> bytes:
    """The functions `names` of `source`, and what they need, behind the lines of `prologue`.

    What follows the prologue claims, by #line, to be the original.
    """
    items = list(_items(source))
    needed = set(names)
    chosen: set[Span] = set()
    grown = True
    while grown:
        grown = False
        for where, provides in items:
            if where not in chosen and provides & needed:
                chosen.add(where)
                needed |= _words(source.code[where.start : where.end])
                grown = True
    kept = sorted([*chosen, *_conditional_lines(source)])
    lines = b"".join(_blanked(source.data, kept))
    return prologue.encode() + f'\n#line 1 "{_quoted(source.path)}"\n'.encode() + lines


def _quoted(path: str) -> str:
    """A path as a string of C: it may have quotes and line ends in it."""
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}"
        for byte in path.encode(errors="surrogateescape")
    )


def _items(source: SourceFile) -> Iterator[tuple[Span, set[str]]]:
    """Every piece at file scope, with the names that it provides."""
    for node in top_level(source):
        where = Span(source.outset(node), _end(node))
        if node.type == "function_definition":
            yield where, {f.name for f in source.functions if f.node == node}
        elif node.type in ("preproc_def", "preproc_function_def"):
            name = node.child_by_field_name("name")
            if name is not None:
                yield where, {source.text(name).decode(errors="replace")}
        elif node.type in DECLARING:
            yield where, _declared(source, node)
        elif node.type in ("expression_statement", "attributed_statement"):
            yield where, _made_by_macro(source, node)


def _end(node: Node) -> int:
    """The end of a node, with the semicolon that the tree counts apart from a bare struct."""
    following = node.next_sibling
    has_semicolon = following is not None and following.type == ";"
    return following.end_byte if following is not None and has_semicolon else node.end_byte


def _made_by_macro(source: SourceFile, node: Node) -> set[str]:
    """The names in the arguments of a macro that makes an object: `DEFINE_MUTEX(name);`."""
    for call in walk(node):
        name = callee(call) if call.type == "call_expression" else None
        if name is not None and source.text(name).startswith(DEFINING):
            return set().union(*(_words(source.text(argument)) for argument in arguments(call)))
    return set()


def _declared(source: SourceFile, node: Node) -> set[str]:
    """The names that a declaration brings: declarators, tags, enumerators."""
    found = _made_by_macro(source, node)
    if found:
        return found
    stack = [node]
    while stack:
        each = stack.pop()
        if each.type in ("init_declarator",):
            declarator = each.child_by_field_name("declarator")
            stack += [declarator] if declarator is not None else []
            continue
        if each.type == "parameter_list" or each.type == "field_declaration_list":
            continue
        if each.type in ("identifier", "type_identifier", "enumerator"):
            name = each.child_by_field_name("name") if each.type == "enumerator" else each
            if name is not None and not _is_used_type(node, each):
                found.add(source.text(name).decode(errors="replace"))
            continue
        stack += each.children
    return found


def _is_used_type(declaration: Node, name: Node) -> bool:
    """True for the type of a plain declaration: it is used there, not declared."""
    return declaration.type == "declaration" and name == declaration.child_by_field_name("type")


def _words(code: bytes) -> set[str]:
    return {code[word.start : word.end].decode(errors="replace") for word in words(code)}


def _conditional_lines(source: SourceFile) -> Iterator[Span]:
    """The lines of #if, #else and #endif at file scope."""
    for node in (source.root, *top_level(source)):
        if node.type not in CONTAINERS:
            continue
        for child in node.children:
            if child.type in CONDITIONALS:
                yield Span(child.start_byte, _directive_end(source, child.start_byte))


def _directive_end(source: SourceFile, offset: int) -> int:
    end = source.line_end(offset)
    while source.data[:end].rstrip(b"\r\n").endswith(b"\\") and end < len(source.data):
        end = source.line_end(end)
    return end


def _blanked(data: bytes, kept: Iterable[Span]) -> Iterator[bytes]:
    position = 0
    for span in kept:
        if span.start < position:
            continue
        yield re.sub(rb"[^\n]", b"", data[position : span.start])
        # Text that starts in the middle of a line keeps its column.
        start_of_line = data.rfind(b"\n", 0, span.start) + 1
        yield re.sub(rb"[^\t]", b" ", data[start_of_line : span.start])
        yield data[span.start : span.end]
        position = span.end
    yield re.sub(rb"[^\n]", b"", data[position:])
