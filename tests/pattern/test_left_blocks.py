"""Blocks that a jump leaves before what the pattern asks for, and the same on spatch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

OPTIONAL = "...\n? b(x);\n..."
NOT_A = "... when != a()\n? b(x);\n... when != a()"
CHOICE = "... when any\n(\n  b(x);\n|\n? return ...;\n)\n... when any"
NEEDED = "...\n(\n  b(x);\n|\n  c(x);\n)\n..."
# What stands in the loop of the pattern, the code, and if the loop matches.
CASES = {
    "continue": (OPTIONAL, "for (;;) { if (k) a(); else continue; c(x); }", True),
    "goto": (OPTIONAL, "for (;;) { if (k) a(); else goto out; c(x); } out: d(x);", True),
    "of a switch": (
        OPTIONAL,
        "for (;;) { switch (x) { case 1: break; default: continue; } b(x); }",
        True,
    ),
    "of a choice": (
        CHOICE,
        "for (;;) { switch (k) { case 1: return 2; case 2: goto out; default: break; } }"
        " out: return 0;",
        True,
    ),
    "the end of dots forbids nothing": (
        NOT_A,
        "for (;;) { while (k) { if (y) return 1; else return 2; } }",
        True,
    ),
    "strict": (
        "... when strict\n? c(x);\n... when strict",
        "for (;;) { if (k) goto out; b(x); } out: d(x);",
        True,
    ),
    "what the dots forbid": (NOT_A, "for (;;) { if (k) a(); else continue; c(x); }", False),
    "break to nothing": (NEEDED, "for (;;) { if (k) break; c(x); } d(x);", True),
    "break to what has to come": (NEEDED, "for (;;) { if (k) break; c(x); } c(x);", False),
    "break to another choice": (NEEDED, "for (;;) { if (k) break; c(x); } b(x);", False),
    "goto to what has to come": (
        NEEDED,
        "for (;;) { if (k) goto out; c(x); } d(x); out: c(x);",
        False,
    ),
}


def text(dots: str) -> str:
    return patch("expression x;", f"- for (;;)\n+ while (1)\n  {{\n{dots}\n  }}")


def function(code: str) -> str:
    for mark in (";", "{", "}", ":"):
        code = code.replace(f"{mark} ", f"{mark}\n")
    return f"int f(int x)\n{{\n{code}\n}}\n".replace("for (;\n;", "for (;;")


@pytest.mark.parametrize(("dots", "code", "expected"), CASES.values(), ids=CASES.keys())
def test_a_jump_ends_the_block(dots: str, code: str, expected: bool) -> None:
    assert ("while (1)" in applied(text(dots), function(code))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("dots", "code", "expected"), CASES.values(), ids=CASES.keys())
def test_spatch_ends_it_too(dots: str, code: str, expected: bool, tmp_path: Path) -> None:
    assert ("while (1)" in by_spatch(text(dots), function(code), tmp_path)) == expected


RETURNS = patch("", "- if (k)\n+ if (j)\n  {\n  ...\n  return ...;\n  }")
WAYS = {
    "to a return": ("if (k) goto out; b(); out: return 1;", True),
    "to the end of the function": ("if (k) goto out; b(); out: d();", True),
    "a return": ("if (k) { d(); return 1; } b();", True),
    "none": ("if (k) { d(); } b();", False),
}


@pytest.mark.parametrize(("code", "expected"), WAYS.values(), ids=WAYS.keys())
def test_a_goto_leads_to_returns(code: str, expected: bool) -> None:
    assert ("if (j)" in applied(RETURNS, function(code))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("code", "expected"), WAYS.values(), ids=WAYS.keys())
def test_spatch_goes_there_too(code: str, expected: bool, tmp_path: Path) -> None:
    assert ("if (j)" in by_spatch(RETURNS, function(code), tmp_path)) == expected
