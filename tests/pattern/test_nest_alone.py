"""A nest of statements that is all of a rule: each hit of it is changed, wherever it stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.read import read
from tests.smpl import applied, by_spatch, patch

CODE = """void k(int a)
{
\th(a);
\tf(a);
\tif (x)
\t\tf(b);
\th(b);
\th(a);
\tf(c);
}

void k2(int a)
{
\tf(a);
\tif (a)
\t\th(a);
\tf(a);
}

void k3(int a)
{
\tfor (;;) {
\t\tf(a);
\t\th(a);
\t}
}
"""
# The nest, with what is asked of the paths, and the numbers of the calls of f() that are changed.
CASES = [
    ("<...\n{}\n  ...>", [1, 2, 3, 4, 5, 6]),
    ("<+...\n{}\n  ...+>", [1, 2, 3, 4, 5, 6]),
    ("<... when strict\n{}\n  ...>", [1, 2, 3, 4, 5, 6]),
    ("<... when any\n{}\n  ...>", [1, 2, 3, 4, 5, 6]),
    ("<... when != h(x)\n{}\n  ...>", [3, 5]),
    ("<+... when != h(...);\n{}\n  ...+>", [3, 5]),
]
CHANGE = "- f(x);\n+ g(x);"


def changed(after: str) -> list[int]:
    calls = [line.strip()[:2] for line in after.splitlines() if line.strip()[:2] in ("f(", "g(")]
    return [number for number, call in enumerate(calls, 1) if call == "g("]


@pytest.mark.parametrize(("nest", "expected"), CASES)
def test_each_hit_is_changed(nest: str, expected: list[int]) -> None:
    assert changed(applied(patch("expression x;", f"  {nest.format(CHANGE)}"), CODE)) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("nest", "expected"), CASES)
def test_spatch_says_the_same(nest: str, expected: list[int], tmp_path: Path) -> None:
    text = patch("expression x;", f"  {nest.format(CHANGE)}")
    assert changed(by_spatch(text, CODE, tmp_path)) == expected


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("- f(x);\n+ g(x);", {"f"}),
        ("- f(x)\n+ g(x)", {"f"}),
        ("- if (f(x)) {{ ... }}", {"f"}),
        ("(\n- f(x);\n|\n- g(x);\n)", {"f", "g"}),
    ],
)
def test_it_has_the_words_of_what_it_holds(inside: str, words: set[str]) -> None:
    """So a file without any is not looked at."""
    text = patch("expression x;", f"  <+...\n{inside}\n  ...+>")
    assert set(compile_patch(read("x.cocci", text)).words) == words
