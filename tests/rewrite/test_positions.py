"""Positions behind a rule that changes the file: refused, or what they were."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.smpl import applied, patch

SEEN = patch("position p;\nidentifier f;", "keep(f@p)", "r")
CHANGED = patch("", "- a();\n+ much_longer();", "s")
BEFORE = "void m(void)\n{\n\ta();\n\tkeep(x);\n\tuse(x);\n}\n"


def test_where_it_is_not_to_be_moves_along() -> None:
    text = SEEN + CHANGED + patch("position p != r.p;", "- x@p\n+ y")
    after = BEFORE.replace("a();", "much_longer();").replace("use(x)", "use(y)")
    assert applied(text, BEFORE) == after


def test_a_place_that_has_gone_is_nowhere() -> None:
    gone = patch("expression e;", "- keep(e);\n+ kept();", "s")
    text = SEEN + gone + patch("position p != r.p;", "- x@p\n+ y")
    assert applied(text, BEFORE) == BEFORE.replace("keep(x)", "kept()").replace("use(x)", "use(y)")


@pytest.mark.parametrize("changed", [CHANGED, patch("", "- a();", "s depends on r")])
def test_it_is_not_inherited(changed: str) -> None:
    text = SEEN + changed + patch("position r.p;", "- x@p\n+ y")
    with pytest.raises(RuleError) as error:
        applied(text, BEFORE)
    assert "position p is inherited over a rule that changes the file" in error.value.message
    assert error.value.place is not None
    lines = text.split("\n")
    assert lines[(error.value.place.line or 0) - 1] == "position r.p;"
    assert error.value.place.column == len("position ") + 1


def test_it_is_inherited_before_the_change() -> None:
    text = SEEN + patch("position r.p;", "- x@p\n+ y") + CHANGED
    assert "keep(y)" in applied(text, BEFORE)
