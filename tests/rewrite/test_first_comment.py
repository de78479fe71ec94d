"""An item is looked at whatever its comments and strings have in them."""

from __future__ import annotations

import pytest

from refactor.rewrite.passes import run
from refactor.rule.smpl.ready import ready

PATCH = """@r@
position p;
identifier s, a;
type T;
@@
(
struct s {
  ...
  T a@p[1];
};
|
f@p(1)
)

@script:python@
p << r.p;
@@
coccilib.report.print_report(p[0], "here")
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("struct s {\n\t/* ; */\n\tint n;\n\tint a[1];\n};\n", [4]),
        ("struct s {\n\t// int b;\n\tint n;\n\tint a[1];\n};\n", [4]),
        ("struct s {\n\t/*\n} ; */\n\tint n;\n\tint a[1];\n};\n", [5]),
        ("int g(void)\n{\n\t/* f(1); */\n\treturn f(1);\n}\n", [4]),
        ('int g(void)\n{\n\tif (h(";"))\n\t\tf(1);\n}\n', [4]),
        ("/* f(1); */\nint g(void)\n{\n\t/* ; */ return f(1); /* ; */ }\n", [4]),
        ("/* f(1); */\nint g;\n", []),
    ],
)
def test_a_semicolon_in_a_comment_ends_nothing(code: str, found: list[int]) -> None:
    program, _ = ready("test.cocci", PATCH, {}, ("report",))
    reports = run(program, "test.c", code.encode(), {}).reports
    assert [int(report.point.line) for _, report in reports] == found
