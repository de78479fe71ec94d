"""Conditionals that begin or end in the middle of a statement, for a parser that knows none there.

The parser has a place for a conditional between statements, members and items: `#if`, what it
encloses, `#endif`. Everywhere else its directives are made comments, `//f A`, so that what they
enclose is read as if the condition held:

    x = a               x = a
    #ifdef B            //fdef B
        + b                 + b
    #endif              //ndif
        ;                   ;

That is what one configuration compiles, and all of the code. With an `#else` no configuration has
all of it: the first branch that has code is read, and the others are blanked. `hidden` tells where
they are, and who asks for something there has to be told that it does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from refactor.c.kinds import Tokens
from refactor.c.lexical import Directive
from refactor.text import Span

NEAR = 400
"""How many tokens are looked at to find the parenthesis or brace around a directive."""

DIRECTIVES = b"DIEF"
NO_BRACKETS = bytes(sorted(set(range(256)) - set(b"(){}")))
NO_BRACES = bytes(sorted(set(range(256)) - set(b"{}")))
ZERO = re.compile(rb"#[ \t]*if[ \t]+0\s*\Z")


@dataclass(slots=True)
class Conditional:
    """One `#if`: the tokens of its directives so far, and the open braces in front of it."""

    directives: list[int]
    depth: int
    is_inside: bool = False
    """True if one of the directives stands where the parser has no place for it."""


def merge(tokens: Tokens) -> None:
    """Make comments of the directives of such conditionals, and drop their tokens."""
    if b"I" not in tokens.kinds:
        return
    gone: list[tuple[int, int]] = []
    for each in inside_of_statements(tokens):
        gone += directives_and_hidden(tokens, each)
    if not gone:
        return
    for first, last in gone:
        if last - first == 1 and tokens.kinds[first] in DIRECTIVES:
            comment(tokens, first)
        else:
            begin, end = tokens.span(first, last)
            tokens.buffer[begin:end] = BYTE.sub(b" ", tokens.buffer[begin:end])
    drop(tokens, gone)


BYTE = re.compile(rb"[^\r\n]")


def comment(tokens: Tokens, index: int) -> None:
    """Make a comment of a directive, if it can be one."""
    begin, end = tokens.matches[index].span(1)
    if end - begin > 1 and not re.search(rb"/\*[^*]*\n", tokens.buffer[begin:end]):
        tokens.buffer[begin : begin + 2] = b"//"


def drop(tokens: Tokens, gone: list[tuple[int, int]]) -> None:
    """Take the ranges of tokens out."""
    kept, last = [], 0
    for first, end in sorted(gone):
        if first >= last:
            kept.append(slice(last, first))
        last = max(last, end)
    kept.append(slice(last, None))
    tokens.kinds = b"".join([tokens.kinds[part] for part in kept])
    tokens.matches = [match for part in kept for match in tokens.matches[part]]


def inside_of_statements(tokens: Tokens) -> Iterator[Conditional]:
    """The conditionals of which a directive stands where the parser has no place for it."""
    kinds = tokens.kinds
    opened: list[Conditional] = []
    begins: dict[int, int] = {}  # an #else or #endif, and the #if that it belongs to
    depth = position = 0
    for match in re.finditer(rb"[IEF]", kinds):
        at = match.start()
        inner = kinds[position:at].translate(None, NO_BRACES)
        depth += inner.count(b"{") - inner.count(b"}")
        position = at + 1
        if match[0] == b"I":
            opened.append(Conditional([at], depth))
        elif not opened:
            continue
        else:
            now = opened[-1]
            begins[at] = now.directives[0]
            now.is_inside |= now.depth > 0 and not is_balanced(kinds, now.directives[-1] + 1, at)
            now.directives.append(at)
            if match[0] == b"E" or now.depth <= 0:
                depth = now.depth
        now = opened[-1]
        now.is_inside |= is_inside(tokens, at, begins, now.depth)
        if match[0] == b"F":
            opened.pop()
            if now.is_inside:
                yield now


def is_balanced(kinds: bytes, first: int, last: int) -> bool:
    """True if the braces between two tokens are in pairs."""
    braces = kinds[first:last].translate(None, NO_BRACES)
    while b"{}" in braces:
        braces = braces.replace(b"{}", b"")
    return not braces


def is_inside(tokens: Tokens, at: int, begins: dict[int, int], depth: int) -> bool:
    """True if the directive `at` stands in the middle of a statement, by what is beside it."""
    kinds = tokens.kinds
    before = at - 1
    while before >= 0 and kinds[before] in DIRECTIVES:
        before = (
            begins[before] - 1 if kinds[before] == ord("E") and before in begins else before - 1
        )
    behind = at + 1
    while kinds[behind : behind + 1] in (b"D", b"I", b"E", b"F"):
        behind += 1
    before_kind, behind_kind = (
        kinds[before : before + 1] if before >= 0 else b"",
        kinds[behind : behind + 1],
    )
    is_else = behind_kind == b"e" and tokens.matches[behind][1] == b"else"
    if before_kind in (b"", b"{", b";"):
        return depth > 0 and before_kind == b";" and is_else
    if depth <= 0:
        return before_kind in (b"=", b"o") or behind_kind == b"="
    if before_kind == b"}":
        return is_else or behind_kind in (b",", b")", b"]")
    if before_kind == b":":
        return not CASE.search(kinds, max(0, before - 60), before + 1)
    if before_kind == b",":
        return not is_list(kinds, before)
    if before_kind == b")":
        return not is_macro(kinds, before)
    return True


CASE = re.compile(rb"(?:K[^;{}:]*+|k):\Z")  # case A: and default:


def is_list(kinds: bytes, comma: int) -> bool:
    """True if the comma is one between enumerators or elements of an initializer."""
    start = max(0, comma - NEAR)
    opening = innermost(kinds, start, comma)
    if opening < 0:
        return True
    return kinds[opening] == ord("{") and b";" not in kinds[opening:comma]


def is_macro(kinds: bytes, closing: int) -> bool:
    """True if what ends with this parenthesis looks like a macro with a line of its own."""
    opening = innermost(kinds, max(0, closing - NEAR), closing)
    if opening < 1 or kinds[opening] != ord("("):
        return True
    name = opening - 1
    if kinds[name] not in b"iuAC" or (name and kinds[name - 1] not in b";{},DIEF)"):
        return False
    around = innermost(kinds, max(0, name - NEAR), name)
    is_element = around > 0 and kinds[around - 1 : around + 1] == b"={"
    return not is_element and kinds[name - 1] != ord(",")


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


def directives_and_hidden(tokens: Tokens, found: Conditional) -> Iterator[tuple[int, int]]:
    """The tokens that go: the directives, and branches that cannot be read beside another one."""
    marks = found.directives
    for each in marks:
        yield each, each + 1
    branches = list(pairwise(marks))
    if len(branches) == 1:
        return
    kept = next(
        (
            first
            for first, last in branches
            if last - first > 1 and not ZERO.match(tokens.matches[first][1])
        ),
        marks[0],
    )
    if all(is_complete(tokens, first + 1, last) for first, last in branches):
        before = marks[0] - 1
        while before >= 0 and tokens.kinds[before] in DIRECTIVES:
            before -= 1
        if LABEL.search(tokens.kinds, max(0, before - 3), before + 1):
            return
    for first, last in branches:
        if first != kept and last - first > 1:
            yield first + 1, last


LABEL = re.compile(rb"[;{}DIEF:][iu]:\Z")


def is_complete(tokens: Tokens, first: int, last: int) -> bool:
    """True if these tokens are statements."""
    return first == last or (
        tokens.kinds[last - 1] in b";}DIEF"
        and is_balanced(tokens.kinds, first, last)
        and tokens.matches[first][1] != b"else"
    )


def hidden(data: bytes, masked: bytes, found: Sequence[Directive]) -> list[Span]:
    """The branches that are blanked in `masked`, in order; `found` are all directives of `data`."""
    spans: list[Span] = []
    for each, following in pairwise(found):
        start = (
            each.span.start
            + len(data[each.span.start : each.span.end])
            - len(data[each.span.start : each.span.end].lstrip())
        )
        if masked[start : start + 2] != b"//" or data[start : start + 1] != b"#":
            continue
        where = Span(each.span.end, following.span.start)
        text = masked[where.start : where.end]
        if text.isspace() and not data[where.start : where.end].isspace():
            spans.append(where)
    return spans
