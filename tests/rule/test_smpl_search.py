"""A star makes a search of all rules that run with it: one path is enough for each."""

from __future__ import annotations

import pytest

from refactor.rule.smpl.mode import in_mode
from refactor.rule.smpl.read import read

FOUND = """\
virtual context
{declared}
@r{mode}@
expression x;
position p;
@@
  a@p(x);
  ...
  b(x);

@s{depends}@
expression x;
position p != r.p;
@@
{sign} a@p(x);
"""


@pytest.mark.parametrize(
    ("mode", "depends", "sign", "expected"),
    [
        ("", "", "*", ["exists", "exists"]),
        (" forall", "", "*", ["forall", "exists"]),
        ("", "", "-", ["", ""]),
        ("", " depends on context", "*", ["", ""]),
    ],
)
def test_which_rules_search(mode: str, depends: str, sign: str, expected: list[str]) -> None:
    declared = "@t@\nexpression x;\n@@\n- c(x);\n" if depends else ""
    text = FOUND.format(mode=mode, depends=depends, sign=sign, declared=declared)
    found, _ = in_mode(read("x.cocci", text), {}, reports=True)
    if depends:  # the star is in a rule that does not run
        assert {rule.mode for rule in found.rules if not hasattr(rule, "phase")} == {""}
        return
    assert [rule.mode for rule in found.rules if not hasattr(rule, "phase")] == expected
