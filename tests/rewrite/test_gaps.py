"""The white space around what goes: what is left stands as if it had been written so."""

from __future__ import annotations

import pytest

from tests.smpl import applied

GONE = {
    "around the right side": (
        "expression x;\n@@\n- a = low(x);\n+ a = x;",
        "a = low(b);",
        "a = b;",
    ),
    "around an argument": (
        "expression x;\n@@\n- f(a, low(x));\n+ f(a, x);",
        "f(a, low(b));",
        "f(a, b);",
    ),
    "around an operand": (
        "expression x;\n@@\n- if (a == low(x))\n+ if (a == x)\n  return;",
        "if (a == low(b)) return;",
        "if (a == b) return;",
    ),
    "around what is returned": (
        "expression x;\n@@\n- return low(x);\n+ return x;",
        "return low(b);",
        "return b;",
    ),
    "on lines of their own": (
        "expression x;\n@@\n  a =\n- low(\n  x\n- )\n  ;",
        "a = low(b);",
        "a = b;",
    ),
    "an operator before": ("expression x;\n@@\n  a =\n- !\n  x\n  ;", "a = !b;", "a = b;"),
    "an operand before": ("expression x;\n@@\n  a =\n- b +\n  x\n  ;", "a = b + c;", "a = c;"),
    "an operand behind": ("expression x;\n@@\n  a = x\n- + b\n  ;", "a = c + b;", "a = c;"),
    "a star": ("\n@@\n  char\n- *\n  a;", "char *a;", "char a;"),
    "a qualifier": ("\n@@\n  static\n- const\n  int a;", "static const int a;", "static int a;"),
    "a member": ("identifier x;\n@@\n  a =\n- b->\n  x\n  ;", "a = b->c;", "a = c;"),
    "a member behind": ("expression x;\n@@\n  a = x\n- ->b\n  [0];", "a = c->b[0];", "a = c[0];"),
}  # fmt: skip


@pytest.mark.parametrize("name", GONE)
def test_what_goes_takes_its_white_space_along(name: str) -> None:
    declared, before, after = GONE[name]
    text = f"@@\n{declared}\n"
    code = "int h(void)\n{{\n\t{}\n}}\n"
    assert applied(text, code.format(before)) == code.format(after)
