"""Inline assembler of which parts are brought along by macros.

    asm("text" MACRO(a) "text"      asm("text" ""       "text"
        : "=r" (b), ASM(c)              : "=r" (b), "" (c)
        : "r" cpu_to_le32(d)            : "r"            (d)
        : CLOBBERS);                    : ""      );

The parser knows strings there, and operands in parentheses behind one. So a macro in the template,
or in the constraint of an operand, is shown as an empty string, as are clobbers; one that is a
whole operand is shown as an empty string with its arguments behind it. What is between its
arguments is added up, because an operand is one expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.annotations import BYTE
from refactor.c.kinds import LIST, Tokens, some

OPENING = re.compile(
    rb"m[qcr]*+\(|i\((?=(?:i(?:LIST)?|)*+L(?:[Li]|LIST|)*+:)".replace(b"LIST", LIST)
)
MACRO = re.compile(rb"i(?:" + LIST + rb")?")
TEMPLATE = re.compile(some(rb"[LDIEF]|i(?:" + LIST + rb")?"))
FAR = 1500
"""How many tokens such a statement has at most."""


def mask_assembler(tokens: Tokens) -> None:
    """Write over the macros of all inline assembler, and drop their tokens."""
    gone: list[int] = []
    kinds = bytearray(tokens.kinds)
    for match in OPENING.finditer(tokens.kinds):
        word, end = tokens.span(match.start())
        if match[0][:1] == b"i":  # FOO_goto("text" : : : : label)
            if end - word < 8:
                continue
            tokens.buffer[word:end] = b"asm goto".ljust(end - word)
            kinds[match.start()] = ord("m")
        elif tokens.buffer.startswith(b"asm_inline", word):
            tokens.buffer[word : word + 10] = b"asm       "
        template = TEMPLATE.match(tokens.kinds, match.end())
        if template is None or tokens.kinds[template.end() : template.end() + 1] not in (
            b":",
            b")",
        ):
            continue
        for macro in MACRO.finditer(tokens.kinds, *template.span()):
            is_template = tokens.kinds[macro.start() - 1] == ord("(")  # a word, or one in a list
            begin, end = tokens.span(*macro.span())
            if (is_template and end - begin > 1) or len(macro[0]) > 1:
                gone += string(tokens, kinds, *macro.span())
        section = 0
        for first, last, colon in items(tokens.kinds, template.end()):
            section += colon
            if first < last and section < 3:
                gone += operand(tokens, kinds, first, last)
            elif first < last and section == 3:
                gone += clobber(tokens, kinds, first, last)
    if gone:
        tokens.drop(kinds, sorted(gone))
    else:
        tokens.kinds = bytes(kinds)


def items(kinds: bytes, begin: int) -> Iterator[tuple[int, int, bool]]:
    """What stands behind the template, between two commas or colons; true if behind a colon."""
    depth, first, colon = 0, begin + 1, True
    for at in range(begin, min(begin + FAR, len(kinds))):
        kind = kinds[at]
        if kind in b"([":
            depth += 1
        elif kind in b")]":
            depth -= 1
            if depth < 0:
                yield first, at, colon
                return
        elif kind in b";{}":
            return
        elif depth == 0 and kind in b",:" and at > begin:
            yield first, at, colon
            first, colon = at + 1, kind == ord(":")


def operand(tokens: Tokens, kinds: bytearray, first: int, last: int) -> Iterator[int]:
    """Write over what is no string before parentheses; yields the tokens that are dropped."""
    found = OPERAND.fullmatch(tokens.kinds, first, last)
    if found is None:
        return
    if found["word"]:  # CONSTRAINT
        begin, end = tokens.span(*found.span("word"))
        if end - begin >= 5:
            tokens.buffer[begin : begin + 3] = b'""('
            tokens.buffer[end - 1 : end] = b")"
            kinds[found.start("word")] = ord("L")
        return
    macro = range(*found.span("macro"))
    if b"L" in (found["before"] + found["behind"]):  # "=" MACRO() (x)
        begin, end = tokens.span(macro[0], macro[-1] + 1)
        tokens.buffer[begin:end] = BYTE.sub(b" ", tokens.buffer[begin:end])
        yield from macro
    elif room(tokens, macro[0], macro[-1] + 1) >= 2:  # MACRO(x)
        yield from string(tokens, kinds, macro[0], macro[-1] + 1)
    depth = 0
    for at in range(*found.span("list")):
        depth += (tokens.kinds[at] in b"([") - (tokens.kinds[at] in b")]")
        if tokens.kinds[at] == ord(",") and depth == 1:
            tokens.buffer[slice(*tokens.span(at))] = b"+"
            kinds[at] = ord("o")


OPERAND = re.compile(
    rb"(?:\[i\])?"
    rb"(?:(?P<word>i)|(?P<before>L*)(?P<macro>iLIST(?=L|\()|i)(?P<behind>L*)(?P<list>LIST))".replace(
        b"LIST", LIST
    )
)


def clobber(tokens: Tokens, kinds: bytearray, first: int, last: int) -> Iterator[int]:
    """Write an empty string over a macro among the clobbers; yields what is dropped."""
    if MACRO.fullmatch(tokens.kinds, first, last) and room(tokens, first, last) >= 2:
        yield from string(tokens, kinds, first, last)


def string(tokens: Tokens, kinds: bytearray, first: int, last: int) -> range:
    """Write an empty string over these tokens; the tokens but the first one are dropped."""
    begin, end = tokens.span(first, last)
    tokens.buffer[begin:end] = b'""' + BYTE.sub(b" ", tokens.buffer[begin + 2 : end])
    kinds[first] = ord("L")
    return range(first + 1, last)


def room(tokens: Tokens, first: int, last: int) -> int:
    """How many bytes these tokens have."""
    begin, end = tokens.span(first, last)
    return end - begin
