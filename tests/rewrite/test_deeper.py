"""What dots stand for stands deeper, or less deep, where the code around it does."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

# The pattern, the statements of a function, and what becomes of them.
CASES = {
    "into a block": (
        "- lock(x);\n+ while (guard(x)) {\n  ...\n- unlock(x);\n+ }",
        "\tlock(y);\n\tif (y)\n\t\tg(a,\n\t\t  b);\nout:\n\th();\n\tunlock(y);\n",
        "\twhile (guard(y)) {\n\t\tif (y)\n\t\t\tg(a,\n\t\t\t  b);\nout:\n\t\th();\n\t}\n",
    ),
    "into a block that is added": (
        "  lock(x);\n+ if (x) {\n  ...\n+ }\n  unlock(x);",
        "\tlock(y);\n\tg();\n\n\th();\n\tunlock(y);\n",
        "\tlock(y);\n\tif (y) {\n\t\tg();\n\n\t\th();\n\t}\n\tunlock(y);\n",
    ),
    "into two": (
        "- while (x)\n- {\n+ if (x) {\n+ do {\n  ...\n- }\n+ } while (x);\n+ }",
        "\twhile (y) {\n\t\tg();\n\t}\n",
        "\tif (y) {\n\t\tdo {\n\t\t\tg();\n\t\t} while (y);\n\t}\n",
    ),
    "out of two, into one": (
        "- if (x) {\n-\tif (z) {\n+ if (x && z) {\n\t...\n\t}\n- }",
        "\tif (y) {\n\t\tif (b) {\n\t\t\tg();\n\t\t\th();\n\t\t}\n\t}\n",
        "\tif (y && b) {\n\t\tg();\n\t\th();\n\t}\n",
    ),
    "out of a branch without braces": (
        "- if (x)\n-\tif (z)\n+ if (x && z)\n  { ... }",
        "\tif (y)\n\t\tif (b) {\n\t\t\tg();\n\t\t}\n",
        "\tif (y && b) {\n\t\tg();\n\t}\n",
    ),
    "out of two, before what comes": (
        "- while (x) {\n- if (z) {\n  ...\n- }\n- }\n+ foo();",
        "\twhile (y) {\n\t\tif (b) {\n\t\t\tg();\n\t\t}\n\t}\n",
        "\tg();\n\tfoo();\n",
    ),
    "behind a branch": (
        "- if (x)\n- {\n+ if (!x)\n+\treturn;\n  ...\n- }",
        "\tif (y) {\n\t\tg();\n\t\th();\n\t}\n",
        "\tif (!y)\n\t\treturn;\n\tg();\n\th();\n",
    ),
}


@pytest.mark.parametrize(("body", "before", "after"), CASES.values(), ids=CASES)
def test_indent_of_what_dots_stand_for(body: str, before: str, after: str) -> None:
    code = "void f(int y, int b)\n{{\n{}}}\n"
    made = applied(patch("expression x, z;", body), code.format(before))
    assert made == code.format(after)


def test_what_goes_before_a_brace_leaves_its_line() -> None:
    text = patch("attribute name __my;", "  f(void)\n- __my\n  { ... }")
    assert applied(text, "int f(void) __my\n{\n}\n") == "int f(void)\n{\n}\n"
