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

AGAIN = {
    "d_storage_added": "one of its rules takes what another one has written",
    "e_nested_swap": "a swap is undone by a second one",
    "s_comments_added": "only a comment comes",
}
"""What a second run changes again, and why."""


def test_every_case_is_listed() -> None:
    assert sorted(TAGS) == sorted(path.stem for path in CASES.glob("*.cocci"))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.cocci")), ids=lambda path: path.stem)
def test_result_is_exact(path: Path) -> None:
    defined = dict.fromkeys(re.findall(r"flag:-D (\w+)", TAGS[path.stem]), "")
    outcome = patched(path.read_text(), path.with_suffix(".c").read_bytes(), defined)
    assert outcome.after.decode() == path.with_suffix(".res").read_bytes().decode()
    assert not outcome.troubles


@pytest.mark.parametrize("path", sorted(CASES.glob("*.cocci")), ids=lambda path: path.stem)
def test_what_is_done_is_not_done_again(path: Path) -> None:
    defined = dict.fromkeys(re.findall(r"flag:-D (\w+)", TAGS[path.stem]), "")
    result = path.with_suffix(".res").read_bytes()
    outcome = patched(path.read_text(), result, defined)
    assert (outcome.after != result) == (path.stem in AGAIN)
