"""What comes around an expression that has another form in the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

# What is declared, the expression, one of the file, and whether spatch says so too.
CALLS = [
    ("expression E;", "E == NULL", "NULL == p->q"),
    ("expression E;", "NULL == E", "p == NULL"),
    ("expression *E;", "!E", "p == NULL"),
    ("expression *E;", "!E", "NULL == p"),
    ("expression a, b;", "a < b", "j > i"),
    ("expression a;", "a | OLD", "OLD | i"),
    ("expression a; type T;", "(T)a->q", "p->q"),
    ("expression a; type T;", "(T)a->q", "(int)p->q"),
    ("expression a;", "(a->q)", "p->q"),
    ("expression a;", "(a->q)", "(p->q)"),
    ("expression a;", "a->q", "p[1].q"),
]
CODE = "int f(struct s *p, int i, int j)\n{{\n\ti = {};\n\treturn use({});\n}}\n"


@pytest.mark.parametrize(("names", "pattern", "before"), CALLS)
def test_a_call(names: str, pattern: str, before: str) -> None:
    text = patch(names, f"+ is(\n  {pattern}\n+ )")
    after = f"is({before})"
    assert applied(text, CODE.format(before, before)) == CODE.format(after, after)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("names", "pattern", "before"), CALLS)
def test_spatch_says_the_same(names: str, pattern: str, before: str, tmp_path: Path) -> None:
    text = patch(names, f"+ is(\n  {pattern}\n+ )")
    code = CODE.format(before, before)
    assert applied(text, code) == by_spatch(text, code, tmp_path)


@pytest.mark.parametrize(
    ("names", "pattern", "before", "after"),
    [
        # With an operand that stays, it goes where the operand is.
        ("expression a, b;", "a < b\n+ + 1", "j > i", "j + 1 > i"),
        ("expression a;", "a | OLD\n+ + 1", "OLD | i", "OLD + 1 | i"),
        # There is no place for it: spatch writes `p == NULL + 1`, and `!p + 1`.
        ("expression *E;", "!E\n+ + 1", "p == NULL", "p == NULL"),
        ("expression *E;", "!E\n+ + 1", "!p", "!p + 1"),
        ("expression E;", "E == NULL\n+ + 1", "!p", "!p"),
        # Once, not for the operand too.
        ("expression a; type T;", "(T)a->q\n+ + 1", "(int)p->q", "(int)p->q + 1"),
        ("expression a;", "E == NULL\n+ || a", "p", "p"),
    ],
)
def test_an_operator(names: str, pattern: str, before: str, after: str) -> None:
    code = CODE.format(before, before)
    assert applied(patch(names, f"  {pattern}"), code) == CODE.format(after, after)
