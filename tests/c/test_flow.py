"""Which statement can follow which, as pairs of the calls in them."""

from __future__ import annotations

import pytest

from refactor.c.convert import convert_top
from refactor.c.flow import Flow, Point
from refactor.c.syntax import parse


def flow_of(body: str) -> Flow:
    source = parse("a.c", f"int m(void)\n{{\n{body}\n}}\n".encode())
    function = convert_top(source).children[0]
    return Flow(function.children[-1])


def name(point: Point) -> str:
    """A point by its first word besides keywords: `a` for `a();` and for `if (a)`."""
    node = point.node
    if (
        node is None
        or node.kind == "goto"
        or point.kind in ("open", "close", "exit", "directive", "implicit")
    ):
        return ""
    words = [leaf.text.decode() for each in point.own() for leaf in each.leaves()]
    return next((word for word in words if word.isidentifier() and word not in SKIPPED), "")


SKIPPED = {
    *("if", "while", "for", "switch", "case", "return", "default", "do", "else", "break"),
    "continue",
}


def edges(body: str) -> str:
    """All pairs of named points of which the second can follow the first, with `.` for the end."""
    flow = flow_of(body)
    found = set()
    for point in flow.points:
        if not name(point):
            continue
        seen: set[int] = set()
        stack = list(point.next)
        while stack:
            each = stack.pop()
            if id(each) in seen:
                continue
            seen.add(id(each))
            if each.kind == "exit":
                found.add(f"{name(point)}.")
            elif name(each):
                found.add(f"{name(point)}{name(each)}")
            else:
                stack += each.next
    return " ".join(sorted(found))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a(); b();", "ab b."),
        ("if (a) b(); c();", "ab ac bc c."),
        ("if (a) b(); else c(); d();", "ab ac bd cd d."),
        ("if (a) { b(); return; } c();", "ab ac b. c."),
        ("if (a) return b; c();", "ab ac b. c."),
        ("while (a) b(); c();", "ab ac ba c."),
        ("while (a) { if (b) break; c(); } d();", "ab ad bc bd ca d."),
        ("while (a) { if (b) continue; c(); } d();", "ab ad ba bc ca d."),
        ("do a(); while (b); c();", "ab ba bc c."),
        ("do { a(); if (x) continue; b(); } while (0); c();", "ax bc c. xb xc"),
        ("for (a = 0; a < 3; a++) b(); c();", "ab ac ba c."),
        ("for_each_x(a) b(); c();", "ab ac ba c."),
        ("switch (a) { case 1: b(); case 2: c(); break; default: d(); } e();",
         "ab ac ad bc ce de e."),
        ("switch (a) { case 1: b(); break; } c();", "ab ac bc c."),
        ("if (a) goto out; b(); out: c();", "ab aout bout c. outc"),
        ("again: a(); if (b) goto again; c();", "ab againa bagain bc c."),
        ("a(); goto gone;", "a."),
        ("{ a(); } b();", "ab b."),
        ("a();\n#ifdef X\nb();\n#endif\nc();", "ab ac bc c."),
        ("a();\n#ifdef X\nb();\n#else\nc();\n#endif\nd();", "ab ac bd cd d."),
        ("a();\n#if X\nb();\n#elif Y\nc();\n#endif\nd();", "ab ac ad bd cd d."),
        ("", ""),
    ],
)  # fmt: skip
def test_what_follows_what(body: str, expected: str) -> None:
    assert edges(body) == expected


def test_it_is_linear_in_the_function() -> None:
    """Points are as many as statements, and two for the block and one for the return at its end;
    no path is followed to build the graph."""
    flow = flow_of("\n".join(f"if (a{n}) b{n}(); else c{n}();" for n in range(300)))
    assert len(flow.points) == 3 * 300 + 3
    assert sum(len(point.next) for point in flow.points) == 4 * 300 + 3


def test_every_statement_has_an_entry() -> None:
    flow = flow_of("a(); while (b) { c(); { d(); } }")
    calls = [
        node
        for point in flow.points
        for node in ([point.node] if point.node is not None else [])
        if node.kind == "expr_stmt"
    ]
    assert [id(node) in flow.entry_of for node in calls] == [True] * 3
