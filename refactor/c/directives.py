"""What of a directive's own text the parser does not understand.

#include <a.h> /* */     a blank behind the name, which becomes a part of it
#define A b /* c */ d    a comment before other text or blanks, which the parser takes for the end
#define A "/*"           what only looks like one
#define A(b, c...)       a name for the variable arguments
#define A b /\\          a sign before the end of the line
#if A(112x)              no number
"""

from __future__ import annotations

import re

from refactor.c.annotations import BYTE
from refactor.c.kinds import NAMED_VARIADIC, NO_NUMBER, QUOTED, Tokens


def mask_directives(tokens: Tokens) -> None:
    """Write over such text."""
    for match in KINDS.finditer(tokens.kinds):
        start, text = tokens.start(match.start()), tokens.text(match.start())
        if b"/" in text:
            slashes(tokens.buffer, start, text)
        if match[0] == b"D":
            include(tokens.buffer, start, text)
            name = NAMED_VARIADIC.match(text)
            if name:
                begin, end = (start + at for at in name.span(1))
                tokens.buffer[begin:end] = b" " * len(name[1])
        else:
            for number in NUMBER.finditer(text):
                if NO_NUMBER.match(number[0]):
                    tokens.buffer[start + number.start()] = ord("_")


def include(buffer: bytearray, start: int, text: bytes) -> None:
    """Move the end of a name behind the blanks that follow it."""
    found = INCLUDE.match(text)
    if found:
        begin, end = (start + at for at in (found.start(1), found.end(2)))
        buffer[begin:end] = found[1].rjust(end - begin, b"_")


def slashes(buffer: bytearray, start: int, text: bytes) -> None:
    """Blank comments in the middle, and write over what the parser could take for one."""
    for found in COMMENT_OR_LITERAL.finditer(text):
        begin = start + found.start()
        if found[1] is None:
            if b"/*" in found[0]:
                shown = found[0].replace(b"/*", b"_*")
                buffer[begin : begin + len(shown)] = shown
        elif found[1] == b"/":
            buffer[begin : begin + 1] = b"+"
        elif text[found.end() :].strip(b"\r\n"):
            blank = BROKEN_LINE.sub(rb"\\\1", BYTE.sub(b" ", found[0]))
            buffer[begin : begin + len(blank)] = blank


KINDS = re.compile(rb"[DIE]")
NUMBER = re.compile(rb"(?<![\w.'\"])\d\w*")
INCLUDE = re.compile(rb"#[ \t]*include[ \t]*(?:<[^>\n]*|\"[^\"\n]*)([>\"])([ \t]+)(?=\r?\Z)")
COMMENT_OR_LITERAL = re.compile(rb"(/\*(?s:.*?)\*/|/(?=\\\r?\n))|//.*|" + QUOTED)
BROKEN_LINE = re.compile(rb"(?s:.)(\r?\n)")
