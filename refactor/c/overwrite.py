"""What a rule of the dialect writes over tokens, or into the white space between them."""

from __future__ import annotations

import re

from refactor.c.branches import comment
from refactor.c.code import TYPE_WORDS
from refactor.c.kinds import KINDS, Tokens


def comments(tokens: Tokens, first: int, last: int) -> None:
    """Make comments of directives."""
    for index in range(first, last):
        comment(tokens, index)


def comma(tokens: Tokens, index: int) -> None:
    """End the element before the token `index`, a macro, if another element follows."""
    at = index
    while tokens.kinds[at : at + 1] in (b"D", b"I", b"E", b"F"):
        at += 1
    kind, breaks = tokens.kinds[at : at + 1], tokens.breaks(at)
    if kind == b"o":  # &x
        begin, end = tokens.span(at)
        is_address = tokens.buffer[begin:end] == b"&" and tokens.kinds[at + 1 : at + 2] == b"i"
        follows = breaks and is_address and tokens.start(at + 1) == end
    elif kind == b"L":
        follows = at > index and tokens.text(at)[:1] != b'"'
    else:
        follows = kind in (b"i", b"{") or (kind in (b".", b"[") and breaks)
    if follows:
        insert(tokens, at, b",")


def join(tokens: Tokens, first: int, last: int) -> bool:
    """Make one identifier of the tokens; false if a literal or a comment is in it."""
    begin, end = tokens.span(first, last)
    text = tokens.buffer[begin:end]
    if LITERAL.search(text):
        return False
    name = re.sub(rb"\W", b"_", text)
    tokens.buffer[begin:end] = b"_" + name[1:] if name in KINDS else name
    return True


LITERAL = re.compile(rb"[\"'\\]|/[/*]")


def insert(tokens: Tokens, index: int, byte: bytes) -> bool:
    """Write `byte` into white space before the token `index`; false if there is none."""
    begin, end = tokens.gap(index)
    gap = tokens.buffer[begin:end]
    space = re.match(rb"\s*?([ \t])", gap) or re.search(rb"([ \t])\s*\Z", gap)
    if space:
        tokens.buffer[begin + space.start(1)] = ord(byte)
    return space is not None


def add(tokens: Tokens, index: int) -> None:
    """Write a plus sign before the token `index`, if there is none."""
    if b"+" not in tokens.buffer[slice(*tokens.gap(index))]:
        insert(tokens, index, b"+")


def negate(tokens: Tokens, first: int, last: int) -> None:
    """Write `!a` over the `(a)` of `(a) && b == c`, and of `(a) & b`.

    To the parser it is the cast of an address, and the comparison one with that. With a sign it is
    an operand that binds as tightly as before. An `&` that stands close to its operand is left: it
    may be a cast indeed.
    """
    begin, end = tokens.span(first, last)
    at, behind = tokens.span(last)
    is_and = tokens.buffer[at : at + 2] == b"&&"
    is_loose = tokens.buffer[at:behind] == b"&" and end < at and behind < tokens.start(last + 1)
    name = tokens.text(first + 1)
    is_type = last == first + 3 and (name in TYPE_WORDS or name.endswith(b"_t"))
    if (is_and or is_loose) and not is_type and tokens.buffer[begin] == ord("("):
        tokens.buffer[begin], tokens.buffer[end - 1] = b"! "


def texts(tokens: Tokens, first: int, last: int) -> None:
    """Make one word of macros in a row that are an argument, each a text: `(FORMAT, NAME VERSION)`.

    A parameter would be a type and a name, and one of the two has a small letter.
    """
    words = (tokens.buffer[slice(*tokens.span(at, at + 1))] for at in range(first, last))
    if all(_MACRO.fullmatch(word) for word in words):
        join(tokens, first, last)


_MACRO = re.compile(rb"[A-Z_][A-Z0-9_]+")
