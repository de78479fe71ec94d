"""What is rewritten beside and in what the mask has put together of two branches or statements."""

from __future__ import annotations

import pytest

from tests.edits import applied, body, smpl, told_of

BETWEEN = "refused RESULT a conditional stands in between"
HEADS = "#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n\told(c);\n}"

CASES = {
    "operands": (
        "- old(x)\n+ new(x)",
        "n =\n#ifdef A\nold(a)\n#else\nold(b)\n#endif\n;",
        "n =\n#ifdef A\nnew(a)\n#else\nnew(b)\n#endif\n;",
        [],
    ),
    "heads of one block": (
        "- old(x)\n+ new(x)",
        "#ifdef A\nif (old(a)) {\n#else\nif (old(b)) {\n#endif\n\told(c);\n}",
        "#ifdef A\nif (new(a)) {\n#else\nif (new(b)) {\n#endif\n\tnew(c);\n}",
        [],
    ),
    "a statement with two heads": (
        "- if (x) { old(y); }\n+ new(x);",
        f"{HEADS}\nif (a) {{\n\told(b);\n}}",
        f"{HEADS}\nnew(a);",
        [BETWEEN],
    ),
    "a block with two heads goes": ("- if (x) {\n  ...\n- }", HEADS, HEADS, [BETWEEN, BETWEEN]),
    "one of two arguments": (
        "- old(x, y, z)\n+ new(x, z)",
        "old(a,\n#ifdef A\n    b,\n#else\n    c,\n#endif\n    d);\nold(a, b, c);",
        "old(a,\n#ifdef A\n    b,\n#else\n    c,\n#endif\n    d);\nnew(a, c);",
        [BETWEEN],
    ),
    "the beginnings of a statement": (
        "- old(x);\n+ new(x);",
        "#ifdef A\nold(a)\n#else\nold(b)\n#endif\n+ c;\nold(d);",
        "#ifdef A\nold(a)\n#else\nold(b)\n#endif\n+ c;\nnew(d);",
        ["skipped FORM it is not in a statement of its own here"] * 2,
    ),
    "statements as arguments": (
        "- old(x)\n+ new(x)",
        "WAIT(a,\n\tif (old(a))\n\t\tbreak;\n\t);\nCHECK(a, return old(b));\nD1(old(c););\nold(d);",
        "WAIT(a,\n\tif (new(a))\n\t\tbreak;\n\t);\nCHECK(a, return new(b));\nD1(new(c););\nnew(d);",
        [],
    ),
    "a statement as an argument, which is shown as an expression": (
        "- old(x);\n+ new(x);",
        "D1(old(c););\nD2(if (a) {\n\told(b);\n});\nold(d);",
        "D1(old(c););\nD2(if (a) {\n\tnew(b);\n});\nnew(d);",
        ["refused PARSE"],
    ),
    "elements and macros side by side": (
        "- old(x)\n+ new(x)",
        "say(b(1)\n    c(old(a)), { old(b), 1 });",
        "say(b(1)\n    c(new(a)), { new(b), 1 });",
        [],
    ),
    "an argument that is not there": (
        "- old(x, y)\n+ new(y, x)",
        "old(, b);\nold(a, b);",
        "old(, b);\nnew(b, a);",
        ["skipped FORM it has 1 arguments, not 2"],
    ),
    "an operand of inline assembler is no call": (
        "- old(x, y)\n+ new(y, x)",
        'asm("a" : : old(a, b));\nold(c, d);',
        'asm("a" : : old(a, b));\nnew(d, c);',
        ["skipped FORM it is not in a call here"],
    ),
    "an argument that begins with an operator": (
        "- old(x, y)\n+ new(y, x)",
        "old(set, &= ~(b));",
        "new(&= ~(b), set);",
        [],
    ),
    "elements without commas": (
        "- old(x)\n+ new(x)",
        "int q[] = {\n\ta(old(1)) { old(2) },\n\tb(old(3))\n#undef b\n\told(4)\n};",
        "int q[] = {\n\ta(new(1)) { new(2) },\n\tb(new(3))\n#undef b\n\tnew(4)\n};",
        [],
    ),
    "a macro without its semicolon, before a directive": (
        "- old(x);\n+ new(x);",
        "old(a)\n#undef b\nold(c);",
        "old(a)\n#undef b\nnew(c);",
        ["skipped FORM the statement of its own has another form"],
    ),
    "statements behind the parenthesis of a macro": (
        "- old(x);\n+ new(x);",
        "EVENT(a, ASSIGN(old(b);\n\tif (c)\n\t\told(d);\n\t), e);",
        "EVENT(a, ASSIGN(old(b);\n\tif (c)\n\t\tnew(d);\n\t), e);",
        ["refused RESULT it would group otherwise, as expr_stmt"],
    ),
}


@pytest.mark.parametrize(("patch", "code", "expected", "told"), CASES.values(), ids=CASES)
def test_what_is_put_together(patch: str, code: str, expected: str, told: list[str]) -> None:
    result = applied(smpl(patch), body(code).encode())
    assert result.after.decode() == body(expected)
    assert told_of(result) == told


def test_macros_at_the_top_over_several_lines() -> None:
    code = (
        "DECL(a,\n     old(b))\nEVENT(a,\n\tFIELDS(f(int, x)\n\t\tg(old(1))),\n"
        "\tASSIGN(\n\t\told(2);\n\t),\n\tk);\n"
    )
    result = applied(smpl("- old(x)\n+ new(x)"), code.encode())
    assert result.after.decode() == code.replace("old", "new")
    assert not told_of(result)


def test_a_macro_in_front_is_no_comment() -> None:
    """The mask has made one of it."""
    code = "DECL(a,\n     old)\nvoid g(void)\n{\n\told(3);\n}\n"
    result = applied("rename = 'old'\nto = 'new'", code.encode())
    assert result.after.decode() == code.replace("old", "new") or told_of(result)


FOREIGN = """\
#ifdef __ASSEMBLY__
\told(1)
#endif
.macro foo
\told(2)
.endm
void f(void)
{
\told(3);
}
"""


def test_an_assembler_is_left_alone_and_told_of() -> None:
    result = applied(smpl("- old(x)\n+ new(x)"), FOREIGN.encode())
    assert result.after.decode() == FOREIGN.replace("old(3)", "new(3)")
    assert len(told_of(result)) == 2
    assert all(told.startswith("skipped") for told in told_of(result))
