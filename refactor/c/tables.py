"""What files declare outside of their functions, and which headers are asked for it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from refactor.c.code import TYPE_WORDS, Code, Lexeme, lexemes
from refactor.c.convert import Converter
from refactor.c.grammar import Grammar
from refactor.c.regroup import join_top
from refactor.c.syntax import Node, parse
from refactor.c.types import (
    FUNCTION,
    INT,
    UNKNOWN,
    Type,
    bare,
    canonical,
    declarators,
    fields_of,
    is_typedef,
    literal_type,
    tag_of,
    type_named,
    type_node,
)


@dataclass(slots=True)
class TypeTable:
    """What a file declares outside of its functions. Plain data that pickles."""

    typedefs: dict[bytes, Type] = field(default_factory=dict)
    members: dict[Type, dict[bytes, Type]] = field(default_factory=dict)
    """By tag, as `(b"struct", b"foo")`; a struct without a tag has a made one (`is_spelled`)."""
    names: dict[bytes, Type] = field(default_factory=dict)
    """Variables, functions and enumerators: C has one name space for them. And macros for
    literals, and for a cast."""


EMPTY = TypeTable()
"""That of nothing; nobody writes to it."""


def declared(root: Code) -> TypeTable:
    """What the nodes of a whole file declare.

    Structs, typedefs and enumerators of its functions count too: seldom is a tag used twice, and
    then its members are those of both.
    """
    table = TypeTable()
    for node in root.walk():
        if node.kind == "struct":
            _note_members(table, node)
        elif node.kind == "define":
            _note_macro(table, node)
        elif node.kind == "declaration" and is_typedef(node):
            for each in declarators(node):
                _note(table.typedefs, each.name.text, each.type())
    for item in items_of(root):
        for each in declarators(item):
            if not is_typedef(item):
                _note(table.names, each.name.text, each.type())
    return table


def declared_in(data: bytes) -> TypeTable:
    """What the bytes of a header declare. Never fails: what does not parse declares nothing."""
    return declared(outline(data))


def outline(data: bytes, annotations: frozenset[bytes] = frozenset()) -> Code:
    """A file without the bodies of its functions: what it declares, and no more."""
    source = parse("", data, annotations)
    parts = _Outlines(source.data, source.masked, frozenset()).whole(source.root)
    return Code("file", join_top(parts))


def merge(tables: Iterable[TypeTable], names: Collection[bytes] | None = None) -> TypeTable:
    """Several tables in one; what they say differently of a name is unknown.

    With `names` (`wanted`) only variables, functions and members of these names are taken along,
    so that the table of a file with many headers stays small. Typedefs are all kept, for one leads
    to the next.
    """
    merged = TypeTable()
    for table in tables:
        for name, kind in table.typedefs.items():
            _note(merged.typedefs, name, kind)
        _merge_names(merged.names, table.names, names)
        for tag, members in table.members.items():
            _merge_names(merged.members.setdefault(tag, {}), members, names)
    return merged


def _merge_names(
    into: dict[bytes, Type], found: dict[bytes, Type], names: Collection[bytes] | None
) -> None:
    chosen = found if names is None else found.keys() & names
    for name in chosen:
        _note(into, name, found[name])


def _note(known: dict[bytes, Type], name: bytes, kind: Type) -> None:
    """Two declarations of one name stand under conditions that nobody evaluates here.

    If they differ, neither is chosen: a wrong type changes code that nobody meant.
    """
    before = known.setdefault(name, kind)
    if before is not kind and canonical(bare(before)) != canonical(bare(kind)):
        known[name] = UNKNOWN


def _note_members(table: TypeTable, node: Code) -> None:
    inside = fields_of(node)
    if inside is None:
        return
    if node.children[0].text == b"enum":
        for each in inside.parts:
            if each.kind == "enumerator":
                _note(table.names, each.parts[0].text, INT)
        return
    known = table.members.setdefault(tag_of(node), {})
    for name, kind in _members(inside):
        _note(known, name, kind)


def _note_macro(table: TypeTable, node: Code) -> None:
    """`#define SIZE (1UL << 3)`, `#define to_foo(x) ((struct foo *)(x))`.

    No more is asked of a macro, for its words may be anything.
    """
    _, _, *tokens = lexemes(node.text)
    if not tokens:
        return
    name, *body = tokens
    is_function = bool(body) and body[0].text == b"(" and body[0].start == name.end
    kind = None if is_function else _literals_type(body)
    if kind is None:
        closing = next((at for at, each in enumerate(body) if each.text == b")"), len(body))
        taken = {each.text for each in body[:closing]} if is_function else set()
        found = _cast_type(body[closing + 1 :] if is_function else body)
        kind = found if found is not None and taken.isdisjoint(found) else None
    if kind:
        _note(table.names, name.text, (*kind, FUNCTION) if is_function else kind)
    elif body and not is_function and all(each.text in TYPE_WORDS for each in body):
        _note(table.typedefs, name.text, tuple(each.text for each in body))


def _literals_type(body: list[Lexeme]) -> Type | None:
    """The type of a literal or of a sum of them."""
    kinds = [literal_type(each.kind, each.text) for each in body if each.kind != "op"]
    operators = {each.text for each in body if each.kind == "op"}
    if not kinds or None in kinds or not operators <= _ARITHMETIC:
        return None
    others = {kind for kind in kinds if kind is not None and kind != INT}
    kind = others.pop() if others else INT
    is_number = not others and (len(kinds) == 1 or kind[0] != b"char")
    # A shift has the type of its left side, so `1 << 3UL` is not what `1UL << 3` is.
    is_shift = not operators.isdisjoint((b"<<", b">>"))
    return kind if is_number and (not is_shift or kinds[0] == kind) else None


def _cast_type(body: list[Lexeme]) -> Type | None:
    """The type that a cast names which is all of a macro."""
    if not body or body[0].text != b"(":
        return None
    grammar = Grammar(body)
    found = grammar.attempt(grammar.expression)
    if found is None or grammar.peek() is not None:
        return None
    while found.kind == "paren":
        found = found.parts[1]
    return type_named(found.parts[1]) if found.kind == "cast" else None


_ARITHMETIC = frozenset(b"( ) + - * / % << >> & | ^ ~".split())


def _members(inside: Code) -> Iterator[tuple[bytes, Type]]:
    """The members between the braces, and those of structs in it that have no name themselves."""
    for item in inside.parts:
        if item.kind != "declaration":
            continue
        found = False
        for each in declarators(item):
            found = True
            yield each.name.text, each.type()
        if not found and (kind := type_node(item)) is not None:
            for each_struct in kind.children:
                promoted = fields_of(each_struct) if each_struct.kind == "struct" else None
                if promoted is not None and each_struct.children[0].text != b"enum":
                    yield from _members(promoted)


def items_of(root: Code) -> Iterator[Code]:
    """The declarations and definitions at the top of a file, those in `extern "C"` included."""
    for node in root.children:
        if node.kind in ("declaration", "function"):
            yield node
        elif node.kind == "linkage":
            yield from items_of(node)
            for inner in node.children:
                if inner.kind == "block":
                    yield from items_of(inner)


class _Outlines(Converter):
    """Reads a header without the bodies of its functions, which declare nothing to others."""

    def whole(self, root: Node) -> list[Code]:
        self.position = 0
        return self.all(root.children)

    def convert(self, node: Node) -> list[Code]:
        if node.type == "compound_statement":
            self.position = node.end_byte
            return []
        return super().convert(node)


# ---------------------------------------------------------------------------- what to look up


def wanted(root: Code) -> frozenset[bytes]:
    """Every word of a file: what a table of its headers has to have at most."""
    found = set()
    for leaf in root.leaves():
        if leaf.kind == "ident":
            found.add(leaf.text)
        elif leaf.kind == "define":
            found.update(each.text for each in lexemes(leaf.text) if each.kind == "ident")
    return frozenset(found)


def includes(root: Code) -> list[tuple[bytes, bool]]:
    """The headers that a file names, in order: the path as it is spelled, and if it is quoted."""
    found = []
    for node in root.walk():
        if node.kind == "include":
            spelled = node.text.partition(b"include")[2].strip()
            closing = {b'"': b'"', b"<": b">"}.get(spelled[:1], b"")
            path, end, _ = spelled[1:].partition(closing) if closing else (b"", b"", b"")
            if end and path:
                found.append((path, closing == b'"'))
    return found


def header_paths(including: str, spelled: str, is_quoted: bool) -> list[str]:
    """Where a header may be, the likeliest first, as paths of the tree.

    `including` is the path of the file that includes it. A `*` in a path stands for every
    architecture: a file that belongs to one sees only that one's headers.
    """
    found = []
    if is_quoted:
        found.append(posixpath.normpath(posixpath.join(posixpath.dirname(including), spelled)))
    parts = including.split("/")
    own = parts[1] if len(parts) > 2 and parts[0] == "arch" else "*"
    roots = ("include", "include/uapi", f"arch/{own}/include", f"arch/{own}/include/uapi")
    found += [posixpath.normpath(f"{root}/{spelled}") for root in roots]
    return [path for path in dict.fromkeys(found) if not path.startswith("..")]
