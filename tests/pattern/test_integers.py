"""`int` and `signed` go without saying in a type, and with the word that they belong to."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

SHORT = patch("identifier x;", "- unsigned x;\n+ u32 x;")
FULL = patch("identifier x;", "- unsigned int x;\n+ u32 x;")
LONG = patch("identifier x;", "- long\n+ s64\n  x;")
CAST = patch("expression e;", "- (unsigned int)(e)\n+ (u32)(e)")
WRITTEN = patch("identifier f, x;", "  f(\n- unsigned x\n+ unsigned int x\n  ) { ... }")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(SHORT, "unsigned a;", "u32 a;", id="as it is spelled"),
        pytest.param(SHORT, "unsigned int a;", "u32 a;", id="the file says int"),
        pytest.param(SHORT, "int unsigned a;", "u32 a;", id="the file says int first"),
        pytest.param(SHORT, "const unsigned int a;", "const u32 a;", id="what qualifies stays"),
        pytest.param(SHORT, "unsigned long a;", "unsigned long a;", id="another type"),
        pytest.param(FULL, "unsigned a;", "u32 a;", id="the pattern says int"),
        pytest.param(FULL, "unsigned int a;", "u32 a;", id="both say int"),
        pytest.param(LONG, "signed long int a;", "s64 a;", id="int and signed"),
        pytest.param(LONG, "long a;", "s64 a;", id="neither"),
        pytest.param(CAST, "a = (unsigned)(b);", "a = (u32)(b);", id="a cast"),
        pytest.param(CAST, "a = (unsigned int)(b);", "a = (u32)(b);", id="a cast with int"),
    ],
)
def test_int_goes_along(text: str, before: str, after: str) -> None:
    code = "void f(void)\n{{\n\t{}\n}}\n"
    assert applied(text, code.format(before)) == code.format(after)


def test_what_is_spelled_out_already_is_no_match() -> None:
    code = "int f(unsigned int x)\n{\n}\nint g(unsigned x)\n{\n}\n"
    found = outcome(WRITTEN, code)
    assert found.after.decode() == code.replace("unsigned x", "unsigned int x")
    assert not found.troubles
