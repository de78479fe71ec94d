"""What joins the branches of a conditional in the middle of a statement, for a parser that reads
one behind the other.

A match may be in each of the branches, so none is hidden. Both are read as one statement instead:

- What both are operands of, an expression or an argument, is their sum: `a #else b` is `a + b`, and
  `f(a, #else b, #endif c)` is `f(a + b, c)`, which has as many arguments as either.
- Of two heads that open a block, the first one governs the second: `if (a) { #else if (b) {` is
  `if (a) if (b) {`.
- What begins two statements with one end is two statements.

In neither case does a statement become one that could be mistaken for what it is in a build: the
token that makes it whole is the directive itself, or a brace that is there no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from refactor.c.kinds import LIST, Tokens, parenthesised

NEAR = 400
"""How many tokens are looked at to find the parenthesis or brace around a directive."""

FAR = 2000
"""How many tokens a conditional has at most, so that nested ones are not looked at for long."""

NOTHING = 0
"""What is written over a brace: it is dropped."""

CONTROL = rb"e|k" + parenthesised(4, rb"[^(){}DIEF]")
HEADS = re.compile(rb"(?:[iu]" + LIST + rb"|" + CONTROL + rb")+")
LABEL = re.compile(rb"(?:K[^;{}:]*+|k|[;{}DIEF:][iu]):\Z")  # case A: and default: and out:
GOVERNING = (b"if", b"for", b"while", b"switch")
ASM = re.compile(rb"m[qcr]*+\([^():;{}]*+(?:" + LIST + rb"[^():;{}]*+|)*+\Z")  # in its template
UNARY = (b"!", b"~", b"++", b"--")
OPERAND_END = b"iuLn)]"
OPERAND_START = b"iuLn(fTm"


def seams(tokens: Tokens, directives: Sequence[int], before: int) -> dict[int, int] | None:
    """What to write over which tokens, as kinds, or None if the branches cannot be joined.

    `directives` are those of the conditional, and `before` is the last token in front of it.
    """
    kinds = tokens.kinds
    parts = []
    opens_list = kinds[max(0, before - 2) : before + 1].endswith((b"={", b"s{", b"si{"))
    is_among_elements = opens_list or (kinds[before] == ord(",") and is_list(kinds, before))
    if directives[-1] - directives[0] > FAR or is_among_elements:
        return None
    for directive, end in pairwise(directives):
        part = [at for at in range(directive + 1, end) if kinds[at] not in b"DIEF"]
        if part:
            parts.append((directive, part))
    made: dict[int, int] = {}
    depths = set()
    is_template = ASM.search(kinds, max(0, before - NEAR), before + 1) is not None
    is_start = starts_statement(tokens, before, kinds[parts[0][1][0]] if parts else 0)
    is_argument = is_in_call(kinds, before)
    for number, (_, part) in enumerate(parts):
        opened = unclosed(kinds, part)
        if opened is None or any(kinds[at] != ord("{") for at in opened):
            return None
        depths.add(len(opened))
        if number + 1 == len(parts):
            continue
        directive, following = parts[number + 1]
        if opened and (tokens.text(opened[0] - 1) == b"do" or kinds[following[0]] in b"}e"):
            return None
        if any(kinds[at - 1] not in b")e" for at in opened):
            return None  # no head of a block
        for at in opened:
            made[at] = NOTHING
        rest = [at for at in part if at not in opened]
        if rest and not is_template and not (opened and rest[-1] < opened[-1]):
            find = between_statements if is_start else between_operands
            at, kind = find(tokens, rest, following[0], is_argument)
            if kind:
                made[directive if at < 0 else at] = kind
    return made if len(depths) <= 1 else None


def between_statements(tokens: Tokens, part: Sequence[int], first: int, _: bool) -> tuple[int, int]:
    """The seam between two beginnings of statements: a token, -1 for the directive, and a kind."""
    kinds = tokens.kinds
    if kinds[part[-1]] in b";{}:":
        return -1, NOTHING
    if HEADS.fullmatch(bytes(kinds[at] for at in part)):
        return -1, ord(";") if tokens.text(first) == b"else" else NOTHING
    return -1, ord(";")


def between_operands(
    tokens: Tokens, part: Sequence[int], first: int, is_argument: bool
) -> tuple[int, int]:
    """The seam between two parts of an expression."""
    kinds, last = tokens.kinds, part[-1]
    is_operand = kinds[first] in OPERAND_START or tokens.text(first) in UNARY
    if kinds[last] == ord(";") or (kinds[last] == ord(",") and is_argument):
        return last, ord("o") if is_operand else NOTHING
    if kinds[last] in OPERAND_END:
        if kinds[first] == ord(",") and is_argument:
            return first, ord("o")
        are_strings = all(tokens.text(at)[:1] == b'"' for at in (last, first))
        if is_operand and not are_strings:
            return -1, ord("o")
    return -1, NOTHING


def unclosed(kinds: bytes, part: Sequence[int]) -> list[int] | None:
    """What is opened in these tokens and not closed; None if more is closed than was opened."""
    opened: list[int] = []
    for at in part:
        if kinds[at] in b"({[":
            opened.append(at)
        elif kinds[at] in b")}]":
            if not opened:
                return None
            opened.pop()
    return opened


def starts_statement(tokens: Tokens, before: int, behind: int) -> bool:
    """True if a statement, a member or an item may begin behind the token `before`."""
    kinds = tokens.kinds
    kind = kinds[before] if before >= 0 else ord(";")
    if kind == ord(":"):
        return LABEL.search(kinds, max(0, before - 60), before + 1) is not None
    if kind == ord("}"):
        return behind not in b",)];"
    if kind == ord(")"):
        opening = innermost(kinds, max(0, before - NEAR), before)
        return opening > 0 and tokens.text(opening - 1) in GOVERNING
    return kind in b";{e"


def is_in_call(kinds: bytes, before: int) -> bool:
    """True if what comes behind the token `before` is an argument."""
    opening = innermost(kinds, max(0, before + 1 - NEAR), before + 1)
    return opening > 0 and kinds[opening] == ord("(") and kinds[opening - 1] in b"iu)]"


def is_list(kinds: bytes, comma: int) -> bool:
    """True if the comma is one between enumerators or elements of an initializer."""
    start = max(0, comma - NEAR)
    opening = innermost(kinds, start, comma)
    if opening < 0:
        return True
    return kinds[opening] == ord("{") and b";" not in kinds[opening:comma]


def innermost(kinds: bytes, start: int, end: int) -> int:
    """The last parenthesis or brace between two tokens that is not closed there, or -1."""
    depth = 0
    for index in range(end - 1, start - 1, -1):
        kind = kinds[index]
        if kind in b")}":
            depth += 1
        elif kind in b"({":
            if depth == 0:
                return index
            depth -= 1
    return -1
