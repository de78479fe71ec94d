"""One name of several in a declaration: what is written for it keeps what it has."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

CODE = "int k(void)\n{{\n{}\n}}\n"


@pytest.mark.parametrize(
    ("names", "body", "before", "after"),
    [
        # A value would be lost, so the name stays where it is.
        ("identifier x;", "- int\n+ u32\n  x;", "\tint w = 1, *v;", "\tint w = 1, *v;"),
        ("type T; identifier x;", "- T\n+ u32\n  x;", "\tint w = 1, v;", "\tint w = 1;\n\tu32 v;"),
        ("identifier x;", "- int\n+ u32\n  x;", "\tint w = 1;", "\tu32 w = 1;"),
        ("identifier x;", "- int\n+ u32\n  x;", "\tint v, w;", "\tu32 v, w;"),
        # A choice of types goes with all the names, or with one of them.
        ("identifier x;", "- \\( int \\| long \\) x;\n+ none();", "\tlong v;", "\tnone();"),
        ("", "- \\( int \\| long \\) x;", "\tint v, x;\n\tlong x, w;", "\tint v;\n\tlong w;"),
        (
            "identifier x;",
            "- \\( int \\| long \\) x;",
            "\tg();\n\tint v, w;\n\tf();",
            "\tg();\n\tf();",
        ),
        ("identifier x, y;", "- \\( int \\| long \\) x, y;", "\tg();\n\tlong v, w;", "\tg();"),
    ],
)
def test_a_name(names: str, body: str, before: str, after: str) -> None:
    assert applied(patch(names, body), CODE.format(before)) == CODE.format(after)
