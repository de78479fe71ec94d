"""Comments: which one belongs to a function."""

from __future__ import annotations

import pytest

from refactor.c.comments import before_definition
from refactor.c.syntax import parse
from tests.samples import (
    definition,
    encoded,
)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("int a;\n\n", 8, id="behind a blank line"),
        pytest.param("int a;\n\n/* It does. */\n", 8, id="before its comment"),
        pytest.param("int a;\n\n// It\n// does.\n", 8, id="before its // comments"),
        pytest.param("int a;\n\n/* Part two. */\n\n", 25, id="behind a comment of its own"),
        pytest.param("int a; /* one */\n", 17, id="behind the comment of another line"),
        pytest.param("", 0, id="at the top"),
        pytest.param("/* All. */\n", 0, id="at the top, before its comment"),
    ],
)
def test_where_a_function_goes(before: str, expected: int) -> None:
    source = parse("a.c", encoded(before + definition()))
    (entry,) = source.functions
    assert before_definition(source, entry) == expected
