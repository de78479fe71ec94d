"""Names that a script makes of what a rule has matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from refactor.rule.smpl.load import load

PATCH = """@initialize:python@
@@
import re
ends = re.compile('_show$|_get$')

@r@
identifier f;
expression E;
@@
  f(E)

@script:python s@
f << r.f;
g;
@@
coccinelle.g = VALUE

@@
identifier r.f, s.g;
expression r.E;
@@
- f(E)
+ g(E)
"""


def written(tmp_path: Path, value: str) -> bytes:
    file = tmp_path / "rule.cocci"
    file.write_text(PATCH.replace("VALUE", value))
    (edit,) = load(file, {}).edits
    assert isinstance(edit, Smpl)
    return rewrite_patch("a.c", b"void k(void)\n{\n\ttemp_show(1);\n}\n", edit).after


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("f.replace('temp', 'fan')", b"fan_show"),
        ("re.sub('_show|_get', '', f)", b"temp"),
        ("re.sub('^temp_', '_', f) + '_x'", b"_show_x"),
        (r"re.sub(r'(\w+)_(\w+)', r'\2_\1', f)", b"show_temp"),
        ("re.sub('absent', '', f)", b"temp_show"),
        ("ends.sub('', f)", b"temp"),
    ],
)
def test_it_is_worked_out(value: str, name: bytes, tmp_path: Path) -> None:
    assert written(tmp_path, value) == b"void k(void)\n{\n\t%s(1);\n}\n" % name


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (r"re.sub('temp', r'\2', f)", "cannot replace by that"),
        ("re.sub('(', '', f)", "the regular expression cannot be read"),
        ("re.sub('a', 1, f)", "needs strings"),
        ("re.subn('a', 'b', f)", "re.subn() is not supported"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        written(tmp_path, value)
    assert said in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.line == 16
