"""Rules that begin with dots, which are from the beginning of a function on, or with a nest, which
is from anywhere; and the same on spatch, but for what is done already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

DOTS = patch("expression y;", "  ...\n- c(y);\n+ cc(y);")
NEST = patch("expression x, y;", "  <...\n- a(x);\n+ aa(x);\n  ...>\n  c(y);")
AT_LEAST = patch("expression x, y;", "  <+...\n- a(x)\n+ aa(x)\n  ...+>\n  c(y);")
COMES = patch("expression y;", "  ...\n  c(y);\n+ d();")
COMES_IN_NEST = patch("expression y;", "  f();\n  <...\n- a();\n+ aa();\n  ...>\n  c(y);\n+ d();")
CASES = {
    "the first one": (DOTS, "a(1); c(1); a(2); c(2);", "a(1); cc(1); a(2); c(2);"),
    "past an error": (
        DOTS,
        "if (y) { a(2); return; } c(1);",
        "if (y) { a(2); return; } cc(1);",
    ),
    "in a branch": (DOTS, "if (y) { c(1); } a(3);", "if (y) { c(1); } a(3);"),
    "in each branch": (
        DOTS,
        "if (y) { c(1); } else { c(2); }",
        "if (y) { cc(1); } else { cc(2); }",
    ),
    "all that is before": (
        NEST,
        "a(1); c(1); a(2); c(2); a(3);",
        "aa(1); c(1); aa(2); c(2); a(3);",
    ),
    "from within a branch": (
        NEST,
        "if (y) { a(1); c(1); a(2); } a(3);",
        "if (y) { aa(1); c(1); a(2); } a(3);",
    ),
    "from within a loop": (
        NEST,
        "a(1); while (y) { a(2); c(1); a(3); } a(4);",
        "a(1); while (y) { aa(2); c(1); a(3); } a(4);",
    ),
    "nothing behind it": (NEST, "a(1); b(1);", "a(1); b(1);"),
    "an expression": (AT_LEAST, "b(a(1)); c(1); a(2);", "b(aa(1)); c(1); a(2);"),
}
DONE = {
    "it is there": (COMES, "a(1); c(1); d();", "a(1); c(1); d();"),
    "it is not": (COMES, "a(1); c(1); b();", "a(1); c(1); d(); b();"),
    "around a nest": (COMES_IN_NEST, "f(); aa(); c(1); d();", "f(); aa(); c(1); d();"),
    "not in the nest": (COMES_IN_NEST, "f(); a(); c(1); d();", "f(); aa(); c(1); d(); d();"),
}


def function(code: str) -> str:
    for mark in (";", "{", "}"):
        code = code.replace(f"{mark} ", f"{mark}\n")
    return f"int f(int y, int z)\n{{\n{code}\n}}\n"


@pytest.mark.parametrize(
    ("text", "before", "after"), [*CASES.values(), *DONE.values()], ids=[*CASES, *DONE]
)
def test_what_begins_with_dots(text: str, before: str, after: str) -> None:
    assert applied(text, function(before)).split() == function(after).split()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("text", "before", "after"), CASES.values(), ids=CASES.keys())
def test_spatch_begins_there_too(text: str, before: str, after: str, tmp_path: Path) -> None:
    assert by_spatch(text, function(before), tmp_path).split() == function(after).split()
