"""Regular expressions of c/ mean the same on every Python that treewide runs on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.c.reading import digest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "refactor").rglob("*.py"))
# Debian's own, which may be another one than that of the tests, and without any of our libraries.
PYTHONS = sorted({sys.executable, *filter(lambda each: Path(each).exists(), ["/usr/bin/python3"])})
GIVES_NOTHING_BACK = re.compile(r"(?<!\|)\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_each_group_that_gives_nothing_back_has_an_empty_alternative() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if GIVES_NOTHING_BACK.search(line) and not line.lstrip().startswith("#")
    ]
    assert lines == []


@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_reads_the_same(python: str) -> None:
    done = subprocess.run(
        [python, "-c", "from tests.c.reading import digest; print(digest())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (digest(), "")
