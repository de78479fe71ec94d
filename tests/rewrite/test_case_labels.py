"""Labels of a `switch` that come: they are as deep as that is, and the code behind is deeper."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, rule

NEW = "+ case NEW:\n+ \tg();\n+ \tbreak;\n"


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        pytest.param(
            "- f(E);\n+ switch (E) {\n+ case 1:\n+ \tg();\n+ \tbreak;\n+ default:\n+ \tbreak;\n+ }",
            "if (y)\n\tf(x);",
            "if (y)\n\tswitch (x) {\n\tcase 1:\n\t\tg();\n\t\tbreak;\n\tdefault:\n\t\tbreak;\n\t}",
            id="with their switch",
        ),
        pytest.param(
            "  switch (E) {\n  case OLD: ...\n" + NEW + "  }",
            "switch (x) {\ncase OLD:\n\tf(x);\n\tbreak;\n}",
            "switch (x) {\ncase OLD:\n\tf(x);\n\tbreak;\ncase NEW:\n\tg();\n\tbreak;\n}",
            id="behind the last one",
        ),
        pytest.param(
            NEW + "  default:",
            "switch (x) {\ncase OLD:\n\tbreak;\ndefault:\n\tf(x);\n}",
            "switch (x) {\ncase OLD:\n\tbreak;\ncase NEW:\n\tg();\n\tbreak;\ndefault:\n\tf(x);\n}",
            id="before another one",
        ),
        pytest.param(
            "  case OLD:\n+ case NEW:\n  f(E);",
            "switch (x) {\ncase OLD:\n\tf(x);\n}",
            "switch (x) {\ncase OLD:\ncase NEW:\n\tf(x);\n}",
            id="one more for the same code",
        ),
        pytest.param(
            "  case OLD:\n- f(E);\n+ g();\n+ break;\n+ case NEW:\n+ f(E);",
            "switch (x) {\ncase OLD:\n\tf(x);\n}",
            "switch (x) {\ncase OLD:\n\tg();\n\tbreak;\ncase NEW:\n\tf(x);\n}",
            id="between statements",
        ),
        pytest.param(
            "+ fallthrough;\n  case NEW:",
            "switch (x) {\ncase OLD:\n\tf(x);\ncase NEW:\n\tbreak;\n}",
            "switch (x) {\ncase OLD:\n\tf(x);\n\tfallthrough;\ncase NEW:\n\tbreak;\n}",
            id="a statement before one",
        ),
    ],
)
def test_labels_that_come(body: str, before: str, after: str) -> None:
    check(rule("expression E;", body), in_function(before), in_function(after))


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        pytest.param(
            "- X = X + E\n+ X += E", "x->n = x->n +\n       y * 2;", "x->n += y * 2;", id="="
        ),
        pytest.param("- OLD | E\n+ E", "x = OLD |\n    y;", "x = y;", id="an operand"),
        pytest.param("- OLD | E\n+ E", "f(x, OLD |\n     y);", "f(x, y);", id="in a call"),
        pytest.param(
            "- OLD | E\n+ E",
            "x =\n\tOLD |\n\ty;",
            "x =\n\ty;",
            id="that has a line",
        ),
    ],
)
def test_lines_broken_behind_an_operator_that_goes(body: str, before: str, after: str) -> None:
    check(rule("expression X, E;", body), in_function(before), in_function(after))
