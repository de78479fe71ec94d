"""Conditions of positions (`position p : script:python() { f(p) }`), read as data."""

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
