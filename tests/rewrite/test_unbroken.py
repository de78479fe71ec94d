"""What one rule has done and another one has undone leaves no trace in the lines."""

from __future__ import annotations

import pytest

from refactor.rewrite.unbroken import as_they_were
from tests.smpl import applied

MARKS = """@@
expression x;
@@
- tell(x,
+ tell(A_LONG_MARK(x),
  ...)

@@
@@
- changed
+ other

@@
expression x;
@@
- A_LONG_MARK(x)
+ x
"""
CALL = "\t\t\ttell(device_of_it, the_first_argument, the_second_argument, {});\n"
CODE = "void f(void)\n{{\n\tfor (;;) {{\n\t\tif (x) {{\n{}\t\t}}\n\t}}\n}}\n"


def test_a_line_is_whole_again() -> None:
    code = CODE.format(CALL.format("a"))
    assert applied(MARKS, code) == code


def test_a_line_that_has_changed_is_not() -> None:
    code = CODE.format(CALL.format("changed"))
    after = applied(MARKS, code)
    assert after.replace("\n\t\t\t     ", " ") == code.replace("changed", "other")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("\tf(a, b);\n", "\tf(a,\n\t  b);\n", "\tf(a, b);\n"),
        ("\tf(a, b);\n", "\t\tf(a, b);\n", "\t\tf(a, b);\n"),
        ("\tf(a - -b);\n", "\tf(a --b);\n", "\tf(a --b);\n"),
        ("\tf(a b);\n", "\tf(ab);\n", "\tf(ab);\n"),
        ('\tf("a b");\n', '\tf("ab");\n', '\tf("ab");\n'),
        ("#define f (x)\n", "#define f(x)\n", "#define f(x)\n"),
        ("\tf(a,\n\t  b);\n\tg();\n", "\tf(a, b);\n\th();\n", "\tf(a, b);\n\th();\n"),
    ],
)
def test_lines_that_differ_by_white_space(before: str, after: str, expected: str) -> None:
    assert as_they_were(before.encode(), after.encode()).decode() == expected
