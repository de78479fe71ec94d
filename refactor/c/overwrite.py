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
    """End the element before the token `index`, if another one follows on the next line."""
    if tokens.kinds[index : index + 1] in (b".", b"i", b"{", b"[") and tokens.breaks(index):
        insert(tokens, index, b",")


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
