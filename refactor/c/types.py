"""Types of expressions, as far as declarations tell them.

No type checker: the compiler is that. A pattern asks whether an expression is a pointer, or a
`struct foo *`; the answer comes from the declarations of the file and of the headers that somebody
has looked up before (`includes`, `header_paths`, `declared_in`). What they do not tell is not
known, and said to be so; nothing is guessed from a name.

A type is its tokens, as in `(b"struct", b"foo", b"*")`: the words of the specifier, `const` and
`volatile` first, then what was derived from it, the outermost last: `*` for a pointer, `[]` for an
array, `()` for a function. So `int *a[3]` is `int * []`, and `int (*f)(void)` is `int () *`; to
follow a pointer or to call is to take the last tokens away. What qualifies a pointer itself is left
out: nobody asks for it, and a value that has been read does not have it.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from refactor.c.code import (
    BASIC_TYPES,
    PARAMETER,
    QUALIFIERS,
    TAGS,
    TYPE_WORDS,
    Code,
    Lexeme,
    lexemes,
)
from refactor.c.convert import Converter
from refactor.c.grammar import Grammar
from refactor.c.regroup import join_top
from refactor.c.syntax import Node, parse

Type = tuple[bytes, ...]

UNKNOWN: Type = ()
"""The type of what is declared in more than one way, or in one that is not understood."""

POINTER, ARRAY, FUNCTION = b"*", b"[]", b"()"
QUALIFIED = (b"const", b"volatile")
_DERIVED = frozenset((POINTER, ARRAY, FUNCTION))

INT: Type = (b"int",)
LONG: Type = (b"long",)
SIZE: Type = (b"size_t",)
DIFFERENCE: Type = (b"ptrdiff_t",)
VOID_POINTER: Type = (b"void", POINTER)
STRING: Type = (b"char", ARRAY)

# What the language itself says of two names that it makes types of; a typedef that was seen is
# asked first.
_LANGUAGE: dict[bytes, Type] = {b"size_t": (b"unsigned", b"long"), b"ptrdiff_t": LONG}
_CONSTANTS: dict[bytes, Type] = {
    b"NULL": VOID_POINTER,
    b"true": INT,
    b"false": INT,
    b"__func__": STRING,
    b"__FILE__": STRING,
    b"__LINE__": INT,
}


# ---------------------------------------------------------------------------- tables


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
        elif node.kind == "declaration" and _is_typedef(node):
            for each in declarators(node):
                _note(table.typedefs, each.name.text, each.type())
    for item in items_of(root):
        for each in declarators(item):
            if not _is_typedef(item):
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
    inside = _fields(node)
    if inside is None:
        return
    if node.children[0].text == b"enum":
        for each in inside.parts:
            if each.kind == "enumerator":
                _note(table.names, each.parts[0].text, INT)
        return
    known = table.members.setdefault(_tag(node), {})
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
        if not found and (kind := _type_node(item)) is not None:
            for each_struct in kind.children:
                promoted = _fields(each_struct) if each_struct.kind == "struct" else None
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


# ---------------------------------------------------------------------------- types as tokens


def canonical(kind: Type) -> Type:
    """A type in one of its spellings: `long unsigned int` and `unsigned long` are one."""
    words, derived = _split(kind)
    if len(words) > 1 and words[0] in QUALIFIED:
        return (*qualified(canonical(bare(words)), words), *derived)
    if len(words) < 2 and words not in ((b"signed",), (b"__signed__",)):
        return kind
    if words[0] in TAGS:
        return kind
    found = sorted(each for each in words if each not in (b"signed", b"__signed__"))
    if found != [b"int"] and b"int" in found:
        found.remove(b"int")
    return (*(found or INT), *derived)


def bare(kind: Type) -> Type:
    """A type without `const` and `volatile`."""
    return tuple(each for each in kind if each not in QUALIFIED)


def qualified(kind: Type, by: Collection[bytes]) -> Type:
    """A type with those of some words that qualify it; those of an array qualify its elements, and
    a pointer is left as it is (see above)."""
    words, derived = _split(kind)
    found = [each for each in QUALIFIED if each in by or each in words]
    if not found or not words or any(each != ARRAY for each in derived):
        return kind
    return (*found, *bare(words), *derived)


def is_spelled(kind: Type) -> bool:
    """False for a struct without a name: its tag is made up and cannot be written."""
    return not any(each.startswith(b"<") for each in kind)


def literal_type(kind: str, text: bytes) -> Type | None:
    """The type of a number, a character or a string, by the kind of the token; else None.

    An `int` has 32 bits and a `long` 64, as on the machines that most of the kernel is read for.
    A character is a `char`, as Coccinelle has it and a pattern means it; for C it is an `int`.
    """
    if kind in ("string", "strings"):
        return STRING
    if kind == "char":
        return (b"char",)
    if kind != "number":
        return None
    text = text.lower()
    is_hex = text.startswith(b"0x")
    if b"." in text or (b"p" in text if is_hex else b"e" in text):
        return (b"float",) if text.endswith(b"f") else (b"double",)
    digits = text.rstrip(b"ul")
    suffix = text[len(digits) :]
    longs, is_unsigned = suffix.count(b"l"), b"u" in suffix
    is_octal = len(digits) > 1 and digits[:1] == b"0" and digits.isdigit()
    with suppress(ValueError):
        bits = int(digits, 8 if is_octal else 0).bit_length()
        # A decimal number is unsigned only where no signed type has room for it.
        is_decimal = digits.isdigit() and not is_octal
        if not longs and bits > (32 if is_unsigned or not is_decimal else 31):
            longs = 1
        room = 64 if longs else 32
        is_unsigned = is_unsigned or bits >= room
    return (*((b"unsigned",) * is_unsigned), *((b"long",) * longs or INT))


def _split(kind: Type) -> tuple[Type, Type]:
    """The words of the specifier, and what is derived from it."""
    at = len(kind)
    while at and kind[at - 1] in _DERIVED:
        at -= 1
    return kind[:at], kind[at:]


# ---------------------------------------------------------------------------- declarations


Evaluate = Callable[[Code], Type | None]


@dataclass(slots=True)
class Declarator:
    """One name that a declaration declares."""

    name: Code
    node: Code
    declaration: Code

    def type(self, evaluate: Evaluate | None = None) -> Type:
        """Its type; `evaluate` is asked for that of an expression, as in `typeof(x) y`."""
        specifier = _type_node(self.declaration)
        if specifier is None:
            return UNKNOWN
        base = _specified(specifier, evaluate)
        if base == (b"__auto_type",):
            value = self.node.parts[-1] if self.node.kind == "init_decl" else None
            found = evaluate(value) if evaluate is not None and value is not None else None
            return found or UNKNOWN
        kind = _derived(self.node, base) if base else UNKNOWN
        if kind and self.declaration.kind == "param":
            # What is passed as an array is a pointer, and so is a function.
            if kind[-1] == ARRAY:
                return (*kind[:-1], POINTER)
            if kind[-1] == FUNCTION:
                return (*kind, POINTER)
        return kind


def declarators(node: Code) -> Iterator[Declarator]:
    """The names of a declaration, a definition or a parameter."""
    is_broken = any(each.kind == "error" for each in node.children)
    for each in node.children:
        if not is_broken and (each.kind in _DECLARATORS or _is_name(each)):
            name = _named(each)
            if name is not None:
                yield Declarator(name, each, node)


_DECLARATORS = frozenset(("ptr", "fn", "array", "pdecl", "annotated", "init_decl", "bit_decl"))


def _is_name(node: Code) -> bool:
    return node.kind == "ident" and node.text not in QUALIFIERS


def _inner(declarator: Code) -> Code | None:
    """What a declarator is around, None for one without a name."""
    for each in declarator.children:
        if each.kind in _DECLARATORS or _is_name(each):
            return each
        if declarator.kind == "array" and each.text == b"[":
            return None
    return None


def _named(declarator: Code) -> Code | None:
    node: Code | None = declarator
    while node is not None and node.children:
        node = _inner(node)
    return node


def _derived(declarator: Code, base: Type) -> Type:
    """What a declarator makes of a type: from the outside in, as C reads it."""
    node: Code | None = declarator
    kind = base
    while node is not None and node.children:
        if node.kind in _DERIVES:
            kind = (*kind, _DERIVES[node.kind])
        node = _inner(node)
    return kind


_DERIVES = {"ptr": POINTER, "array": ARRAY, "fn": FUNCTION}


def _type_node(node: Code) -> Code | None:
    return next((each for each in node.children if each.kind == "type"), None)


def _is_typedef(node: Code) -> bool:
    return any(each.kind == "storage" and each.text == b"typedef" for each in node.children)


def _specified(node: Code, evaluate: Evaluate | None) -> Type:
    """The words of a type, without annotations.

    A word next to one that the language knows for a type, or next to a struct, is an annotation
    that nobody has told of: `unsigned long __cacheline jiffies`.
    """
    words = [each.text for each in node.parts if not each.children]
    by = [_PLAIN.get(each, each) for each in words]
    basic: list[bytes] = []
    other: list[Type] = []
    for each in node.parts:
        if each.kind == "struct":
            return qualified(_tag(each), by)
        if each.kind == "type_name":
            return qualified(type_named(each, evaluate), by)
        if each.kind == "typeof":
            return qualified(_typeof(each, evaluate), by)
        if each.children:
            return UNKNOWN
        if each.text in BASIC_TYPES:
            basic.append(each.text)
        elif each.text not in QUALIFIERS:
            other.append((each.text,))
    return qualified(tuple(basic) or (other[0] if len(other) == 1 else UNKNOWN), by)


_PLAIN = {b"__const": b"const"}


def type_named(node: Code, evaluate: Evaluate | None = None) -> Type:
    """The type that stands in a cast or in `sizeof`."""
    specifier = _type_node(node)
    if specifier is None:
        return UNKNOWN
    kind = _specified(specifier, evaluate)
    outer = next((each for each in node.parts if each.kind in _DECLARATORS), None)
    return _derived(outer, kind) if kind and outer is not None else kind


def _typeof(node: Code, evaluate: Evaluate | None) -> Type:
    inside = [each for each in node.children[-1].parts if each.text not in (b"(", b")")]
    if len(inside) != 1:
        return UNKNOWN
    if inside[0].kind == "type_name":
        return type_named(inside[0], evaluate)
    return (evaluate(inside[0]) if evaluate is not None else None) or UNKNOWN


def _fields(node: Code) -> Code | None:
    return next((each for each in node.children if each.kind == "fields"), None)


def _tag(node: Code) -> Type:
    """`struct foo`; for a struct without a name one that is made from its text.

    From its text and not from its place, because the place is another one in another buffer.
    """
    word, *rest = node.parts
    name = next((each.text for each in rest if _is_name(each)), None)
    if name is None:
        name = b"<%08x>" % zlib.crc32(b" ".join(node.key()))
    return (word.text, name)


# ---------------------------------------------------------------------------- expressions


@dataclass(slots=True)
class _Local:
    declarator: Declarator
    is_static: bool


_Scopes = dict[int, dict[bytes, list[_Local]]]


class FileTypes:
    """The types of one file: `root` are its nodes, `headers` what others declare for it."""

    def __init__(
        self,
        root: Code,
        headers: TypeTable = EMPTY,
        whole: Callable[[], Code] | None = None,
    ) -> None:
        self.root = root
        self.whole = whole
        """Reads all of the file where `root` is a part of it. Most names are local, so that is
        left until one is not."""
        self.headers = headers
        # By identity; the node is kept so that no other one gets its number.
        self._known: dict[int, tuple[Code, Type | None]] = {}
        self._functions: dict[int, tuple[Code, _Scopes]] = {}

    @cached_property
    def own(self) -> TypeTable:
        """What the file itself declares; it goes before what headers say."""
        return declared(self.whole() if self.whole is not None else self.root)

    def of(self, node: Code) -> Type | None:
        """The type of an expression as it was declared; None where it is not known."""
        known = self._known.get(id(node))
        if known is None:
            # Until it is told, a type that depends on itself is not known.
            self._known[id(node)] = (node, None)
            rule = _RULES.get(node.kind)
            known = (node, (rule(self, node) or None) if rule is not None else None)
            self._known[id(node)] = known
        return known[1]

    def is_local(self, node: Code) -> bool | None:
        """True if a name is declared in the function around it, as no static and no extern.

        None if no declaration of it is seen at all. The parameters of a macro are its locals.
        """
        if any(each.kind == "define" for each in node.ancestors()):
            return node.token is PARAMETER
        found = self._locals(node)
        if found:
            return not found[-1].is_static
        name = node.text
        return False if name in self.own.names or name in self.headers.names else None

    def same(self, one: Type, other: Type) -> bool:
        """True if two types are one, through typedefs and in whatever order of words."""
        return self.unfolded(one, deep=True) == self.unfolded(other, deep=True) != UNKNOWN

    def pointers(self, kind: Type) -> int:
        """How many times one can follow the pointer, through typedefs."""
        count = 0
        kind = self.unfolded(kind)
        while kind[-1:] == (POINTER,):
            count += 1
            kind = self.unfolded(kind[:-1])
        return count

    def unfolded(self, kind: Type, deep: bool = False) -> Type:
        """A type without typedefs, as far as it takes to see what it is; with `deep` to the end."""
        seen: set[bytes] = set()
        by, derived = _split(kind)
        words = bare(by)
        while len(words) == 1 and words[0] not in seen and (deep or not derived):
            seen.add(words[0])
            found = self._typedef(words[0])
            if not found:
                break
            more, inner = _split(found)
            # A qualified name of a pointer is a pointer that is qualified.
            by = more if inner else (*by, *more)
            words = bare(more)
            derived = (*inner, *derived)
        found = (*qualified(words, by), *derived)
        return canonical(found) if deep else found

    def _typedef(self, name: bytes) -> Type:
        for known in (self.own.typedefs, self.headers.typedefs, _LANGUAGE):
            if name in known:
                return known[name]
        return UNKNOWN

    # -------------------------------------------------------------------- names

    def _name(self, node: Code) -> Type | None:
        found = self._locals(node)
        if found:
            kinds = {canonical(kind): kind for kind in self._types_of(found)}
            return next(iter(kinds.values())) if len(kinds) == 1 else None
        for known in (self.own.names, self.headers.names, _CONSTANTS):
            if node.text in known:
                return known[node.text]
        return None

    def _types_of(self, found: list[_Local]) -> Iterator[Type]:
        for each in found:
            yield each.declarator.type(self.of)

    def _locals(self, node: Code) -> list[_Local]:
        """The declarations of a name in the innermost scope that has one before it.

        More than one if they stand in branches of a conditional directive.
        """
        if node.kind != "ident":
            return []
        around = [each for each in node.ancestors() if each.kind in _SCOPES]
        function = next((each for each in around if each.kind == "function"), None)
        if function is None:
            return []
        scopes = self._scopes(function)
        for each in around:
            before = [
                local
                for local in scopes.get(id(each), {}).get(node.text, ())
                if local.declarator.name.start <= node.start
            ]
            if before:
                return before
        return []

    def _scopes(self, function: Code) -> _Scopes:
        """What each scope of a function declares, read once."""
        known = self._functions.get(id(function))
        if known is None:
            known = (function, _read_scopes(function))
            self._functions[id(function)] = known
        return known[1]

    # -------------------------------------------------------------------- operators

    def _paren(self, node: Code) -> Type | None:
        parts = node.parts
        return self.of(parts[1]) if len(parts) == 3 else None

    def _literal(self, node: Code) -> Type | None:
        return literal_type(node.kind, node.text)

    def _call(self, node: Code) -> Type | None:
        callee = node.children[0]
        found = self.of(callee)
        if found is None:
            return SIZE if callee.text == b"offsetof" else None
        kind = self.unfolded(found)
        if kind[-1:] == (POINTER,):
            kind = self.unfolded(kind[:-1])
        return kind[:-1] if kind[-1:] == (FUNCTION,) else None

    def _followed(self, found: Type | None) -> Type | None:
        """What a pointer or an array leads to."""
        kind = self.unfolded(found) if found else UNKNOWN
        if kind[-1:] in ((POINTER,), (ARRAY,)):
            return kind[:-1]
        return kind if kind[-1:] == (FUNCTION,) else None

    def _subscript(self, node: Code) -> Type | None:
        return self._followed(self.of(node.children[0]))

    def _member(self, node: Code) -> Type | None:
        whole = self.of(node.children[0])
        if node.children[1].text == b"->":
            whole = self._followed(whole)
        if not whole:
            return None
        whole = self.unfolded(whole)
        tag = bare(whole)
        for table in (self.own, self.headers):
            found = table.members.get(tag, {}).get(node.children[-1].text)
            if found is not None:
                return qualified(found, whole)
        return None

    def _unary(self, node: Code) -> Type | None:
        operator, operand = node.children[0].text, node.children[-1]
        if operator == b"!":
            return INT
        found = self.of(operand)
        if operator == b"*":
            return self._followed(found)
        if not found or operator in (b"++", b"--"):
            return found
        return (*found, POINTER) if operator == b"&" else self._promoted(found)

    def _postfix(self, node: Code) -> Type | None:
        return self.of(node.children[0])

    def _sizeof(self, node: Code) -> Type | None:
        return SIZE

    def _cast(self, node: Code) -> Type | None:
        named = next((each for each in node.parts if each.kind == "type_name"), None)
        return type_named(named, self.of) if named is not None else None

    def _assign(self, node: Code) -> Type | None:
        return self.of(node.children[0]) or self.of(node.children[-1])

    def _comma(self, node: Code) -> Type | None:
        return self.of(node.children[-1])

    def _statements(self, node: Code) -> Type | None:
        block = node.parts[1] if len(node.parts) == 3 else None
        items = block.parts[1:-1] if block is not None else []
        if not items or items[-1].kind != "expr_stmt" or len(items[-1].parts) != 2:
            return None
        return self.of(items[-1].parts[0])

    def _cond(self, node: Code) -> Type | None:
        parts = node.parts
        then = parts[2] if len(parts) == 5 else parts[0]
        one, other = self._value(self.of(then)), self._value(self.of(parts[-1]))
        if one is None or other is None:
            return one or other
        for mine, theirs in ((one, other), (other, one)):
            # NULL and `void *` take the type of the other branch, and so does 0.
            if self._is_pointer(mine):
                is_general = bare(self.unfolded(mine, deep=True)) == VOID_POINTER
                return theirs if is_general and self._is_pointer(theirs) else mine
        return self._common(one, other)

    def _binary(self, node: Code) -> Type | None:
        parts = node.parts
        if len(parts) != 3:
            return None
        operator = parts[1].text
        if operator in _TESTS:
            return INT
        one, other = self._value(self.of(parts[0])), self._value(self.of(parts[2]))
        if one is None and other is None:
            return None
        if operator in (b"<<", b">>") and one is not None:
            return self._promoted(one)
        if operator in (b"+", b"-"):
            if one and self._is_pointer(one):
                both = other is not None and self._is_pointer(other)
                return DIFFERENCE if both and operator == b"-" else one
            if other and self._is_pointer(other):
                return other if operator == b"+" else None
        if one is None or other is None:
            # What is not known is mostly a macro for a number; so the other side decides.
            known = one or other
            return self._promoted(known) if known else None
        return self._common(one, other)

    def _value(self, found: Type | None) -> Type | None:
        """An array or a function as the pointer that it becomes in an expression."""
        kind = self.unfolded(found) if found else UNKNOWN
        if kind[-1:] == (ARRAY,):
            return (*kind[:-1], POINTER)
        if kind[-1:] == (FUNCTION,):
            return (*kind, POINTER)
        return found if kind[-1:] == (POINTER,) else bare(found or UNKNOWN) or None

    def _is_pointer(self, kind: Type) -> bool:
        return self.unfolded(kind)[-1:] == (POINTER,)

    def _promoted(self, kind: Type) -> Type:
        """What arithmetic makes of one number: an int of all that is smaller."""
        kind = bare(kind)
        whole = self.unfolded(kind, deep=True)
        return INT if whole[:1] == (b"enum",) or set(whole) & _SMALL else kind

    def _common(self, one: Type, other: Type) -> Type:
        """The type in which two numbers meet; a typedef that was not seen goes before an int."""
        one, other = self._promoted(one), self._promoted(other)
        return one if self._rank(one) >= self._rank(other) else other

    def _rank(self, kind: Type) -> int:
        words = self.unfolded(kind, deep=True)
        if set(words) & {b"float", b"double"}:
            return 20 + len(words) + (b"double" in words)
        if not set(words) <= _INTEGERS:
            return 1
        return 2 * words.count(b"long") + 2 * (b"long" in words) + (b"unsigned" in words)


def _read_scopes(function: Code) -> _Scopes:
    scopes: _Scopes = {}
    stack = [(function, id(function))]
    while stack:
        node, scope = stack.pop()
        inner = node.children
        if node.kind in _SCOPES:
            scope = id(node)
        if node.kind == "function":
            named = next(declarators(node), None)
            around = named.name.parent if named is not None else None
            # Only the parentheses behind the name: a parameter that is a function has its own.
            inner = [*(around.children[-1].children if around is not None else ()), inner[-1]]
        elif node.kind in ("declaration", "param"):
            inner = [each.children[-1] for each in inner if each.kind == "init_decl"]
            if not _is_typedef(node):
                storage = {each.text for each in node.children if each.kind == "storage"}
                is_static = not storage.isdisjoint((b"static", b"extern"))
                names = scopes.setdefault(scope, {})
                for each in declarators(node):
                    names.setdefault(each.name.text, []).append(_Local(each, is_static))
        elif node.kind in ("type", "type_name"):
            continue
        stack.extend((child, scope) for child in reversed(inner) if child.children)
    return scopes


_SCOPES = frozenset(("block", "for", "function"))
_TESTS = frozenset((b"==", b"!=", b"<", b">", b"<=", b">=", b"&&", b"||"))
_SMALL = frozenset((b"char", b"short", b"bool", b"_Bool"))
_INTEGERS = frozenset((b"int", b"long", b"unsigned"))
_RULES: dict[str, Callable[[FileTypes, Code], Type | None]] = {
    "ident": FileTypes._name,
    "number": FileTypes._literal,
    "char": FileTypes._literal,
    "string": FileTypes._literal,
    "strings": FileTypes._literal,
    "paren": FileTypes._paren,
    "call": FileTypes._call,
    "subscript": FileTypes._subscript,
    "member": FileTypes._member,
    "unary": FileTypes._unary,
    "postfix": FileTypes._postfix,
    "sizeof": FileTypes._sizeof,
    "cast": FileTypes._cast,
    "literal": FileTypes._cast,
    "assign": FileTypes._assign,
    "comma": FileTypes._comma,
    "cond": FileTypes._cond,
    "binary": FileTypes._binary,
    "stmt_expr": FileTypes._statements,
}
