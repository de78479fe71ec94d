"""The edit `flags`: an argument that is a set of flags, and mentions elsewhere."""

from __future__ import annotations

import pytest

from tests.edits import applied, body, told_of

FLAGS = "call = '''\n@@ expression size, flags; @@\narea(size, flags)'''\nflags = 'flags'\n"


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        pytest.param('add = ["NEW"]', "area(1, 0);", "area(1, NEW);", id="the first one"),
        pytest.param('add = ["NEW"]', "area(1, A | B);", "area(1, A | B | NEW);", id="one more"),
        pytest.param('remove = [{ flag = "OLD" }]', "area(1, OLD);", "area(1, 0);", id="the only"),
        pytest.param(
            'remove = [{ flag = "OLD" }]\nadd = ["NEW"]',
            "area(1, A |\n\tOLD);",
            "area(1, A | NEW);",
            id="one for another",
        ),
        pytest.param(
            'remove = [{ flag = "OLD", comment = ["aged"] }]',
            "/* It is aged. */\nb = area(1, A | OLD);",
            "b = area(1, A);",
            id="with its comment",
        ),
    ],
)
def test_flags(edit: str, before: str, after: str) -> None:
    result = applied(FLAGS + edit, body(before).encode())
    assert result.after.decode() == body(after)
    assert not result.refused


def test_flags_elsewhere_are_told_of() -> None:
    edit = FLAGS + 'remove = [{ flag = "OLD" }]'
    result = applied(edit, body("b |= OLD;\narea(OLD, A);").encode())
    assert told_of(result) == [
        "skipped FORM not an argument of area()",
        "skipped FORM not among the flags",
    ]
