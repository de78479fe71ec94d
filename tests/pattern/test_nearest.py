"""Which match dots begin at, and what is optional between them; the same on spatch."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

# A pattern, the code, and which of its calls are left.
CASES = {
    # It is the item before the dots that they may not go by once more, not what is before that.
    "the last of two again": ("- c();\n- a();\n...\n- d();", "c(); a(); a(); d();", "caad"),
    "the first of two again": ("  c();\n- a();\n...\n- d();", "c(); a(); c(); d();", "cc"),
    "both again": ("- c();\n- a();\n...\n- d();", "c(); a(); c(); a(); d();", "ca"),
    "before a nest": ("- c();\n- a();\n<...\n- b();\n...>\n- d();", "c(); a(); a(); d();", "caad"),
    "a branch again": (
        "- c();\nif (x) return;\n...\n- d();",
        "c(); if (x) return; if (x) return; d();",
        "cd",
    ),
    "what is before a branch": (
        "- c();\nif (x) return;\n...\n- d();",
        "c(); if (x) return; c(); d();",
        "c",
    ),
    "the end of another alternative": (
        "(\n  c();\n|\n  a();\n  b();\n)\n...\n- d();",
        "c(); if (x) { a(); b(); } b(); d();",
        "cabbd",
    ),
    "it is there": ("- c();\n...\n?- a();\n...\n- d();", "c(); b(); a(); b(); d();", "bb"),
    "it is not there": ("- c();\n...\n?- a();\n...\n- d();", "c(); b(); d();", "b"),
    "it is on one path": (
        "- c();\n...\n?- a();\n...\n- d();",
        "c(); if (x) { b(); } else { a(); b(); } d();",
        "bb",
    ),
    "it is there and the rest is not": (
        "- c();\n...\n?- a();\n...\n- d();",
        "c(); a(); if (x) { d(); } else { a(); d(); }",
        "cadad",
    ),
    "a condition behind it": (
        "- c();\n...\n?- a();\n... when != b()\n- d();",
        "c(); if (x) { a(); } d();",
        "",
    ),
    "any behind it": (
        "- c();\n... when any\n?- a();\n... when any\n- d();",
        "c(); if (x) { b(); } else { a(); } d();",
        "b",
    ),
    "an alternative that is there": (
        "- c();\n...\n(\n- a();\n|\n)\n- d();",
        "c(); b(); a(); d(); b();",
        "bb",
    ),
    "an alternative that is nothing": (
        "- c();\n...\n(\n- a();\n|\n)\n- d();",
        "c(); b(); d();",
        "b",
    ),
    "nothing, and one further on": (
        "- c();\n...\n(\n- a();\n|\n)\n- d();",
        "c(); a(); b(); d();",
        "cabd",
    ),
    "nothing, first": ("- c();\n...\n(\n|\n- a();\n)\n- d();", "c(); b(); a(); d();", "b"),
    "two statements or nothing": (
        "- c();\n...\n(\n- a();\n- b();\n|\n)\n- d();",
        "c(); b(); a(); b(); d();",
        "b",
    ),
    "nothing on one path": (
        "- c();\n...\n(\n- a();\n|\n)\n- d();",
        "c(); if (x) { b(); } else { a(); } d();",
        "cbad",
    ),
    "nothing before dots": (
        "- c();\n(\n- a();\n|\n)\n...\n- d();",
        "c(); b(); a(); d();",
        "ba",
    ),
    "something before dots": (
        "- c();\n(\n- a();\n|\n)\n...\n- d();",
        "c(); a(); b(); a(); d();",
        "aba",
    ),
    "nothing between dots": (
        "- c();\n...\n(\n- a();\n|\n)\n...\n- d();",
        "c(); b(); a(); b(); d();",
        "bb",
    ),
    "nothing and a condition": (
        "- c();\n... when != x\n(\n- x = a();\n|\n)\n- d(x);",
        "c(); b(); x = a(); d(x);",
        "b",
    ),
    "beside what is before": ("- c();\n?- a();\n...\n- d();", "c(); a(); a(); d();", "aa"),
}


def function(code: str) -> str:
    for mark in (";", "{", "}"):
        code = code.replace(f"{mark} ", f"{mark}\n")
    return f"void f(int x)\n{{\n{code}\n}}\n"


def left(code: str) -> str:
    return "".join(re.findall(r"\b([abcd])\(\)", code))


@pytest.mark.parametrize(("pattern", "code", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_left(pattern: str, code: str, expected: str) -> None:
    assert left(applied(patch("", pattern), function(code))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("pattern", "code", "expected"), CASES.values(), ids=CASES.keys())
def test_spatch_leaves_the_same(pattern: str, code: str, expected: str, tmp_path: Path) -> None:
    assert left(by_spatch(patch("", pattern), function(code), tmp_path)) == expected
