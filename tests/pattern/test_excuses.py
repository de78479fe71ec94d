"""Where dots ask for nothing: the handling of an error, and the same on spatch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

DOTS = "... when != bar()\n  foo();"
NOT_IF = "... when != true y\n  foo();"
# The dots and what comes behind them, the code behind `lock();`, and if it matches.
CASES = {
    "a goto past it": (DOTS, "if (y) { bar(); goto out; } foo(); out: end();", True),
    "a goto to it": (DOTS, "if (y) { bar(); goto out; } foo(); bar(); out: foo();", False),
    "a goto around": (DOTS, "again: if (y) { bar(); goto again; } foo();", False),
    "a return": (DOTS, "if (y) { bar(); return; } foo();", True),
    "in the condition": (DOTS, "if (bar()) return; foo();", False),
    "it is there before": (DOTS, "if (y) { bar(); foo(); return; } foo();", False),
    "a loop before": (DOTS, "if (y) { while (z) bar(); return; } foo();", True),
    "no way out": (DOTS, "if (y) { for (;;) bar(); } foo();", False),
    "both ways": (DOTS, "if (y) { bar(); if (z) return; else return; } foo();", True),
    "one of two ways": (DOTS, "if (y) { bar(); if (z) return; } foo();", False),
    "one way inside": (DOTS, "if (y) if (z) { bar(); return; } foo();", True),
    "one goto of two": (
        DOTS,
        "if (y) { bar(); if (z) goto out; goto err; } foo(); out: return; err: foo();",
        False,
    ),
    "all of a switch": (
        DOTS,
        "if (y) { switch (z) { case 1: bar(); return; default: return; } } foo();",
        True,
    ),
    "the branch that is left": (DOTS, "if (y) { foo(); } else { bar(); return; }", False),
    "the other branch": (DOTS, "if (y) { bar(); return; } else { foo(); } end();", True),
    "in a loop": (DOTS, "while (y) { bar(); return; } foo();", False),
    "the first of what comes": (
        "...\n  foo();\n  return;",
        "if (y) goto err; foo(); return; err: foo(); end();",
        False,
    ),
    "all of what comes": (
        "...\n  foo();\n  end();",
        "if (y) { foo(); goto err; } foo(); end(); return; err: bar();",
        True,
    ),
    "not if y": (NOT_IF, "if (y) { bar(); return; } foo();", True),
    "not if y, which goes on": (NOT_IF, "if (y) end(); foo();", False),
    "not if y, strictly": (f"{NOT_IF[:-7]}when strict\n  foo();", "if (y) return; foo();", False),
    "not if y, which comes to it": (NOT_IF, "if (y) goto out; end(); out: foo();", False),
    "strict": ("... when strict\n  foo();", "if (y) return; foo();", False),
}
IN_LOOPS = {
    "continue": ("while (x) { lock(); if (y) { bar(); continue; } foo(); }", True),
    "break": ("while (x) { lock(); if (y) { bar(); break; } foo(); }", True),
    "break to it": ("while (x) { lock(); if (y) { bar(); break; } foo(); } foo();", False),
    "break and around": (
        "while (z) { while (x) { lock(); if (y) { bar(); break; } foo(); } }",
        False,
    ),
    "goto to the end of the loop": (
        "do { lock(); if (y) { bar(); goto next; } foo(); next: end(); } while (x);",
        False,
    ),
}
ALL = {
    **{name: (dots, f"lock(); {code}", expected) for name, (dots, code, expected) in CASES.items()},
    **{name: (DOTS, code, expected) for name, (code, expected) in IN_LOOPS.items()},
}


def text(dots: str) -> str:
    return patch("", f"- lock();\n{dots}")


def function(code: str) -> str:
    for mark in (";", "{", "}", ":"):
        code = code.replace(f"{mark} ", f"{mark}\n")
    return f"void f(int x)\n{{\n{code}\n}}\n"


@pytest.mark.parametrize(("dots", "code", "expected"), ALL.values(), ids=ALL.keys())
def test_what_is_asked_of_a_branch(dots: str, code: str, expected: bool) -> None:
    assert ("lock();" not in applied(text(dots), function(code))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("dots", "code", "expected"), ALL.values(), ids=ALL.keys())
def test_spatch_asks_the_same(dots: str, code: str, expected: bool, tmp_path: Path) -> None:
    assert ("lock();" not in by_spatch(text(dots), function(code), tmp_path)) == expected
