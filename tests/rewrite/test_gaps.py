"""White space around what goes and comes: what there is then stands as if it were written so."""

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

COME = {
    "white space of the file": (
        "\n@@\n- a = low;\n+ a = up;",
        "a =\tlow;",
        "a =\tup;",
    ),
    "no white space in the file": (
        "expression x;\n@@\n- a = low(x);\n+ a = up(x);",
        "a=low(b);",
        "a=up(b);",
    ),
    "a call around a part": (
        "expression x;\n@@\n- return low(x) | b;\n+ return up(low(x)) | b;",
        "return low(c) | b;",
        "return up(low(c)) | b;",
    ),
    "an operand behind a call": (
        "\n@@\n- return low();\n+ return high(b) << d;",
        "return low();",
        "return high(b) << d;",
    ),
    "a cast before a call": (
        "\n@@\n- b += low();\n+ b += (u32)low(1);",
        "b += low();",
        "b += (u32)low(1);",
    ),
    "an argument before one in parentheses": (
        "expression x;\n@@\n- b += low((u32)x);\n+ b += low(dev, (u32)x);",
        "b += low((u32)c);",
        "b += low(dev, (u32)c);",
    ),
    "a choice": (
        "expression x;\n@@\n- b += low(1, x);\n+ b += (u32)d ? f(b, x) : h(c, x);",
        "b += low(1, e);",
        "b += (u32)d ? f(b, e) : h(c, e);",
    ),
    "behind an operator that is a hole": (
        "expression x;\nunary operator u;\n@@\n- u low(x)\n+ u high(x)",
        "b = !low(c) + ~ low(d);",
        "b = !high(c) + ~ high(d);",
    ),
    "where the file has none": (
        "expression x;\n@@\n- a = low(x)\n+ a = high(x)",
        "a=low(c);",
        "a=high(c);",
    ),
    "a star": ("\n@@\n- char a;\n+ char*a;", "char a;", "char *a;"),
    "a comma where the file has none": (
        "expression x;\n@@\n- a += x;\n+ add(a, x);",
        "a+=c;",
        "add(a, c);",
    ),
    "a type before a name that stays": (
        "type T;\nidentifier x;\nexpression y;\n@@\n- T x;\n- x = y;\n+ T x = y;",
        "char *a;\n\ta = c;",
        "char *a = c;",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("declared", "before", "after"), [*GONE.values(), *COME.values()])
def test_white_space_is_that_of_the_patch(declared: str, before: str, after: str) -> None:
    text = f"@@\n{declared}\n"
    code = "int h(void)\n{{\n\t{}\n}}\n"
    assert applied(text, code.format(before)) == code.format(after)


@pytest.mark.parametrize("name", ["f", "a_longer_name_of_a_function_with_arguments"])
def test_the_rest_of_a_list_moves_up_only_where_there_is_room(name: str) -> None:
    """What stands behind an argument that goes makes no line that is too long."""
    text = f"void x(void)\n{{\n\t{name}(a_first_argument, hot,\n\t{' ' * len(name)} "
    text += "and_arguments_that_are, longer_than_others);\n}\n"
    patch = "@@\nexpression list a, b;\n@@\n  NAME(a,\n- hot,\n  b)\n".replace("NAME", name)
    joined = text.replace(f" hot,\n\t{' ' * len(name)} ", " ")
    apart = text.replace(" hot,", "")
    assert applied(patch, text) == (joined if name == "f" else apart)


FLAGS = "@@\nexpression e;\n@@\n(\n- S | e\n+ e\n|\n- e | S\n+ e\n)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(A |\n    S | B);", "f(A |\n    B);"),
        ("f(A |\n    S | B | C);", "f(A |\n    B | C);"),
        ("f(A |\n    C | S | B);", "f(A |\n    C | B);"),
        ("f(A | S |\n    B);", "f(A |\n    B);"),
        ("f(A | B |\n    S);", "f(A | B);"),
        ("f(S |\n    A | B);", "f(A | B);"),
        ("f(A |\n    S || B);", "f(A || B);"),
    ],
)
def test_an_operand_that_goes_leaves_the_lines(before: str, after: str) -> None:
    code = "void g(void)\n{\n\t%s\n}\n"
    assert applied(FLAGS, code % before) == code % after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\t/* a */\n\told();\n\n\tb();\n", "\t/* a */\n\tb();\n"),
        ("\t/*\n\t * a\n\t */\n\told();\n\n\tb();\n", "\t/*\n\t * a\n\t */\n\tb();\n"),
        ("\t// a\n\told();\n\n\tb();\n", "\t// a\n\tb();\n"),
        ("\ta(); /* a */\n\told();\n\n\tb();\n", "\ta(); /* a */\n\n\tb();\n"),
        ("\t/* a */\n\told();\n\n\t/* b */\n\tb();\n", "\t/* a */\n\n\t/* b */\n\tb();\n"),
    ],
)
def test_a_comment_that_stays_heads_what_follows(before: str, after: str) -> None:
    code = "void g(void)\n{\n%s}\n"
    assert applied("@@\n@@\n- old();\n", code % before) == code % after


CHOICE = "@@\nexpression e;\n@@\n- e ? A : B\n+ f(e)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("g(a\n  ? A\n  : B);", "g(f(a));"),
        ("g(a\n  ? A\n  : B, a ?\n  A : B);", "g(f(a), f(a));"),
        ("g(a &&\n\t  b\n\t  ? A : B);", "g(f(a &&\n\t    b));"),
        ("g(a /* a */ ? A : B);", "g(f(a /* a */));"),
        ("g(a /* a */\n  ? A : B);", "g(f(a /* a */));"),
        ("g(a // a\n  ? A : B);", "g(f(a // a\n  ));"),
    ],
)
def test_a_bracket_begins_no_line(before: str, after: str) -> None:
    assert applied(CHOICE, f"int v = {before}\n") == f"int v = {after}\n"


LAST = "@@\nexpression e;\ninitializer list[n] is;\n@@\n  struct s x = { is,\n- e\n+ %s\n  };\n"


@pytest.mark.parametrize("come", ["f(e)", "f[e]", "{ e }", "(u8)(e)"])
@pytest.mark.parametrize(
    "code",
    [
        "struct s x = { 1, %s };\n",
        "struct s x = { %s };\n",
        "struct s x = {\n\t1,\n\t%s,\t/* a */\n};\n",
        "struct s x = {\n\t1,\n\t%s\t/* a */\n};\n",
    ],
)
def test_a_bracket_stands_before_the_last_comma(come: str, code: str) -> None:
    assert applied(LAST % come, code % "2") == code % come.replace("e", "2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\tint n;\n\tint x[];\n", "\tint n;\n\tint x[] __counted_by(n);\n"),
        ("\tint n;\n\tint\tx[];\t/* a */\n", "\tint n;\n\tint\tx[] __counted_by(n);\t/* a */\n"),
    ],
)
def test_an_attribute_behind_a_member(before: str, after: str) -> None:
    declared = "identifier s, n, x;\ntype T, U;\nattribute name __counted_by;"
    body = "  struct s {\n  ...\n  U n;\n  T x[]\n+ __counted_by(n)\n  ;\n  };"
    code = "struct a {\n%s};\n"
    assert applied(f"@@\n{declared}\n@@\n{body}\n", code % before) == code % after
