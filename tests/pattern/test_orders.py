"""Operands that an isomorphism swaps where the rest of the pattern fits only then, as on spatch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

BODY = "void m(int n)\n{{\n\t{}\n}}\n"

# A pattern, a statement, and what becomes of it: nothing, if it is left out.
CASES = {
    "another operand": ("- (x & y) == y\n+ has(x, y)", "f((F & s) == F);", "f(has(s, F));"),
    "another argument": ("- f(x * y, x)\n+ g(x, y)", "f(a * b * c, c);", "g(c, a * b);"),
    "as they stand": ("- f(x * y, x)\n+ g(x, y)", "f(a * b, a);", "g(a, b);"),
    "either, the first one": ("- f(x * y, x + y)\n+ g(x, y)", "f(a * b, a + b);", "g(a, b);"),
    "both swapped": ("- f(x * y, x + y, y)\n+ g(x, y)", "f(a * b, a + b, a);", "g(b, a);"),
    "neither": ("- f(x * y, x)\n+ g(x, y)", "f(a * b, c);", ""),
    "what stays": ("  f(x & y,\n- x\n+ h(x)\n  )", "f(a & b, b);", "f(a & b, h(b));"),
    "a statement behind": (
        "  z = x * y;\n- f(x, z);\n+ g(x, y);",
        "c = a * b;\n\tf(b, c);",
        "c = a * b;\n\tg(b, a);",
    ),
    "a test": (
        "  if (x & y) {\n- f(x);\n+ g(x, y);\n  ... }",
        "if (a & b) {\n\t\tf(b);\n\t\th();\n\t}",
        "if (a & b) {\n\t\tg(b, a);\n\t\th();\n\t}",
    ),
    "a constant before": (
        "  if (x == C) {\n- f(x);\n+ g(x);\n  ... }",
        "if (1 == a) {\n\t\tf(a);\n\t\th();\n\t}",
        "if (1 == a) {\n\t\tg(a);\n\t\th();\n\t}",
    ),
    "either of two constants": (
        "  if (x == C) {\n- f(x);\n+ g(x);\n  ... }",
        "if (A == B) {\n\t\tf(B);\n\t\th();\n\t}",
        "if (A == B) {\n\t\tg(B);\n\t\th();\n\t}",
    ),
    "different things are changed": (
        "  f(x * y);\n  ...\n- g(x);\n+ h(x, y);",
        "f(a * b);\n\tg(a);\n\tg(b);",
        "f(a * b);\n\th(a, b);\n\th(b, a);",
    ),
}

# What only the plus code speaks of is no reason to swap: spatch finds two edits of one place.
FIRST = {
    "an expression": ("- x * y\n+ f(x, y)", "n = a * b;", "n = f(a, b);"),
    "a statement": ("  f(x * y);\n+ g(x);", "f(a * b);", "f(a * b);\n\tg(a);"),
}

NAMES = "expression x, y, z;\nconstant C;"


@pytest.mark.parametrize(
    ("pattern", "before", "after"), [*CASES.values(), *FIRST.values()], ids=[*CASES, *FIRST]
)
def test_the_order_in_which_all_fits(pattern: str, before: str, after: str) -> None:
    found = applied(patch(NAMES, pattern), BODY.format(before))
    assert found == BODY.format(after or before)


@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("pattern", "before", "after"), CASES.values(), ids=CASES)
def test_spatch_says_the_same(pattern: str, before: str, after: str, tmp_path: Path) -> None:
    found = by_spatch(patch(NAMES, pattern), BODY.format(before), tmp_path)
    assert found == BODY.format(after or before)


def test_a_later_rule_takes_both() -> None:
    rules = patch(NAMES, "  f(x * y);", "r") + patch("expression r.x;", "- g(x);\n+ h(x);")
    code = BODY.format("f(a * b);\n\tg(a);\n\tg(b);\n\tg(c);")
    assert applied(rules, code) == code.replace("g(a)", "h(a)").replace("g(b)", "h(b)")


@pytest.mark.parametrize("size", ["p", "p->x", "*p", "p[0]", "(p)"])
def test_a_size_without_parentheses_gets_them_where_it_moves(size: str) -> None:
    text = patch("expression x, y;", "- f(x * sizeof(y))\n+ g(x, sizeof(y))")
    bare = size.strip("()")
    found = applied(text, BODY.format(f"f(n * sizeof {size});"))
    assert found.replace("sizeof (", "sizeof(") == BODY.format(f"g(n, sizeof({bare}));")
