"""Dots before anything else: from the beginning of a function on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

BODIES = [
    "free(a);",
    "g(a);\n\tfree(a);",
    "unreg(a);\n\tfree(a);",
    "unreg(b);\n\tfree(a);",
    "if (x) {\n\t\tunreg(a);\n\t}\n\tfree(a);",
    "if (x) {\n\t\tfree(a);\n\t}",
    "if (x) {\n\t\tfree(a);\n\t} else {\n\t\tfree(b);\n\t}",
    "if (x) {\n\t\treturn;\n\t}\n\tfree(a);",
    "while (x) {\n\t\tfree(a);\n\t}\n\tfree(c);",
    "free(a);\n\tg(a);\n\tfree(a);",
]
CODE = "\n".join(f"void f{n}(int a)\n{{\n\t{body}\n\tend();\n}}\n" for n, body in enumerate(BODIES))


@pytest.mark.parametrize(
    "pattern",
    [
        "  ...\n- free(E);",
        "  ... when != unreg(E)\n+ unreg(E);\n  free(E);",
        "  ... when any\n- free(E);",
        "  ...\n- free(E)\n+ give(E)",
        "  ...\n- free(E);\n  end();",
        "  ...\n- free(E);\n  ...\n  end();",
    ],
)
@pytest.mark.parametrize("head", ["", "exists"])
def test_what_is_behind_them_comes_on_every_path(pattern: str, head: str, tmp_path: Path) -> None:
    text = patch("expression E;", pattern, head)
    assert applied(text, CODE) == by_spatch(text, CODE, tmp_path)


@pytest.mark.parametrize("dots", ["<+... when != x\n- x = C;\n  ...+>", "... when != x"])
def test_a_variable_of_a_file_is_on_no_path(dots: str, tmp_path: Path) -> None:
    text = patch("type T;\nidentifier x;\nconstant C;", f"(\n  extern T x;\n|\n- T x;\n  {dots}\n)")
    code = "static struct foo *used;\n\nint f(void)\n{\n\treturn used->x;\n}\n"
    assert applied(text, code) == code
