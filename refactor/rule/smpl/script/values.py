"""Operations on the values of scripts: strings, numbers, positions, lists and sets."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Mapping, Sequence

from refactor.pattern.regular import is_found, replaced

LONGEST = 10_000
"""How long a string can become, in characters: no message is longer."""


def holds(op: ast.cmpop, left: object, right: object) -> bool:
    """What a comparison says. Raises TypeError for values that cannot be compared."""
    match op:
        case ast.Eq() | ast.Is():
            return left == right
        case ast.NotEq() | ast.IsNot():
            return left != right
        case ast.In():
            return _contains(right, left)
        case ast.NotIn():
            return not _contains(right, left)
    if isinstance(left, int) and isinstance(right, int):
        return _ordered(op, (left > right) - (left < right))
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(op, (left > right) - (left < right))
    raise TypeError("these cannot be compared")


def _ordered(op: ast.cmpop, sign: int) -> bool:
    match op:
        case ast.Lt():
            return sign < 0
        case ast.LtE():
            return sign <= 0
        case ast.Gt():
            return sign > 0
    return sign >= 0


def _contains(whole: object, part: object) -> bool:
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    if isinstance(whole, (tuple, frozenset)):
        return part in whole
    raise TypeError("`in` needs a string or a list")


def method(
    value: object, name: str, arguments: Sequence[object], named: Mapping[str, object]
) -> object:
    """What a method of a value gives. Raises TypeError for one that the value does not have."""
    if isinstance(value, re.Pattern) and name in ("search", "match"):
        (text,) = arguments
        return is_found(value, str(text), at_start=name == "match") or None
    if isinstance(value, re.Pattern) and name == "sub":
        by, text = arguments
        if not isinstance(by, str) or not isinstance(text, str):
            raise TypeError(".sub() needs strings")
        try:
            return replaced(value, by, text)[:LONGEST]
        except re.error as error:
            raise ValueError(f".sub() cannot replace by that: {error}") from None
    if isinstance(value, frozenset) and name in ("union", "intersection", "difference"):
        (other,) = arguments
        if not isinstance(other, (tuple, frozenset)):
            raise TypeError(f".{name}() needs a list")
        return frozenset(getattr(value, name)(other))
    if not isinstance(value, str) or name in ("compile", "search", "match", "sub", "union"):
        raise TypeError(f"there is no .{name}() of this")
    if name == "format":
        return _formatted(value, arguments, named)
    if name == "join":
        (parts,) = arguments
        if not isinstance(parts, (tuple, frozenset)):
            raise TypeError(".join() needs a list")
        return value.join(map(str, parts))[:LONGEST]
    if not all(isinstance(each, (str, int, tuple)) for each in arguments):
        raise TypeError(f".{name}() needs strings")
    found = getattr(value, name)(*arguments)
    if isinstance(found, list):
        return tuple(found)
    return found[:LONGEST] if isinstance(found, str) else found


def _formatted(text: str, arguments: Sequence[object], named: Mapping[str, object]) -> str:
    """`str.format` for plain fields: one that reaches into a value could reach anything."""
    made = []
    count = 0
    for literal, name, form, _ in string.Formatter().parse(text):
        made.append(literal)
        if name is None:
            continue
        if form or not re.fullmatch(r"\w*", name):
            raise ValueError("a field of .format() has a name or a number, and no more")
        if name == "" or name.isdigit():
            made.append(str(arguments[int(name) if name else count]))
            count += 1
        else:
            made.append(str(named[name]))
    return "".join(made)[:LONGEST]


def pattern(name: str, arguments: Sequence[object]) -> object:
    """`re.compile`, `re.search`, `re.match` and `re.sub`."""
    if not all(isinstance(each, str) for each in arguments):
        raise TypeError(f"re.{name}() needs strings")
    try:
        compiled = re.compile(str(arguments[0]))
    except re.error as error:
        raise ValueError(f"the regular expression cannot be read: {error}") from None
    return compiled if name == "compile" else method(compiled, name, arguments[1:], {})


def _as_int(*arguments: object) -> int:
    value, base = (*arguments, 10)[:2]
    if isinstance(value, int):
        return value
    if isinstance(value, str) and isinstance(base, int) and len(value) < 40:
        return int(value, base)
    raise TypeError("int() needs a string")


def _length(value: object) -> int:
    if isinstance(value, (str, tuple, frozenset)):
        return len(value)
    raise TypeError("len() needs a string or a list")


def _as_set(*arguments: object) -> frozenset[object]:
    if not arguments:
        return frozenset()
    if isinstance(arguments[0], (tuple, frozenset)):
        return frozenset(arguments[0])
    raise TypeError("a set needs a list")


def _quantified(is_all: bool) -> Callable[[object], bool]:
    def asked(value: object) -> bool:
        if not isinstance(value, (tuple, frozenset)):
            raise TypeError("this needs a list")
        return all(value) if is_all else any(value)

    return asked


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "int": _as_int,
    "str": str,
    "len": _length,
    "print": print,  # never called: what is printed is kept
    "set": _as_set,
    "frozenset": _as_set,
    "any": _quantified(False),
    "all": _quantified(True),
}
