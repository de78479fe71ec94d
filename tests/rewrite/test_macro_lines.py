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
