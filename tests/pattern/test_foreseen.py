"""Values that only the code behind dots has, where something else speaks of them: in a nest, in
code that comes before the dots, and in a later rule. spatch gives the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

LABEL = patch(
    "identifier f, l;\nexpression x;",
    "f(...) {\n<...\n- goto l;\n+ return x;\n...>\n- l:\n  return x;\n}",
)
IN_NEST = patch(
    "identifier f;\nexpression E;", "f(...) {\n<...\n- c();\n+ cc(E);\n...>\na(E);\n...\n}"
)
BEFORE = patch("expression E;", "+ bb(E);\n  b();\n  ...\n  a(E);\n  return 0;")
NEAREST = patch("expression E, x;", "- b(x);\n+ bb(x, E);\n  ...\n  a(E);")
LATER = patch("expression E;", "b();\n...\na(E);", "r") + patch(
    "expression r.E;", "- a(E);\n+ aa(E);"
)
PLACE = patch("expression E;\nposition p;", "b();\n...\na@p(E);", "r") + patch(
    "expression E;\nposition r.p;", "- a@p(E);\n+ aa(E);"
)
# The rules, the code, and what becomes of it.
CASES = {
    "a label behind another one": (
        LABEL,
        "if (y) goto end; if (z) goto err; b(); err: c(); end: return 0;",
        "if (y) return 0; if (z) goto err; b(); err: c(); return 0;",
    ),
    "what comes in a nest": (IN_NEST, "b(); a(1); c(); a(2);", "b(); a(1); cc(2); a(2);"),
    "what comes before": (
        BEFORE,
        "b(); a(1); c(); a(2); return 0;",
        "bb(2); b(); a(1); c(); a(2); return 0;",
    ),
    "the value that all paths have": (
        BEFORE,
        "b(); if (y) { a(1); } a(2); return 0;",
        "bb(2); b(); if (y) { a(1); } a(2); return 0;",
    ),
    "each value for a later rule": (LATER, "b(); a(1); c(); a(2);", "b(); aa(1); c(); aa(2);"),
    "one value on all paths for a later rule": (
        LATER,
        "b(); if (y) { a(1); } else { a(2); } a(3);",
        "b(); if (y) { a(1); } else { a(2); } aa(3);",
    ),
    "none that all paths have": (
        LATER,
        "b(); if (y) { a(1); } else { a(2); }",
        "b(); if (y) { a(1); } else { a(2); }",
    ),
    "a place is no value": (PLACE, "b(); a(1); c(); a(2);", "b(); aa(1); c(); a(2);"),
}


def function(code: str) -> str:
    for mark in (";", "{", "}", ":"):
        code = code.replace(f"{mark} ", f"{mark}\n")
    return f"int f(int y, int z)\n{{\n{code}\n}}\n"


def words(code: str) -> list[str]:
    return code.split()


@pytest.mark.parametrize(("text", "before", "after"), CASES.values(), ids=CASES.keys())
def test_values_from_behind(text: str, before: str, after: str) -> None:
    assert words(applied(text, function(before))) == words(function(after))


def test_the_nearest_of_two_values() -> None:
    """spatch ends with `already tagged token`."""
    before = "b(0); a(1); c(); a(2);"
    assert words(applied(NEAREST, function(before))) == words(
        function("bb(0, 1); a(1); c(); a(2);")
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("text", "before", "after"), CASES.values(), ids=CASES.keys())
def test_spatch_has_the_same(text: str, before: str, after: str, tmp_path: Path) -> None:
    assert words(by_spatch(text, function(before), tmp_path)) == words(function(after))
