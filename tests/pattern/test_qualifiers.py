"""A qualifier before a type that a hole stands for: `const T`."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

DECLARED = "type T;\nidentifier x, f;"

# The rule, the code, and what becomes of it; nothing where it is none of the rule's.
CASES = {
    "it goes from a variable": ("- const T x;\n+ T x;", "const int a;", "int a;"),
    "it goes from behind the type": ("- const T x;\n+ T x;", "struct s const a;", "struct s a;"),
    "it goes by itself": ("- const\n  T *x;", "const char *a;", "char *a;"),
    "storage stays": ("- const T x;\n+ T x;", "static const foo_t a;", "static foo_t a;"),
    "it goes from what is pointed to": ("- const T *x;\n+ T *x;", "const u8 *a;", "u8 *a;"),
    "it has to be there": ("- const T x;", "int a;", None),
    "it has to be that one": ("- volatile T x;", "const int a;", None),
    "it has to be there behind a star": ("- const T *x;", "char *const a;", None),
    "a pointer is not const": ("- const T x;\n+ T x;", "const char *a;", None),
    "nor what points to one": ("- const T *x;\n+ T *x;", "const char **a;", None),
    "it comes": ("- T *x;\n+ const T *x;", "struct s *a;", "const struct s *a;"),
    "it comes once": ("- T *x;\n+ const T *x;", "const struct s *a;", None),
    "it goes from a cast": ("- (const T *)f\n+ (T *)f", "g((const u8 *)a);", "g((u8 *)a);"),
    "a cast without it": ("- (const T *)f\n+ (T *)f", "g((u8 *)a);", None),
}


@pytest.mark.parametrize(("body", "before", "after"), CASES.values(), ids=CASES)
def test_qualifier(body: str, before: str, after: str | None) -> None:
    code = "void k(void)\n{{\n\t{}\n}}\n"
    made = applied(patch(DECLARED, body), code.format(before))
    assert made == code.format(before if after is None else after)


def test_qualifier_of_a_parameter_goes_with_that_of_its_prototype() -> None:
    text = patch(DECLARED, "int f(\n- const T *x\n+ T *x\n  ) { ... }")
    before = "int g(const char *a);\nint g(const char *a)\n{\n\treturn 0;\n}\n"
    assert applied(text, before) == before.replace("const ", "")
