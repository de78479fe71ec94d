"""Matches that share a part: the larger ones are made, and what is in their holes."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

MEMBERS = patch("expression e; identifier f, g;", "- e->f->g\n+ get(e, f, g)")
SUMS = patch("expression e;", "- e + OLD + 1\n+ get(e)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a->b->c", "get(a, b, c)"),
        ("a->b->c->d", "get(a->b, c, d)"),
        ("a->b->c->d->e", "get(get(a, b, c), d, e)"),
        ("a->b->c->d->e->f", "get(get(a->b, c, d), e, f)"),
        ("a->b->c->d->e->f->g", "get(get(get(a, b, c), d, e), f, g)"),
        ("f(a->b->c->d->e)->g->h", "get(f(get(get(a, b, c), d, e)), g, h)"),
    ],
)
def test_members(before: str, after: str) -> None:
    code = "int k(void)\n{{\n\treturn {};\n}}\n"
    assert applied(MEMBERS, code.format(before)) == code.format(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a + OLD + 1", "get(a)"),
        ("a + OLD + 1 + OLD + 1", "get(get(a))"),
        ("a + OLD + 1 + OLD + 1 + OLD + 1", "get(get(get(a)))"),
    ],
)
def test_sums(before: str, after: str) -> None:
    code = "int k(void)\n{{\n\treturn {};\n}}\n"
    assert applied(SUMS, code.format(before)) == code.format(after)


def test_what_closes_stands_beside_what_it_closes() -> None:
    text = patch("expression x;", "- x\n+ g(x)\n  + OLD")
    code = "int k(void)\n{{\n\treturn {} + OLD;\n}}\n"
    assert applied(text, code.format("a")) == code.format("g(a)")
