"""Statements that become one, and elements that become short: what becomes of their lines."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

RETURN = patch("expression e; identifier r, out;", "- r = e;\n- goto out;\n+ return e;")
ASSIGN = patch("expression e;", "- return e;\n- done();\n+ r = e;")
BREAK = patch("expression e;", "- r = e;\n- break;\n+ return e;")
NOTHING = patch("expression e;", "- r = e;\n- done();")
DECLARED = patch("type T; identifier x; expression e;", "- T x;\n- x = e;\n+ T x = e;")
CALL = patch("expression e;", "- r = e;\n- done();\n+ call(e);")
BLOCK = patch("expression e;", "  if (e)\n- {\n-\tput();\n-\treturn 1;\n- }\n+\treturn 1;")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(RETURN, "\t\tret = 1;\n\t\tgoto done;", "\t\treturn 1;", id="return"),
        pytest.param(
            RETURN,
            "\t\ta();\n\t\tret = b(1,\n\t\t\t2);\n\t\tgoto done;\n\t\tc();",
            "\t\ta();\n\t\treturn b(1,\n\t\t\t 2);\n\t\tc();",
            id="return of several lines, between others",
        ),
        pytest.param(ASSIGN, "\t\treturn 1;\n\t\tdone();", "\t\tr = 1;", id="an assignment"),
        pytest.param(
            BREAK,
            "\t\tswitch (a) {\n\t\tcase 1:\n\t\t\tr = 1;\n\t\t\tbreak;\n\t\t}",
            "\t\tswitch (a) {\n\t\tcase 1:\n\t\t\treturn 1;\n\t\t}",
            id="the end of a case",
        ),
        pytest.param(
            RETURN,
            "\t\tret = 1;\n\n\t\tgoto done;\n\tcase 2:\n\t\tb();",
            "\t\treturn 1;\n\tcase 2:\n\t\tb();",
            id="an empty line between them goes",
        ),
        pytest.param(
            RETURN,
            "\t\tret = 1;\n\n\t\tgoto done;\n\n\t\tb();",
            "\t\treturn 1;\n\n\t\tb();",
            id="one behind them stays",
        ),
        pytest.param(
            NOTHING,
            "\t\tb();\n\t\tr = 1;\n\n\t\tdone();\n\t\tc();",
            "\t\tb();\n\t\tc();",
            id="an empty line between two that go goes along",
        ),
        pytest.param(
            DECLARED,
            "\t\tint i;\n\n\t\ti = 1;\n\t\tb();",
            "\t\tint i = 1;\n\n\t\tb();",
            id="an empty line behind a declaration stays",
        ),
        pytest.param(
            CALL,
            "\t\tr = 1;\n\t\tdone();\t/* why */",
            "\t\tcall(1);\t/* why */",
            id="a comment behind the last is about what comes",
        ),
        pytest.param(
            RETURN,
            "\t\tret = 1;\n\t\tgoto done;\t/* why */",
            "\t\treturn 1;\t/* why */",
            id="and about what takes the place of the first",
        ),
        pytest.param(
            BLOCK,
            "\t\tif (b) {\n\t\t\tput();\n\t\t\treturn 1;\t/* why */\n\t\t}",
            "\t\tif (b)\n\t\t\treturn 1;\t/* why */",
            id="a comment in a block that a statement takes the place of",
        ),
    ],
)  # fmt: skip
def test_statements_that_become_one(text: str, before: str, after: str) -> None:
    code = "int f(int a)\n{{\n\tif (a) {{\n{}\n\t}}\n}}\n"
    assert applied(text, code.format(before)) == code.format(after)


SHORT = patch("expression a, b;", "- { .to = a, .from = b }\n+ MOVE(a, b)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "\t\t{\n\t\t\t.to = 1,\n\t\t\t.from = 2,\n\t\t}, {\n\t\t\t.to = 3, .from = 4,\n\t\t}",
            "\t\tMOVE(1, 2),\n\t\tMOVE(3, 4)",
            id="both",
        ),
        pytest.param(
            "\t\t{\n\t\t\t.to = 1,\n\t\t\t.from = 2,\n\t\t}, {\n\t\t\t.to = 3,\n\t\t},",
            "\t\tMOVE(1, 2),\n\t\t{\n\t\t\t.to = 3,\n\t\t},",
            id="the first one",
        ),
        pytest.param(
            "\t\t{\n\t\t\t.to = 1,\n\t\t}, {\n\t\t\t.to = 3,\n\t\t\t.from = 4,\n\t\t}, /* last */",
            "\t\t{\n\t\t\t.to = 1,\n\t\t},\n\t\tMOVE(3, 4), /* last */",
            id="the last one",
        ),
        pytest.param(
            "\t\t{\n\t\t\t.to = 1, .from = 2\n\t\t},{\n\t\t\t.to = 3, .from = 4,\n\t\t}",
            "\t\tMOVE(1, 2),\n\t\tMOVE(3, 4)",
            id="without a blank behind the comma",
        ),
        pytest.param(
            f"\t\t{{\n\t\t\t.to = 1,\n\t\t}},{{\n\t\t.to = {'a' * 59}, .from = {'b' * 30}\n\t\t}}",
            f"\t\t{{\n\t\t\t.to = 1,\n\t\t}},\n\t\tMOVE({'a' * 59},\n\t\t     {'b' * 30})",
            id="that has to break",
        ),
        pytest.param(
            "\t\t{ .to = 1, .from = 2 }, { .to = 3, .from = 4 },",
            "\t\tMOVE(1, 2), MOVE(3, 4),",
            id="on one line by choice",
        ),
    ],
)
def test_elements_that_become_short(before: str, after: str) -> None:
    code = "struct move all[] = {{\n{}\n}};\n"
    assert applied(SHORT, code.format(before)) == code.format(after)
    crlf = code.replace("\n", "\r\n")
    assert applied(SHORT, crlf.format(before.replace("\n", "\r\n"))) == crlf.format(
        after.replace("\n", "\r\n")
    )


def test_elements_of_a_macro_that_become_short() -> None:
    before = "#define ALL { \\\n\t{ \\\n\t\t.to = 1, .from = 2 \\\n\t}, { \\\n\t\t.to = 3 } }\n"
    after = "#define ALL { \\\n\tMOVE(1, 2), { \\\n\t\t.to = 3 } }\n"
    assert applied(SHORT, before) == after


RANGE = patch(
    "expression a, b; identifier v;",
    "  struct move v = {\n-\t.from = a,\n-\t.to = b,\n+\tRANGE(a, b),\n  };",
)
DROP = patch("expression a; identifier v;", "  struct move v = {\n-\t.to = a,\n  };")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(
            RANGE,
            "\t.from = 1,\n\t.to = 2,\t/* all */\n",
            "\tRANGE(1, 2),\t/* all */\n",
            id="a comment behind the last is about what comes",
        ),
        pytest.param(
            RANGE,
            "\t.from = 1,\t/* first */\n\t.to = 2,\n",
            "\tRANGE(1, 2),\t/* first */\n",
            id="one behind the first is as well",
        ),
        pytest.param(
            DROP,
            "\t.from = 1, .to = 2\n",
            "\t.from = 1,\n",
            id="no blank stays at the end of a line",
        ),
    ],
)
def test_elements_that_become_one(text: str, before: str, after: str) -> None:
    code = "struct move all = {{\n{}}};\n"
    assert applied(text, code.format(before)) == code.format(after)
