"""A rule that would never be done is told of."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.edits import rule_of, smpl

CALL = 'call = "@@ expression x; @@\\na(x)"\nflags = "x"\n'


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(
            '[[edit]]\nrename = "a"\nto = "b"\n[[edit]]\nrename = "b"\nto = "c"', id="renames"
        ),
        pytest.param(
            f'[[edit]]\n{CALL}add = ["A"]\n[[edit]]\n{CALL}remove = [{{ flag = "A" }}]',
            id="a flag",
        ),
    ],
)
def test_what_one_edit_has_made_no_other_may_change(edits: str) -> None:
    with pytest.raises(RuleError, match="would change what it has made, in a second run"):
        rule_of(edits, single=True)


def test_a_semantic_patch_may_feed_itself() -> None:
    """A swap is run once; there is nothing that it could be done with."""
    rule = rule_of(smpl("- f(x, y)\n+ f(y, x)"))
    assert [each.number for each in rule.edits] == [0]
