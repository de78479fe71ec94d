"""A cast to any type need not be there, where nothing else speaks of the type, as on spatch."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

CODE = "int m(int x)\n{\n\tf(x);\n\tf((u8)x);\n\tg(x, (u8)y);\n\tg((u8)x, (u8)y);\n\tg(x, y);\n}\n"
ONE = "type T;\nexpression a, b;"
# What is declared, the pattern, and which calls there are afterwards.
CASES = {
    "nobody asks for it": (
        ONE,
        "- f((T)a)\n+ h(a)",
        "h(x) h(x) g(x, (u8)y) g((u8)x, (u8)y) g(x, y)",
    ),
    "it is there twice": (
        ONE,
        "- g((T)a, (T)b)\n+ h(a, b)",
        "f(x) f((u8)x) g(x, (u8)y) h(x, y) g(x, y)",
    ),
    "two types": (
        "type T, U;\nexpression a, b;",
        "- g((T)a, (U)b)\n+ h(a, b)",
        "f(x) f((u8)x) h(x, y) h(x, y) h(x, y)",
    ),
    "it comes somewhere else": (
        ONE,
        "- f((T)a)\n+ h(T, a)",
        "f(x) h(u8, x) g(x, (u8)y) g((u8)x, (u8)y) g(x, y)",
    ),
    "it comes there too": (
        ONE,
        "- f((T)a);\n+ h((T)a);",
        "f(x) h((u8)x) g(x, (u8)y) g((u8)x, (u8)y) g(x, y)",
    ),
    "it is of another alternative as well": (
        ONE,
        "(\n- f((T)a)\n+ h(a)\n|\n- k((T)a)\n+ h(a)\n)",
        "h(x) h(x) g(x, (u8)y) g((u8)x, (u8)y) g(x, y)",
    ),
    "it is of an earlier rule": (
        ONE,
        "- f((T)a)\n+ h(a)\n@@\ntype r.T;\nexpression a, b;\n@@\n- g((T)a, b)\n+ h(a, b)",
        "h(x) h(x) g(x, (u8)y) h(x, (u8)y) g(x, y)",
    ),
}


def calls(code: str) -> str:
    return " ".join(re.findall(r"\t(\w\(.*\));", code))


@pytest.mark.parametrize(("declared", "pattern", "expected"), CASES.values(), ids=CASES.keys())
def test_which_calls_are_met(declared: str, pattern: str, expected: str) -> None:
    assert calls(applied(patch(declared, pattern, "r"), CODE)) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("declared", "pattern", "expected"), CASES.values(), ids=CASES.keys())
def test_spatch_meets_the_same(declared: str, pattern: str, expected: str, tmp_path: Path) -> None:
    assert calls(by_spatch(patch(declared, pattern, "r"), CODE, tmp_path)) == expected
