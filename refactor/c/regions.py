"""Where in a file what kind of rules holds: the regions between its braces.

    int a;                      top
    struct foo {                top
        int a;                  members
        enum { B, C } b;        members, enumerators, members
    };                          members
    struct foo c = {            top
        .b = B,                 data
    };                          data
    int f(void) {               top
        struct foo c = { 1 };   body, data, body
    }                           body

`MACRO(a, b)` in a line of its own is a call without its semicolon in a body, something to be passed
over among members, and an element that brings its comma along in data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.kinds import Tokens

Brace = tuple[str, "Brace"] | None  # the region that the innermost brace opens, and those around


def regions(tokens: Tokens) -> Iterator[tuple[int, int, str]]:
    """Cut `kinds` into the regions "top", "body", "members", "enumerators" and "data", in order,
    each with its first token and the one behind its last.

    An opening brace belongs to what is around it, a closing one to what it closes. All branches of
    a conditional begin with the braces that are open at its `#if`, because either may open one.
    """
    kinds = tokens.kinds
    begin, region = 0, "top"
    braces: Brace = None
    conditionals: list[Brace] = []
    for match in re.finditer(rb"[{}IEF]", kinds):
        kind, at = match[0], match.start()
        if kind == b"{":
            braces = (region_of(tokens, at, region), braces)
        elif kind == b"}":
            braces = braces and braces[1]
        elif kind == b"I":
            conditionals.append(braces)
        elif conditionals:
            if kind == b"E":
                braces = conditionals[-1]
            else:
                conditionals.pop()
        now = braces[0] if braces else "top"
        if now != region:
            yield begin, at + 1, region
            begin, region = at + 1, now
    yield begin, len(kinds), region


def region_of(tokens: Tokens, brace: int, around: str) -> str:
    """What the brace opens: members, enumerators, data of an initializer, or a body."""
    kinds = tokens.kinds
    before = kinds[max(0, brace - 3) : brace]
    if before.endswith((b"s", b"si")):
        word = tokens.text(brace - (2 if before.endswith(b"i") else 1))
        return "enumerators" if word == b"enum" else "members"
    if before.endswith(b"("):
        return "body"  # x = ({ a; b; })
    if before.endswith((b"=", b"si)")) or around == "data" or kinds[brace + 1 : brace + 2] == b".":
        return "data"
    return "body"
