"""Declarations of several names of which a match is about one, or about each."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

NAMES = "typedef u16;\nidentifier x;\ntype T;\nconstant C;"
SHORT = "- unsigned short x;\n+ u16 x;"

# A pattern, declarations, and what they are afterwards.
CASES = {
    "all": (SHORT, "unsigned short a, b;", "u16 a, b;"),
    "all, with a storage class": (
        "- static unsigned short x;\n+ static u16 x;",
        "static unsigned short a, b;",
        "static u16 a, b;",
    ),
    "a comment behind it": (SHORT, "unsigned short a, b; /* c */", "u16 a, b; /* c */"),
    "names in a column": (SHORT, "unsigned short\ta, b;", "u16\t\ta, b;"),
    "each by itself": ("- int x;\n++ u16 x;", "int a, b;", "u16 a;\n\tu16 b;"),
    "one of two": (SHORT, "unsigned short a, *b;", "unsigned short *b;\n\tu16 a;"),
    "names on lines of their own": (
        SHORT,
        "unsigned short a,\n\t\t       b;",
        "u16 a;\n\tu16 b;",
    ),
    "a qualifier that goes": ("- volatile int x;\n+ int x;", "int volatile a, b;", "int a, b;"),
    "a value": (
        "- T x = {0};\n+ T x = {};",
        "struct s a = {0}, b = {0};",
        "struct s a = {}, b = {};",
    ),
    "one value of two": (
        "- T x = {0};\n+ T x = {};",
        "struct s a = {0}, b;",
        "struct s a = {}, b;",
    ),
}


@pytest.mark.parametrize(("pattern", "before", "after"), CASES.values(), ids=CASES)
def test_names_of_one_declaration(pattern: str, before: str, after: str) -> None:
    code = "void f(void)\n{{\n\t{0}\n\n\tg();\n}}\n"
    assert applied(patch(NAMES, pattern), code.format(before)) == code.format(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("unsigned int a : 1, b : 4;", "u32 a : 1, b : 4;"),
        ("unsigned int a : 1;", "u32 a : 1;"),
        ("unsigned int\ta : 1, b : 4;\t/* c */", "u32\t\ta : 1, b : 4;\t/* c */"),
    ],
)
def test_bit_fields(before: str, after: str) -> None:
    pattern = "  struct s {\n  ...\n- unsigned int x : C;\n+ u32 x : C;\n  ...\n  };"
    text = patch(f"{NAMES}\ntypedef u32;", pattern)
    code = "struct s {{\n\tint n;\n\t{0}\n}};\n"
    assert applied(text, code.format(before)) == code.format(after)


@pytest.mark.parametrize(
    "names", ["a, /* a */ b", "a /* a */, b", "a, /* b */ *b", "*b, /* a */ a"]
)
def test_a_comment_between_names_is_not_lost(names: str) -> None:
    code = f"void f(void)\n{{\n\tunsigned short {names};\n\n\tg();\n}}\n"
    found = outcome(patch(NAMES, SHORT), code)
    assert found.after.decode() == code
    assert {reason.reason for _, reason in found.troubles} == {"comment"}
