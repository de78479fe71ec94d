"""What a rule of the dialect writes over tokens, or into the white space between them."""

from __future__ import annotations

import re

from refactor.c.branches import comment
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
