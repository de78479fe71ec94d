"""Types, and what a declaration says of them.

What a file declares is kept in `refactor.c.tables`; what an expression has for a type is told by
`refactor.c.file_types`.

A type is its tokens, as in `(b"struct", b"foo", b"*")`: the words of the specifier, `const` and
`volatile` first, then what was derived from it, the outermost last: `*` for a pointer, `[]` for an
array, `()` for a function. So `int *a[3]` is `int * []`, and `int (*f)(void)` is `int () *`; to
follow a pointer or to call is to take the last tokens away. What qualifies a pointer itself is left
out: nobody asks for it, and a value that has been read does not have it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from refactor.c.code import BASIC_TYPES, QUALIFIERS, TAGS, Code

Type = tuple[bytes, ...]

UNKNOWN: Type = ()
"""The type of what is declared in more than one way, or in one that is not understood."""

POINTER, ARRAY, FUNCTION = b"*", b"[]", b"()"
QUALIFIED = (b"const", b"volatile")
_DERIVED = frozenset((POINTER, ARRAY, FUNCTION))

INT: Type = (b"int",)
LONG: Type = (b"long",)
SIZE: Type = (b"__SIZE_TYPE__",)
"""What `sizeof` is: a `size_t`, and an `unsigned long` where nothing else is said. What is declared
as a `size_t` is no `unsigned long`, as it is an `unsigned int` where a pointer has 32 bits."""
DIFFERENCE: Type = (b"ptrdiff_t",)
VOID_POINTER: Type = (b"void", POINTER)
STRING: Type = (b"char", ARRAY)

# What the language itself says of two types that it makes; a typedef that was seen is asked first.
LANGUAGE: dict[bytes, Type] = {SIZE[0]: (b"unsigned", b"long"), DIFFERENCE[0]: LONG}
CONSTANTS: dict[bytes, Type] = {
    b"NULL": VOID_POINTER,
    b"true": INT,
    b"false": INT,
    b"__func__": STRING,
    b"__FILE__": STRING,
    b"__LINE__": INT,
}


# ---------------------------------------------------------------------------- types as tokens


def canonical(kind: Type) -> Type:
    """A type in one of its spellings: `long unsigned int` and `unsigned long` are one."""
    words, derived = split_type(kind)
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
    words, derived = split_type(kind)
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


def split_type(kind: Type) -> tuple[Type, Type]:
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
        specifier = type_node(self.declaration)
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


def type_node(node: Code) -> Code | None:
    return next((each for each in node.children if each.kind == "type"), None)


def is_typedef(node: Code) -> bool:
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
            return qualified(tag_of(each), by)
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
    specifier = type_node(node)
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


def fields_of(node: Code) -> Code | None:
    return next((each for each in node.children if each.kind == "fields"), None)


def tag_of(node: Code) -> Type:
    """`struct foo`; for a struct without a name one that is made from its text.

    From its text and not from its place, because the place is another one in another buffer.
    """
    word, *rest = node.parts
    name = next((each.text for each in rest if _is_name(each)), None)
    if name is None:
        name = b"<%08x>" % zlib.crc32(b" ".join(node.key()))
    return (word.text, name)
