"""Strings as patterns: `"...%d..."`, `"%@d@ bytes\n"`.

A string with format specifiers is taken for a row of these and of the texts between them. Dots
stand for any part of the row, a `format` for one specifier without its `%`, a `format list` for as
many as there are, with the texts between and beside them. A text is compared as a whole, so that
dots in the middle of one are dots of the text; and so they are in a string without specifiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from refactor.pattern.binding import Binding, State
from refactor.pattern.tokens import Metavariable

SORTS = frozenset(("format", "format list"))
"""What stands in a string, between two `@` behind the `%`."""

NAME = re.compile(rb"%@(\w+)@")

# The kernel's `%p` takes letters and digits behind it, `%pOFn`. What is no specifier is text.
_SPECIFIER = (
    rb"%@\w+@|%[-+ #0']*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?"
    rb"(?:p[A-Za-z0-9]*|(?:hh?|ll?|[Lqjzt])?[diouxXeEfFgGaAcsn])"
)
_SPECIFIERS = re.compile(rb"%%|(" + _SPECIFIER + rb")")
_STRING = re.compile(rb'(\w*)"((?s:.)*)"')
_DOTS = b"..."

Bound = Callable[[Metavariable, Binding, State], Iterator[State]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A specifier, or the text between two of them."""

    text: bytes
    is_specifier: bool


@cache
def is_open(text: bytes) -> bool:
    """True for a string of a pattern that stands for others as well."""
    parts = _parts(text)
    has_specifier = any(each.is_specifier for each in parts)
    return NAME.search(text) is not None or (
        has_specifier and any(each.text == _DOTS for each in parts)
    )


def match_format(
    mine: bytes, theirs: bytes, state: State, holes: Sequence[Metavariable], bound: Bound
) -> Iterator[State]:
    """Every way in which a string of a pattern, with these `holes`, matches one of the file.

    `bound` binds a name to a value, or compares it with the one that it has.
    """
    one, other = _STRING.fullmatch(mine), _STRING.fullmatch(theirs)
    if one is None or other is None or one[1] != other[1]:
        return
    named = {each.name.encode(): each for each in holes}
    yield from _match(_parts(mine), _parts(theirs), state, named, bound)


def filled(text: bytes, env: Mapping[str, Binding], holes: Sequence[Metavariable]) -> bytes | None:
    """A string with the values of its `holes`; None if one is not bound."""
    if any(each.name not in env for each in holes):
        return None
    values = {each.name.encode(): env[each.name].text for each in holes}
    lists = {each.name.encode() for each in holes if each.is_list}

    def value(match: re.Match[bytes]) -> bytes:
        name = match[1]
        if name not in values:
            return match[0]
        return values[name] if name in lists else b"%" + values[name]

    return NAME.sub(value, text)


def _parts(text: bytes) -> list[_Part]:
    string = _STRING.fullmatch(text)
    found: list[_Part] = []
    at = 0
    for match in _SPECIFIERS.finditer(string[2]) if string is not None else ():
        if match[1] is not None:
            found += _Part(match.string[at : match.start()], False), _Part(match[1], True)
            at = match.end()
    found += [_Part(string[2][at:], False)] if string is not None else []
    return [each for each in found if each.text]


def _match(
    mine: Sequence[_Part],
    theirs: Sequence[_Part],
    state: State,
    holes: Mapping[bytes, Metavariable],
    bound: Bound,
) -> Iterator[State]:
    if not mine:
        if not theirs:
            yield state
        return
    first, rest = mine[0], mine[1:]
    name = NAME.fullmatch(first.text) if first.is_specifier else None
    meta = holes.get(name[1]) if name is not None else None
    if meta is not None and meta.is_list:
        for count in range(1, len(theirs) + 1):
            counted = _counted(meta, sum(each.is_specifier for each in theirs[:count]), state)
            if counted is not None:
                text = b"".join(each.text for each in theirs[:count])
                for each in bound(meta, Binding("code", (text,), text), counted):
                    yield from _match(rest, theirs[count:], each, holes, bound)
    elif meta is not None:
        if theirs and theirs[0].is_specifier:
            text = theirs[0].text[1:]
            for each in bound(meta, Binding("code", (text,), text), state):
                yield from _match(rest, theirs[1:], each, holes, bound)
    elif first.text == _DOTS:
        for count in range(len(theirs) + 1):
            yield from _match(rest, theirs[count:], state, holes, bound)
    elif theirs and theirs[0] == first:
        yield from _match(rest, theirs[1:], state, holes, bound)


def _counted(meta: Metavariable, number: int, state: State) -> State | None:
    """The state in which a list has so many specifiers; None if it cannot have them."""
    if not number:
        return None
    if meta.lengths is not None:
        low, high = meta.lengths
        return state if low <= number <= high else None
    if not meta.length or meta.length.isdigit():
        return state if meta.length in ("", str(number)) else None
    text = b"%d" % number
    known = state.env.get(meta.length)
    if known is None:
        is_elsewhere = "." in meta.length
        return None if is_elsewhere else state.bind(meta.length, Binding("code", (text,), text))
    return state if known.key == (text,) else None


__all__ = ["NAME", "SORTS", "filled", "is_open", "match_format"]
