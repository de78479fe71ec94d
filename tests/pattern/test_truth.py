"""Tests of ints that are tested: `E` is `E != 0`, as far as the pattern tells that it is an int."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

BODY = """\tif (q->x + u != 0)
\t\thit();
\tif (0 != q->x + u)
\t\thit();
\tif (q->x + u)
\t\thit();
\tif (q->x + u != NULL)
\t\thit();
\tif (q->x << u != 0)
\t\thit();
\tif (-q->x != 0)
\t\thit();
\tif (i != 0)
\t\thit();
\tif (i)
\t\thit();
\tif (!i)
\t\thit();
\tif (!(q->x + u))
\t\thit();
\tif (q->x + u == 0)
\t\thit();
\tif (q + 1 != NULL)
\t\thit();
\tif (*p != 0)
\t\thit();
\tif (sizeof(i) != 0)
\t\thit();
\tif ((int)l != 0)
\t\thit();
\tif (-1 != 0)
\t\thit();
\tif (q->x > u != 0)
\t\thit();
"""
# Declarations, what is tested in the pattern, and the numbers of the tests that are meant.
CASES = [
    ("expression x, y;", "x + y", [1, 2, 3]),
    ("expression x; unsigned int y;", "x + y", [3]),
    ("expression *x;", "x + 1", [12]),
    ("expression x, y;", "x << y", [5]),
    ("expression x, y;", "x > y", []),
    ("expression x;", "-x", []),
    ("int x;", "-x", [16]),
    ("expression x, y;", "!(x + y)", [10, 11]),
    ("int *x;", "*x", [13]),
    ("expression x;", "sizeof(x)", [14]),
    ("expression x;", "(int)x", [15]),
    ("expression x;", "(long)x", []),
    ("identifier x;", "x", [8]),
]


def code() -> str:
    return f"void f(int i, int *p, struct foo *q, unsigned u, long l)\n{{\n{BODY}}}\n"


def text(names: str, tested: str) -> str:
    return patch(names, f"  if ({tested})\n- hit();\n+ took();")


def taken(after: str) -> list[int]:
    """The numbers of the tests whose branch has been rewritten."""
    calls = [line.strip() for line in after.splitlines() if line.strip() in ("hit();", "took();")]
    return [number for number, call in enumerate(calls, 1) if call == "took();"]


@pytest.mark.parametrize(("names", "tested", "expected"), CASES)
def test_what_is_compared_with_nothing(names: str, tested: str, expected: list[int]) -> None:
    assert taken(applied(text(names, tested), code())) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("names", "tested", "expected"), CASES)
def test_spatch_says_the_same(names: str, tested: str, expected: list[int], tmp_path: Path) -> None:
    assert taken(by_spatch(text(names, tested), code(), tmp_path)) == expected


@pytest.mark.parametrize(
    ("tested", "before", "after"),
    [
        ("\n- x + y\n+ took\n  ", "if (i + 1 != 0)", "if (took)"),
        ("\n  x\n- + y\n  ", "if (i + 1 != 0)", "if (i != 0)"),
        ("\n- (x)\n+ x\n  + y", "if ((i) + 1 != 0)", "if (i + 1 != 0)"),
        # Behind `x + y` would be inside of the comparison.
        ("x + y\n+ && x\n  ", "if (i + 1 != 0)", "if (i + 1 != 0)"),
    ],
)
def test_the_edit_is_of_the_test_or_of_what_is_tested(tested: str, before: str, after: str) -> None:
    rule = patch("expression x, y;\nstatement S;", f"  if ({tested}) S")
    wrap = "void f(int i)\n{{\n\t{}\n\t\thit();\n}}\n"
    assert applied(rule, wrap.format(before)) == wrap.format(after)


def test_it_can_be_disabled() -> None:
    rule = patch("expression x, y;\nstatement S;", "- if (x + y) S", "disable not_int2")
    before = "void f(int i)\n{\n\tif (i + 1 != 0)\n\t\thit();\n}\n"
    assert applied(rule, before) == before


BESIDE = {
    ("E == NULL", "if (!p)"): "if (is(!p))",
    ("E == NULL", "if (p == NULL)"): "if (is(p == NULL))",
    ("E == NULL", "x = !p->q || a;"): "x = is(!p->q) || a;",
    ("NULL == E", "if (!p)"): "if (is(!p))",
    ("E != NULL", "if (p)"): "if (is(p))",
    ("NULL != E", "while (p->q)"): "while (is(p->q))",
    ("E != NULL", "x = p != NULL ? 1 : 2;"): "x = is(p != NULL) ? 1 : 2;",
    ("q(p) == NULL", "if (!q(p))"): "if (is(!q(p)))",
}


@pytest.mark.parametrize(
    ("test", "before", "after"), [(*key, text) for key, text in BESIDE.items()]
)
def test_what_comes_around_a_test_comes_around_its_other_form(
    test: str, before: str, after: str
) -> None:
    head, foot = "void f(struct s *p)\n{\n\t", "\n\t\t;\n}\n"
    text = patch("expression E;", f"+ is(\n  {test}\n+ )")
    assert applied(text, head + before + foot) == head + after + foot
