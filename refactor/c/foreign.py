"""What stands in a file of C and is no C: assembler, and the linkage of C++.

It is blanked before anything else is looked at, with the tokens of it dropped:

    #ifdef __ASSEMBLY__         .macro add a, b         #ifdef __cplusplus
        mov \\reg, sp               mov \\a, \\b          extern "C" {
    #else                       .endm                   #endif

Directives and comments stay. A word in it is in no node, as one in a directive is, so whoever
wants to change it has to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.annotations import BYTE
from refactor.c.kinds import Tokens

LINKAGE = re.compile(rb"(?<=[IDEF])(?:cL\{|\}(?<=I.))(?=D*F)")
CONDITIONAL = re.compile(rb"[IEF]")
ASSEMBLER = re.compile(
    rb"#[ \t]*if(?:def[ \t]+|(n)def[ \t]+|[ \t]+(!?)[ \t]*defined[ \t]*\(?[ \t]*)"
    rb"(?:__ASSEMBLY__|__ASSEMBLER__)\b(?!.*\|\|)(.*&&)?"
)
OPENING = (b"macro", b"irp", b"irpc", b"rept")
CLOSING = (b"endm", b"endr")
MACRO = re.compile(rb"\.i")


def blank_foreign(tokens: Tokens) -> None:
    """Blank what is no C, and drop its tokens."""
    gone: set[int] = set()
    if b"I" in tokens.kinds:
        gone.update(linkage(tokens.kinds))
        if b"__ASSEMBLY__" in tokens.buffer or b"__ASSEMBLER__" in tokens.buffer:
            gone.update(branches(tokens))
    if b".macro" in tokens.buffer:
        gone.update(macros(tokens))
    if gone:
        erase(tokens, sorted(gone))


def linkage(kinds: bytes) -> Iterator[int]:
    """`extern "C" {` and its brace, each in a conditional of its own."""
    found = list(LINKAGE.finditer(kinds))
    opened = sum(match[0] != b"}" for match in found)
    if 2 * opened == len(found):
        for match in found:
            yield from range(*match.span())


def branches(tokens: Tokens) -> Iterator[int]:
    """The code of branches that are for an assembler, without the directives in it."""
    opened: list[tuple[bool, bool]] = []  # this branch is for an assembler, and the next one is
    begin = around = 0  # how many of the open branches are for an assembler
    for match in CONDITIONAL.finditer(tokens.kinds):
        at = match.start()
        if around:
            yield from (each for each in range(begin, at) if is_code(tokens, each))
        begin = at + 1
        if match[0] == b"I":
            asked = ASSEMBLER.match(tokens.text(at))
            is_not = bool(asked and (asked[1] or asked[2]))
            opened.append((bool(asked) and not is_not, is_not and not (asked and asked[3])))
            around += opened[-1][0]
        elif opened:
            was, is_next = opened.pop()
            around -= was
            if match[0] == b"E":
                is_else = tokens.text(at).split()[0].endswith(b"else")
                opened.append((is_next and is_else, False))
                around += opened[-1][0]


def macros(tokens: Tokens) -> Iterator[int]:
    """The code from `.macro` to `.endm`, each at the beginning of a line."""
    begin = depth = 0
    for match in MACRO.finditer(tokens.kinds):
        at = match.start()
        word = tokens.text(at + 1)
        if word in OPENING and tokens.breaks(at):
            begin = begin if depth else at
            depth += 1
        elif depth and word in CLOSING:
            depth -= 1
            if depth == 0:
                yield from (each for each in range(begin, at + 2) if is_code(tokens, each))


def is_code(tokens: Tokens, index: int) -> bool:
    """False for a directive; `#` in the middle of a line begins an operand or a comment."""
    return tokens.kinds[index] not in b"DIEF" or not tokens.breaks(index)


def erase(tokens: Tokens, gone: list[int]) -> None:
    """Blank these tokens, and backslashes in front of them, which are no white space in C."""
    for at in gone:
        begin, end = tokens.span(at)
        tokens.buffer[begin:end] = BYTE.sub(b" ", tokens.buffer[begin:end])
        begin, end = tokens.gap(at)
        gap = tokens.buffer[begin:end]
        if b"\\" in gap and b"/" not in gap:
            tokens.buffer[begin:end] = gap.replace(b"\\", b" ")
    tokens.drop(tokens.kinds, gone)
