"""Conditions of names (`position p : script:python() { f(p) }`), read as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from refactor.rule.smpl.load import load

PATCH = """@initialize:python@
@@
spared = frozenset(['old', 'older'])

def relevant(p):
    return not (spared & {each.current_element for each in p})

@@
expression E;
position p : script:python() { CONDITION };
@@
- f@p(E)
+ g(E)
"""
CODE = b"""void old(int a)
{
	f(a);
}

void new(int a)
{
	f(a);
}
"""


def written(tmp_path: Path, condition: str) -> bytes:
    file = tmp_path / "rule.cocci"
    file.write_text(PATCH.replace("CONDITION", condition))
    (edit,) = load(file, {}).edits
    assert isinstance(edit, Smpl)
    return rewrite_patch("a.c", CODE, edit).after


def test_a_match_that_does_not_meet_it_is_left_alone(tmp_path: Path) -> None:
    head, tail = CODE.split(b"\n\n")
    assert written(tmp_path, "relevant(p)") == head + b"\n\n" + tail.replace(b"f(a)", b"g(a)")
    assert written(tmp_path, "not relevant(p)") == head.replace(b"f(a)", b"g(a)") + b"\n\n" + tail


VALUES = """@initialize:python@
@@
def is_large(text):
    return text.isdigit() and int(text) > 9

@@
DECLARED
@@
(
- f(x)
+ large(x)
|
- f(y)
+ small(y)
)
"""


@pytest.mark.parametrize(
    "declared",
    [
        "expression x : script:python() { is_large(x) };\nexpression y;",
        "constant x : script:python() { is_large(x) };\nconstant y;",
        "expression x : script:python() { is_large(x) };\n"
        "expression y : script:python() { not is_large(y) };",
    ],
)
def test_of_alternatives_the_one_whose_value_meets_it(declared: str, tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text(VALUES.replace("DECLARED", declared))
    (edit,) = load(file, {}).edits
    assert isinstance(edit, Smpl)
    after = rewrite_patch("a.c", b"void k(void)\n{\n\tf(10);\n\tf(9);\n}\n", edit).after
    assert after == b"void k(void)\n{\n\tlarge(10);\n\tsmall(9);\n}\n"


def test_a_value_in_a_condition_of_dots_meets_it(tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text(
        "@@\nidentifier x : script:python() { x.startswith('old') };\n@@\n"
        "- f();\n  ... when != x(...)\n  g();\n"
    )
    (edit,) = load(file, {}).edits
    assert isinstance(edit, Smpl)
    code = b"void k(void)\n{\n\tf();\n\tNAME();\n\tg();\n}\n"
    for name, is_removed in ((b"old_one", False), (b"new_one", True)):
        after = rewrite_patch("a.c", code.replace(b"NAME", name), edit).after
        assert (b"f()" not in after) == is_removed


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("open(p)", "open() is not known"),
        ("irrelevant(p)", "irrelevant() is not known"),
        ("p[0].secret", ".secret is not known"),
    ],
)
def test_what_is_more_than_data_is_refused_by_name(
    condition: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(RuleError, match="not known") as caught:
        written(tmp_path, condition)
    assert caught.value.message == says
    assert caught.value.place is not None
    assert caught.value.place.line == 10
