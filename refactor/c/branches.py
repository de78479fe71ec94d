"""Conditionals that begin or end in the middle of a statement, for a parser that knows none there.

The parser has a place for a conditional between statements, members and items: `#if`, what it
encloses, `#endif`. Everywhere else its directives are made comments, `//f A`, so that what they
enclose is read as if the condition held:

    x = a               x = a
    #ifdef B            //fdef B
        + b                 + b
    #endif              //ndif
        ;                   ;

That is what one configuration compiles, and all of the code: nothing is hidden. With an `#else` no
configuration has all of it, so such a conditional stays what the parser does not understand.

What another configuration would match has to be refused where it is a statement with such a
directive in it (`refactor.rewrite.explain`), and such a statement changes only where all of the
change is in one branch (`refactor.rewrite.between`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.kinds import Tokens

NEAR = 400
"""How many tokens are looked at to find the parenthesis or brace around a directive."""

CONDITIONAL = re.compile(rb"[IEF]")
CODE = re.compile(rb"[^DIEF]")
NO_BRACES = bytes(sorted(set(range(256)) - set(b"{}")))


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
    gone = sorted(at for each in inside_of_statements(tokens) for at in each.directives)
    kept, last = [], 0
    for at in gone:
        comment(tokens, at)
        kept.append(slice(last, at))
        last = at + 1
    if gone:
        kept.append(slice(last, None))
        tokens.kinds = b"".join([tokens.kinds[part] for part in kept])
        tokens.matches = [match for part in kept for match in tokens.matches[part]]


def comment(tokens: Tokens, index: int) -> None:
    """Make a comment of a directive, if it can be one."""
    begin, end = tokens.matches[index].span(1)
    if end - begin > 1 and not COMMENT_OVER_LINES.search(tokens.buffer, begin, end):
        tokens.buffer[begin : begin + 2] = b"//"


COMMENT_OVER_LINES = re.compile(rb"/\*[^*]*\n")


def inside_of_statements(tokens: Tokens) -> Iterator[Conditional]:
    """The conditionals without #else of which a directive stands where the parser has no place."""
    kinds = tokens.kinds
    opened: list[Conditional] = []
    before: dict[int, int] = {}  # a directive, and the last token of code in front of it
    depth = position = behind = 0
    for match in CONDITIONAL.finditer(kinds):
        at = match.start()
        before[at] = code_before(kinds, at, before)
        if at >= behind:
            code = CODE.search(kinds, at)
            behind = code.start() if code else len(kinds)
        inner = kinds[position:at].translate(None, NO_BRACES)
        depth += inner.count(b"{") - inner.count(b"}")
        position = at + 1
        if match[0] == b"I":
            opened.append(Conditional([at], depth))
        elif not opened:
            continue
        else:
            now = opened[-1]
            now.is_inside |= now.depth > 0 and not is_balanced(kinds, now.directives[-1] + 1, at)
            now.directives.append(at)
            if match[0] == b"E" or now.depth <= 0:
                depth = now.depth
        now = opened[-1]
        now.is_inside |= is_inside(tokens, before[at], behind, now.depth)
        if match[0] == b"E":
            before[at] = before[now.directives[0]]  # a branch begins where the first one begins
        if match[0] == b"F":
            opened.pop()
            if now.is_inside and len(now.directives) == 2:
                yield now


def code_before(kinds: bytes, at: int, before: dict[int, int]) -> int:
    """The last token in front of a directive that is none, or -1."""
    last = at - 1
    while last >= 0 and kinds[last] == ord("D"):
        last -= 1
    return before.get(last, last)


def is_balanced(kinds: bytes, first: int, last: int) -> bool:
    """True if the braces between two tokens are in pairs."""
    depth = 0
    for brace in kinds[first:last].translate(None, NO_BRACES):
        depth += 1 if brace == ord("{") else -1
        if depth < 0:
            return False
    return depth == 0


def is_inside(tokens: Tokens, before: int, behind: int, depth: int) -> bool:
    """True if a directive stands in the middle of a statement, by the code on its two sides."""
    kinds = tokens.kinds
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
        return not LABEL.search(kinds, max(0, before - 60), before + 1)
    if before_kind == b",":
        return not is_list(kinds, before)
    if before_kind == b")":
        return not is_macro(kinds, before)
    return True


LABEL = re.compile(rb"(?:K[^;{}:]*+|k|[;{}DIEF:][iu]):\Z")  # case A: and default: and out:


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
