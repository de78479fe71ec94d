"""Lines of macros: a break would need a backslash, and the backslash has its column."""

from __future__ import annotations

import pytest

from tests.smpl import outcome, patch

TEXT = patch("expression e, f;", "- get(e, f)\n+ get(e, f | MORE_FLAGS_THAN_BEFORE)")
LONG = (
    "#define make(p)\t\\\n\t((typeof(p)) get(sizeof(*p) * A_NUMBER_OF_OBJECTS, THE_USUAL_FLAGS))\n"
)


def test_a_line_of_a_macro_is_not_broken() -> None:
    found = outcome(TEXT, LONG)
    assert not found.troubles
    expected = LONG.replace("FLAGS)", "FLAGS | MORE_FLAGS_THAN_BEFORE)")
    assert found.after.decode() == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "\tx = get(a, b);\t\t\t\t\t\\\n",
            "\tx = get(a, b | MORE_FLAGS_THAN_BEFORE);\t\t\\\n",
        ),
        (
            "\tx = get(a, b);\t\\\n",
            "\tx = get(a, b | MORE_FLAGS_THAN_BEFORE);\t\\\n",
        ),
        (
            "\tx = get(a, b);                         \\\n",
            "\tx = get(a, b | MORE_FLAGS_THAN_BEFORE);\\\n".replace(";", "; "),
        ),
        ("\tx = get(a, b); \\\n", "\tx = get(a, b | MORE_FLAGS_THAN_BEFORE); \\\n"),
    ],
)
def test_the_backslash_stays_where_there_is_room(before: str, after: str) -> None:
    macro = "#define m()\tdo {\t\\\n{}\t} while (0)\n"
    found = outcome(TEXT, macro.replace("{}", before))
    assert found.after.decode() == macro.replace("{}", after)


CALL = "- old(E);\n+ new(E);\n+ sync_it(E);"
LINES = {
    "braces": (
        CALL,
        "\tif (x)\t\t\t\\\n\t\told(x);\t\t\\\n\telse\t\t\t\\\n\t\tq(x);\t\t\\\n",
        "\tif (x) {\t\t\\\n\t\tnew(x);\t\t\\\n\t\tsync_it(x);\t\\\n"
        "\t} else {\t\t\\\n\t\tq(x);\t\t\\\n\t}\t\t\t\\\n",
    ),
    "braces, in no column": (
        CALL,
        "\tif (x) \\\n\t\told(x); \\\n",
        "\tif (x) { \\\n\t\tnew(x); \\\n\t\tsync_it(x); \\\n\t} \\\n",
    ),
    "blanks": (
        CALL,
        "\told(x);            \\\n",
        "\tnew(x);            \\\n\tsync_it(x);        \\\n",
    ),
    "empty braces": (
        "- old(E);",
        "\tif (x)\t\t\t\\\n\t\told(x);\t\t\\\n\telse\t\t\t\\\n\t\told(y);\t\t\\\n",
        "\tif (x) {\t\t\\\n\t} else {\t\t\\\n\t}\t\t\t\\\n",
    ),
    "shorter, in a column": (
        "- old(E);\n+ n();",
        "\tlonger(x); \\\n\told(x);    \\\n\told(abcd); \\\n",
        "\tlonger(x); \\\n\tn();       \\\n\tn();       \\\n",
    ),
    "shorter, in no column": ("- old(E);\n+ n();", "\told(abcd); \\\n", "\tn(); \\\n"),
}


@pytest.mark.parametrize(("body", "before", "after"), LINES.values(), ids=LINES)
def test_new_lines_have_the_backslash_of_those_beside_them(
    body: str, before: str, after: str
) -> None:
    macro = "#define m(x)\tdo {\t\\\n{}} while (0)\n"
    found = outcome(patch("expression E;", body), macro.replace("{}", before))
    assert not found.troubles
    assert found.after.decode() == macro.replace("{}", after)
