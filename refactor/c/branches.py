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
configuration has all of it, and the parser is shown all of it nevertheless, because a match may be
in each of the branches. So what is between two of them has to make one statement of both, and is
written over the `#` of the `#else`, or over what ends the first one (`refactor.c.seams`):

    x =                 x =                 if (a) {            if (a)
    #ifdef B            //fdef B            #else               //lse
        b                   b               if (c) {            if (c) {
    #else               +//se               #endif              //ndif
        c                   c                   x();                x();
    #endif              //ndif              }                   }
        ;                   ;

Where no such seam is known, the conditional stays what the parser does not understand.

What another configuration would match has to be refused where it is a statement with such a
directive in it (`refactor.rewrite.explain`), and such a statement changes only where all of the
change is in one branch (`refactor.rewrite.between`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.kinds import Tokens
from refactor.c.seams import LABEL, NEAR, NOTHING, innermost, is_list, seams

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
    before: int = -1
    """The last token of code in front of it, if it is inside of a statement."""


def merge(tokens: Tokens) -> None:
    """Make comments of the directives of such conditionals, and drop their tokens."""
    if b"I" not in tokens.kinds:
        return
    gone: set[int] = set()
    written: dict[int, int] = {}
    for each in inside_of_statements(tokens):
        if len(each.directives) == 2:
            gone.update(each.directives)
        elif all(can_be_comment(tokens, at) for at in each.directives):
            found = seams(tokens, each.directives, each.before)
            if found is not None:
                gone.update(each.directives)
                written.update(found)
    if gone:
        write(tokens, gone, written)


def write(tokens: Tokens, gone: set[int], written: dict[int, int]) -> None:
    """Make comments of the directives that go, and write over tokens what joins the branches."""
    kinds = bytearray(tokens.kinds)
    dropped = []
    for at in sorted(gone.union(written)):
        kind = written.get(at, NOTHING)
        begin = tokens.start(at)
        if at in gone:
            comment(tokens, at, 1 if kind else 0)
        if kind:
            kinds[at] = kind
            tokens.buffer[begin] = ord("+") if kind == ord("o") else kind
        else:
            dropped.append(at)
            if at not in gone:
                tokens.buffer[begin] = ord(" ")
    tokens.drop(kinds, dropped)


def comment(tokens: Tokens, index: int, skipped: int = 0) -> None:
    """Make a comment of a directive, if it can be one, behind its first `skipped` bytes."""
    if can_be_comment(tokens, index):
        begin = tokens.start(index) + skipped
        tokens.buffer[begin : begin + 2] = b"//"


def can_be_comment(tokens: Tokens, index: int) -> bool:
    """False for a directive with a comment that goes on in the next line."""
    begin, end = tokens.span(index)
    return end - begin > 1 and not COMMENT_OVER_LINES.search(tokens.buffer, begin, end)


COMMENT_OVER_LINES = re.compile(rb"/\*[^*]*\n")


def inside_of_statements(tokens: Tokens) -> Iterator[Conditional]:
    """The conditionals of which a directive stands where the parser has no place for it."""
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
            if now.is_inside:
                now.before = before[now.directives[0]]
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
    is_else = behind_kind == b"e" and tokens.text(behind) == b"else"
    if before_kind in (b"", b"{", b";"):
        return depth > 0 and before_kind == b";" and is_else
    if depth <= 0:
        return before_kind in (b"=", b"o", b"L") or behind_kind in (b"=", b"o")
    if before_kind == b"}":
        return is_else or behind_kind in (b",", b")", b"]")
    if before_kind == b":":
        return not LABEL.search(kinds, max(0, before - 60), before + 1)
    if before_kind == b",":
        return not is_list(kinds, before)
    if before_kind == b")":
        return not is_macro(kinds, before)
    return True


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
