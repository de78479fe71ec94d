"""The items of a list in parentheses or braces: what depends on the list that they are in."""

from __future__ import annotations

import re

from refactor.c.annotations import fill
from refactor.c.kinds import LIST, Tokens, some
from refactor.c.overwrite import add, comma, comments, insert, join

# An item is told by its first token, and then by what is around it.
TAIL = (
    rb"(?:\*q*+|)*+i?+(?:\[" + some(rb"[^][(){};,DIEF]++|LIST") + rb"\]|)*+"
)  # the rest of struct foo * x[2]
ITEMS = (
    ("argument", rb"q(?<=[(,].)q*+(?:si|t[qt]*+|i)" + TAIL + rb"(?=[,)])"),  # const foo *
    ("argument", rb"s(?<=[(,].)iq*+" + TAIL + rb"(?=[,)])"),  # struct foo *
    ("argument", rb"t(?<=[(,].)(?!(?<=\(.)\))[qt]*+" + TAIL + rb"(?=[,)])"),  # int, but not (void)
    (
        "argument",
        rb"i(?<=[(,].)(?:q++(?:\*q*+|)*+|\*q*+(?:\*q*+|)*+|i++)(?=[,)])",
    ),  # foo *, PREFIX FORMAT
    ("argument", rb"c(?<=[(,].)[cqi]*+(?=[,)])"),  # static inline
    ("argument", rb"r(?<=[(,].)i?+(?=[,)])"),  # goto out
    ("argument", rb"\.(?<=[(,].)i(?=[=.\[])"),  # .member = a
    ("nothing", rb",(?<=[(,].)"),  # f(, a)
    *(
        (
            "directives",
            each
            + rb"(?:(?<=[,{].)[DIEF]*+|(?<![DIEF].)[DIEF]*+(?=\})|(?<=[Li)}].)[DIEF]*+(?=[L{.i[]))",
        )
        for each in (b"D", b"I", b"E", b"F")
    ),
    ("macro", rb"i(?<=[,{)DIEFi].)(?=[.i{\[o]|[DIEF]++[.i{\[oL])"),  # that brings its comma
    ("neighbour", rb"i(?<=[(,)i].)(?=i++[(,)])"),  # f(A B(c) D(e)): macros side by side
    ("call", rb"\((?<=i.)(?<![it]i.)(?<![it*]qi.)(?<![itq*]\*i.)"),  # and no declared parameters
    ("opening", rb"\("),
    ("closing", rb"\)"),
)
ITEM = re.compile(b"|".join(pattern + b"()" for _, pattern in ITEMS).replace(b"LIST", LIST))
NAMES = ("", *(name for name, _ in ITEMS))
SIDE_BY_SIDE = re.compile(rb"i++[(,)]")


def mask_lists(tokens: Tokens, segments: list[tuple[int, int, str]]) -> None:
    """Mask arguments, and elements of initializers."""
    calls: list[bool] = []  # of the open parentheses, which are those of a call
    for first, last, region in segments:
        if region == "top":
            calls.clear()
        for match in ITEM.finditer(tokens.kinds, first, last):
            begin, end = match.span()
            name = NAMES[match.lastindex or 0]
            if name == "closing":
                if calls and calls.pop():
                    close(tokens, begin, calls, region)
            elif name == "call":
                calls.append(is_call(tokens.kinds, begin - 1, region, len(calls)))
            elif name == "opening":
                # WORD MACRO(int, a), among the arguments of a macro
                calls.append(bool(calls) and calls[-1] and tokens.kinds[:begin].endswith(b"ii"))
            elif calls:
                if calls[-1]:
                    argument(tokens, begin, end, name)
            elif region == "data":
                if name == "directives":
                    comments(tokens, begin, end)
                    between(tokens, begin, end)
                elif name == "macro":
                    comma(tokens, end)


def argument(tokens: Tokens, begin: int, end: int, name: str) -> None:
    """Mask an argument of a call, or a part of one."""
    if name == "argument":
        join(tokens, begin, end)
    elif name == "nothing":
        nothing(tokens, begin)
    elif name in ("macro", "neighbour") and SIDE_BY_SIDE.match(tokens.kinds, end):
        add(tokens, end)


def close(tokens: Tokens, closing: int, calls: list[bool], region: str) -> None:
    """Mask what is beside the closing parenthesis of a call; `calls` are those around it."""
    if tokens.kinds[closing - 1] == ord(","):
        fill(tokens, closing - 1, closing, attribute=False)  # f(a, )
    if calls and calls[-1] and tokens.kinds[closing + 1 : closing + 2] == b"i":
        add(tokens, closing + 1)
    if region == "data" and not calls:
        comma(tokens, closing + 1)


def between(tokens: Tokens, begin: int, end: int) -> None:
    """Write a comma over the first of some directives, if one element ends and another one begins.

    Behind a macro it is written elsewhere.
    """
    before, behind = tokens.kinds[begin - 1 : begin], tokens.kinds[end : end + 1]
    if b"," in tokens.buffer[slice(*tokens.gap(end))]:
        return
    if before in (b"L", b"}", b"i", b")") and behind in (b"L", b"{", b".", b"i", b"["):
        at, last = tokens.span(begin)
        is_string = tokens.text(end)[:1] == b'"'
        are_strings = is_string or (tokens.text(begin - 1)[:1] == b'"' and behind == b"i")
        if tokens.buffer.startswith(b"//", at) and last - at > 2 and not are_strings:
            tokens.buffer[at : at + 3] = b",//"


def nothing(tokens: Tokens, comma: int) -> None:
    """Write a word before a comma in the place of an argument that is not there."""
    if not insert(tokens, comma, b"_") and insert(tokens, comma + 1, b","):
        tokens.buffer[tokens.start(comma)] = ord("_")


def is_call(kinds: bytes, name: int, region: str, depth: int) -> bool:
    """False if a declaration is split by directives before `name`, or has a macro there."""
    before = name - 1
    while before >= 0 and kinds[before] in b"DIEF":
        before -= 1
    split = before < name - 1 and kinds[before : before + 1] in (b"i", b"t", b"q", b"*", b")")
    return not split and (depth > 0 or region != "top" or kinds[before : before + 1] != b")")
