"""Declarations, their types and their lists: what becomes of them."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

CHANGED: dict[str, tuple[str, str, str, str]] = {
    "a type with dimensions, and a star": (
        "type T;",
        "  T\n+ *\n  x;",
        "void f(void)\n{\n\tint x[4][N];\n}\n",
        "void f(void)\n{\n\tint (*x)[4][N];\n}\n",
    ),
    "a declaration with dimensions, written anew": (
        "type T; identifier n;",
        "- T n;\n+ T *n;\n+ T q;",
        "void f(void)\n{\n\tchar b[4];\n}\n",
        "void f(void)\n{\n\tchar (*b)[4];\n\tchar q[4];\n}\n",
    ),
    "dimensions go with their type": (
        "type T;",
        "- T\n+ float\n  x;",
        "void f(void)\n{\n\tint x[4];\n}\n",
        "void f(void)\n{\n\tfloat x;\n}\n",
    ),
    "a declaration with dimensions that moves": (
        "type T; identifier x, y;",
        "+ T y;\n  int x;\n- T y;",
        "void f(void)\n{\n\tint a;\n\tlong b[2];\n}\n",
        "void f(void)\n{\n\tlong b[2];\n\tint a;\n}\n",
    ),
}


@pytest.mark.parametrize(("declared", "body", "before", "after"), CHANGED.values(), ids=CHANGED)
def test_declared(declared: str, body: str, before: str, after: str) -> None:
    assert applied(patch(declared, body), before) == after


def test_dimensions_that_cannot_be_written_are_refused() -> None:
    code = "void f(void)\n{\n\tint x[4] = {1};\n}\n"
    found = outcome(patch("type T;", "  T\n+ *\n  x;"), code)
    assert found.after.decode() == code
    assert [each.reason for _, each in found.troubles] == ["array"]
