"""Names: what a hole for an identifier is, and names that a rule makes."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("struct i { int a; };\n", "struct x { int x; };\n", id="tags and members"),
        pytest.param("typedef struct i t;\n", "typedef struct x t;\n", id="no typedef"),
        pytest.param("int f(t a) { return a; }\n", "int x(t x) { return x; }\n", id="no type"),
        pytest.param("int a = sizeof(int);\n", "int x = sizeof(int);\n", id="no word of a type"),
    ],
)
def test_an_identifier_is_no_type(before: str, after: str) -> None:
    assert applied(patch("identifier i;", "- i\n+ x", "identifier"), before) == after


def test_a_name_that_is_made_is_no_other_name() -> None:
    """`int a; int b;` is not what the rule makes of `int a;`, because b is not a_copy."""
    text = patch('type T;\nidentifier i;\nfresh identifier n = i ## "_copy";', "T i;\n+ T n;")
    before = "void m(void)\n{\n\tint a;\n\tint b;\n}\n"
    once = "void m(void)\n{\n\tint a;\n\tint a_copy;\n\tint b;\n\tint b_copy;\n}\n"
    assert applied(text, before) == once


def test_the_statement_around_a_match_is_known_whole() -> None:
    rules = patch("statement S;", "f()@S", "r") + patch("statement r.S;", "+ g();\nS")
    before = "void m(void)\n{\n\tif (f()) {\n\t\ta();\n\t\tb();\n\t}\n}\n"
    assert applied(rules, before) == before.replace("\tif", "\tg();\n\tif", 1)


ATTACHED = {
    "a name, in a call": ("identifier", "set(x@n, 1)", "set(z, 1);", "z"),
    "a name that is assigned to": ("identifier", "x@n = 1;", "z = 1;", "z"),
    "an expression": ("expression", "set(x@n, 1)", "set(a->b, 1);", "a->b"),
    "no name": ("identifier", "set(x@n, 1)", "set(a->b, 1);", None),
    "the expression around an operator": ("expression", "x =@n 1", "z = 1;", "z = 1"),
    "the expression around a bracket": ("expression", "set(x, 1)@n", "set(z, 1);", "set(z, 1)"),
}


@pytest.mark.parametrize(
    ("sort", "pattern", "code", "named"), ATTACHED.values(), ids=ATTACHED.keys()
)
def test_a_name_that_is_attached(sort: str, pattern: str, code: str, named: str | None) -> None:
    """Behind a hole it is a name for what the hole stands for."""
    text = f"@r@\nexpression x;\n{sort} n;\n@@\n  {pattern}\n\n@@\n{sort} r.n;\n@@\n- keep(n);\n"
    before = f"void f(void)\n{{\n\t{code}\n\tkeep({named or 'a->b'});\n\tkeep(other);\n}}\n"
    after = before.replace(f"\tkeep({named});\n", "")
    assert applied(text, before) == after


def test_a_number_has_no_identifier_attached() -> None:
    text = patch("constant c;\nidentifier i;", "- f(c@i)\n+ g(c)")
    assert applied(text, "int m(void)\n{\n\tf(1);\n\tf(A);\n}\n") == (
        "int m(void)\n{\n\tf(1);\n\tg(A);\n}\n"
    )


@pytest.mark.parametrize("argument", ["int", "void", "unsigned long", "struct s *", "char *"])
def test_a_type_is_no_expression(argument: str) -> None:
    """As an argument of a macro; a name may be one or the other. So says spatch 1.1.1."""
    code = f"void g(void)\n{{\n\tf({argument});\n\tf(foo_t);\n}}\n"
    found = applied(patch("expression e;", "- f(e)\n+ h(e)"), code)
    assert found == code.replace("f(foo_t)", "h(foo_t)")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("int a[] = { [OLD] = 1, [1 ... OLD] = 2 };", "int a[] = { [NEW] = 1, [1 ... NEW] = 2 };"),
        ("enum e { OLD, B = OLD };", "enum e { OLD, B = NEW };"),
        ("struct s a = { .OLD = OLD, OLD: 1 };", "struct s a = { .OLD = NEW, OLD: 1 };"),
    ],
)
def test_a_name_is_a_value_in_brackets_and_behind_an_enumerator(code: str, expected: str) -> None:
    assert applied(patch("", "- OLD\n+ NEW"), code) == expected


def test_a_type_is_all_of_the_text_of_a_macro() -> None:
    rule = patch("typedef old_t, new_t;", "- old_t\n+ new_t")
    code = "#define T old_t\nold_t x;\n"
    assert applied(rule, code) == code.replace("old_t", "new_t")
