"""A cast to a name in parentheses, before what could also be an operator or arguments."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

BEFORE = """\
#define NONE ((foo_t)-1)
#define WIDE(a) ((foo_t)(a) << 32)
#define LESS(a_t, b) ((a_t) - (b))

foo_t f(struct a *a, foo_t b)
{
	g((foo_t)&a->b, (foo_t)*a);
	return b - (foo_t)-1 * (foo_t)(b)->c[1];
}
"""

AFTER = """\
#define NONE (to_foo(-1))
#define WIDE(a) (to_foo((a)) << 32)
#define LESS(a_t, b) ((a_t) - (b))

foo_t f(struct a *a, foo_t b)
{
	g(to_foo(&a->b), to_foo(*a));
	return b - to_foo(-1) * to_foo((b)->c[1]);
}
"""


def test_casts_are_found_everywhere() -> None:
    text = patch("typedef foo_t;\nexpression e;", "- (foo_t)e\n+ to_foo(e)")
    assert applied(text, BEFORE) == AFTER


def test_casts_are_written() -> None:
    text = patch("expression e;", "- to_foo(e)\n+ (foo_t)e")
    before = "int f(int *a)\n{\n\treturn to_foo(*a) - to_foo(-1);\n}\n"
    assert applied(text, before) == before.replace("to_foo(*a)", "(foo_t)*a").replace(
        "to_foo(-1)", "(foo_t)-1"
    )


@pytest.mark.parametrize("operator", ["&&", "&"])
@pytest.mark.parametrize("left", ["(a)", "(f(a))", "!(f(a, b))", "(f(g(a)))", "(g(*a))"])
def test_parentheses_before_an_operator_are_no_cast(left: str, operator: str) -> None:
    """To the parser `(a) && b == c` is the cast of an address that is compared."""
    text = patch("expression x, y;", "- x == y\n+ eq(x, y)")
    code = "int h(int *a)\n{{\n\treturn {} {} {};\n}}\n"
    found = applied(text, code.format(left, operator, "b->c == d && e"))
    assert found == code.format(left, operator, "eq(b->c, d) && e")


@pytest.mark.parametrize("right", ["b == 5", "\n\t       b->c == 5 && d"])
def test_a_call_that_comes_in_parentheses_is_no_cast(right: str) -> None:
    text = patch("expression x, y;", "- x->flags & y\n+ test(x, y)")
    code = "int h(int *a)\n{{\n\treturn ({}) && {};\n}}\n"
    assert applied(text, code.format("a->flags & A", right)) == code.format("test(a, A)", right)
