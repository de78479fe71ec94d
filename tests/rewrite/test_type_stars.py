"""The star of a type that a hole stands for stands at what is declared, as the kernel has it."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

CASES = {
    "a declaration": ("T x;", "struct a *y;", "struct a y;"),
    "one star more": ("T *x;", "struct a **y;", "struct a *y;"),
    "a cast": ("x = (T *)get();", "y = (struct a **)get();", "y = (struct a *)get();"),
    "a cast of the same": ("x = (T)get();", "y = (struct a *)get();", "y = (struct a)get();"),
}


@pytest.mark.parametrize(("added", "starred", "plain"), CASES.values(), ids=CASES.keys())
def test_stars_of_a_type(added: str, starred: str, plain: str) -> None:
    text = patch("type T;\nidentifier x;", f"- old(T, x);\n+ {added}")
    before = "void f(void)\n{\n\told(struct a *, y);\n\told(struct a, y);\n}\n"
    assert applied(text, before) == f"void f(void)\n{{\n\t{starred}\n\t{plain}\n}}\n"
