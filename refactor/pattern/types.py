"""Types of metavariables: `struct foo *e`, `T *e` with a `type T`, `expression *e`.

A declared type is compared with the one that was found from the outside in: first what is derived
(`*`, `[]`), then the words; typedefs are opened where one stands in the way. A free name of a type
takes all that is left, so that `T *e` binds T to `struct foo *` for a pointer to a pointer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from refactor.c.code import QUALIFIERS, TAGS, Code
from refactor.c.types import SIZE
from refactor.pattern.binding import Binding, State
from refactor.pattern.tokens import Metavariable

Type = tuple[bytes, ...]
POINTER, ARRAY, FUNCTION = b"*", b"[]", b"()"


class Types(Protocol):
    """What a matcher asks about types; None where it is not known."""

    def of(self, node: Code) -> Type | None:
        """The type of an expression, as tokens with its stars."""

    def is_local(self, node: Code) -> bool | None:
        """True if a name is declared in the function around it."""

    def declared_at(self, node: Code) -> int | None:
        """Where the function around a name declares it; None if it does not, or nobody knows."""

    def local_type(self, node: Code) -> Type | None:
        """The type of a name that is declared in the function around it, UNKNOWN if it may be one
        of several; None if it is declared elsewhere, or nobody knows."""

    def same(self, one: Type, other: Type) -> bool:
        """True if two types are one, through typedefs and in whatever order of words."""

    def unfolded(self, kind: Type, deep: bool = False) -> Type:
        """A type without the typedef that hides what it is derived from."""


class NoTypes:
    """Types where nobody has looked them up."""

    def of(self, node: Code) -> Type | None:
        return None

    def is_local(self, node: Code) -> bool | None:
        return None

    def declared_at(self, node: Code) -> int | None:
        return None

    def local_type(self, node: Code) -> Type | None:
        return None

    def same(self, one: Type, other: Type) -> bool:
        return normal_type(one) == normal_type(other)

    def unfolded(self, kind: Type, deep: bool = False) -> Type:
        return kind


Accepts = Callable[[Metavariable, Binding, State], bool]


def with_type(
    meta: Metavariable,
    found: Type,
    state: State,
    types: Types,
    holes: Mapping[str, Metavariable],
    accepts: Accepts,
) -> State | None:
    """The state with the names of the metavariable's type bound, None if that is another type.

    `holes` are the metavariables of the rule, `accepts` tells if one may have a value.
    """
    stars = (POINTER,) * meta.pointer
    if not meta.type_text:
        return state if _stripped(found, stars, types) is not None else None
    for text in type_alternatives(meta.type_text):
        words, derived = declared_type(text)
        rest = _stripped(found, (*derived, *stars), types)
        if rest is not None:
            bound = _unified(words, rest, state, types, holes, accepts)
            if bound is not None:
                return bound
    return None


def _stripped(kind: Type, derived: Sequence[bytes], types: Types) -> Type | None:
    """What a type is derived from, the outermost taken away first."""
    for each in reversed(derived):
        if kind[-1:] != (each,):
            kind = types.unfolded(kind)
        if each == POINTER and kind[-1:] == (FUNCTION,):
            continue  # a function is its own address
        if kind[-1:] != (each,):
            return None
        kind = kind[:-1]
    return kind


def _unified(
    words: Sequence[str],
    kind: Type,
    state: State,
    types: Types,
    holes: Mapping[str, Metavariable],
    accepts: Accepts,
) -> State | None:
    by = {each.encode() for each in words} & QUALIFIERS
    if by and (not by <= set(kind) or POINTER in kind):
        return None  # what qualifies a pointer itself is not known
    words = [each for each in words if each.encode() not in QUALIFIERS]
    if len(words) == 1 and words[0].encode() in TAGS:  # `expression struct *e`: any of them
        tag = without(types.unfolded(kind), QUALIFIERS)
        return state if len(tag) == 2 and tag[0] == words[0].encode() else None
    last = words[-1] if words else ""
    known = state.env.get(last)
    is_tagged = len(words) == 2 and words[0].encode() in TAGS
    hole = holes.get(last) if (len(words) == 1 or is_tagged) and "." not in last else None
    if hole is not None and hole.sort not in ("type", "identifier"):
        hole = None  # in `struct inode *inode` the tag is no hole
    if known is None and "." in last:
        return None
    if hole is None or known is not None:
        wanted: list[bytes] = []
        for each in words:
            meta = holes.get(each)
            is_name = "." in each or (meta is not None and meta.sort in ("type", "identifier"))
            value = state.env.get(each) if is_name else None
            wanted += value.key if value is not None else (each.encode(),)
        # What the pattern does not qualify may be qualified, unless it is a type that is known.
        is_known = known is not None and not is_tagged
        return (
            state
            if types.same(
                tuple(wanted), without(kind, by) if is_known else without(kind, QUALIFIERS)
            )
            else None
        )
    if is_tagged:
        tag = without(types.unfolded(kind), QUALIFIERS)
        if len(tag) != 2 or tag[0] != words[0].encode():
            return None
        binding = Binding("code", tag[1:], tag[1])
    else:
        binding = type_binding(without(kind, by))
    return state.bind(last, binding) if accepts(hole, binding, state) else None


def declared_type(text: str) -> tuple[list[str], tuple[bytes, ...]]:
    """The words of a type in a declaration of metavariables, and what is derived from it."""
    words: list[str] = []
    derived: list[bytes] = []
    for word in re.findall(r"\w+(?: ?\. ?\w+)?|\*|\[", text):
        if word == "*":
            derived.append(POINTER)
        elif word == "[":
            derived.append(ARRAY)
        else:
            words.append(word.replace(" ", ""))
    return words, tuple(derived)


def without(kind: Type, words: Collection[bytes]) -> Type:
    """A type without some of its words."""
    return tuple(each for each in kind if each not in words)


def type_binding(kind: Type) -> Binding:
    """A type as a value. Its text is empty where a type cannot be written in front of a name: a
    struct without a tag, a pointer to a function."""
    if kind == SIZE:
        kind = (b"size_t",)
    words = [each for each in kind if each not in (POINTER, ARRAY, b"()")]
    derived = kind[len(words) :]
    if any(each != POINTER for each in derived) or any(each.startswith(b"<") for each in words):
        return Binding("type", kind, b"")
    stars = b"".join(derived)
    return Binding("type", kind, b" ".join(words) + (b" " + stars if stars else b""))


def normal_type(key: Sequence[bytes]) -> tuple[bytes, ...]:
    """A type for comparison: no qualifiers, `int` added or taken away as C has it."""
    words = [each for each in key if each not in (b"const", b"volatile", b"restrict", b"signed")]
    integers = {b"long", b"short", b"unsigned"}
    if integers & set(words) and b"int" in words and b"double" not in words:
        words.remove(b"int")
    derived = [each for each in words if each in (POINTER, ARRAY, b"()")]
    names = [each for each in words if each not in derived]
    if set(names) & integers:
        names.sort()
    if not names and b"signed" in key:
        names = [b"int"]
    return (*names, *derived)


def type_alternatives(text: str) -> list[str]:
    """`{int, long}` as a list; else the one type."""
    if text.startswith("{"):
        return [each.strip() for each in text.strip("{} ").split(",")]
    return [text]
