"""Whole semantic patches: a file before, and the exact bytes after."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.patches import patched
from tests.support import PROJECT

CASES = PROJECT / "tests" / "cases"
TAGS = {
    line.split("\t")[0]: line
    for line in (CASES / "INDEX.tsv").read_text().splitlines()
    if not line.startswith("#")
}


def test_every_case_is_listed() -> None:
    assert sorted(TAGS) == sorted(path.stem for path in CASES.glob("*.cocci"))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.cocci")), ids=lambda path: path.stem)
def test_result_is_exact(path: Path) -> None:
    defined = dict.fromkeys(re.findall(r"flag:-D (\w+)", TAGS[path.stem]), "")
    outcome = patched(path.read_text(), path.with_suffix(".c").read_bytes(), defined)
    assert outcome.after.decode() == path.with_suffix(".res").read_bytes().decode()
    assert not outcome.troubles
