"""A rule that would never be done is told of."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.edits import rule_of


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(
            '[[edit]]\nrename = "a"\nto = "b"\n[[edit]]\nrename = "b"\nto = "c"', id="renames"
        ),
        pytest.param(
            '[[edit]]\nfind = "a($x)"\nreplace = "b($x)"\n'
            '[[edit]]\nfind = "b($x)"\nreplace = "a($x)"',
            id="to and fro",
        ),
        pytest.param(
            '[[edit]]\nfind = "a($x);"\nreplace = "b($x);"\n[[edit]]\ndelete = "b($x);"',
            id="and away",
        ),
        pytest.param(
            '[[edit]]\ncall = "a($x)"\nflags = "$x"\nadd = ["A"]\n'
            '[[edit]]\ncall = "a($x)"\nflags = "$x"\nremove = [{ flag = "A" }]',
            id="a flag",
        ),
    ],
)
def test_what_one_edit_has_made_no_other_may_change(edits: str) -> None:
    with pytest.raises(RuleError, match="would change what it has made, in a second run"):
        rule_of(edits, single=True)
