"""Nests among expressions: what their hits mean by a name that is used outside of them as well.
spatch 1.1.1 says the same of all that it does not stop at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, outcome, patch

BODY = "void m(int n)\n{{\n\t{}\n}}\n"

# A pattern, a statement, and what becomes of it: nothing, if it is left out.
CASES = {
    "a name that only the nest speaks of is another one at each hit": (
        "  y = <+...\n- a(x)\n+ b(x)\n  ...+>;",
        "v = a(1) + a(2);",
        "v = b(1) + b(2);",
    ),
    "a statement behind it": (
        "  if (<+...\n- a(x)\n+ b(x)\n  ...+>)\n  c(x);",
        "if (a(1) + a(2))\n\t\tc(2);",
        "if (a(1) + b(2))\n\t\tc(2);",
    ),
    "a statement behind it with something else": (
        "  if (<+...\n- a(x)\n+ b(x)\n  ...+>)\n  c(x);",
        "if (a(1) + a(2))\n\t\tc(3);",
        "",
    ),
    "what changes is behind it": (
        "  if (<+... a(x) ...+>)\n- c(x);\n+ d(x);",
        "if (a(1) + a(2))\n\t\tc(2);",
        "if (a(1) + a(2))\n\t\td(2);",
    ),
    "a block behind it": (
        "  while (<+... a(x) ...+>) { ...\n- c(x);\n+ d(x);\n  ... }",
        "while (a(1)) {\n\t\tc(2);\n\t\te();\n\t}",
        "",
    ),
    "an argument behind it": (
        "  c(<+...\n- a(x)\n+ b(x)\n  ...+>, x)",
        "c(a(1) + a(2), 2);",
        "c(a(1) + b(2), 2);",
    ),
    "an argument behind dots and it": (
        "  c(...,\n  <+...\n- a(x)\n+ b(x)\n  ...+>, x)",
        "c(0, a(1) + a(2), 2);",
        "c(0, a(1) + b(2), 2);",
    ),
    "each of several hits that have the same": (
        "  c(<+...\n- a(x)\n+ b(x)\n  ...+>, x)",
        "c(a(2) + a(1) + a(2), 2);",
        "c(b(2) + a(1) + b(2), 2);",
    ),
    "no hit has it": ("- c(<+... a(x) ...+>, x);\n+ d(x);", "c(a(1), 2);", ""),
    "what a hit stands for": (
        "  if (<+... a(x)@y ...+>)\n- c(x);\n+ d(y);",
        "if (a(1) + a(2))\n\t\tc(2);",
        "if (a(1) + a(2))\n\t\td(a(2));",
    ),
    "it comes first": (
        "  c(x);\n  if (<+...\n- a(x)\n+ b(x)\n  ...+>) { ... }",
        "c(2);\n\tif (a(1) + a(2)) {\n\t}",
        "c(2);\n\tif (a(1) + b(2)) {\n\t}",
    ),
}

# A pattern that changes nothing, one that takes what it has bound, and code.
LATER = {
    "a value": (
        "  if (<+... a(x) ...+>) S",
        "expression r.x;",
        "- c(x);\n+ d(x);",
        "if (a(1) + a(2)) {\n\t}\n\tc(1);\n\tc(2);\n\tc(3);",
        "if (a(1) + a(2)) {\n\t}\n\td(1);\n\td(2);\n\tc(3);",
    ),
    "a position": (
        "  if (<+... a@p(x) ...+>) S",
        "position r.p;",
        "- a@p(\n+ b(\n  ...)",
        "a(0);\n\tif (a(1) + a(2)) {\n\t}",
        "a(0);\n\tif (b(1) + b(2)) {\n\t}",
    ),
    "both": (
        "  if (<+... a@p(x) ...+>) S",
        "position r.p;\nexpression r.x;",
        "- a@p(x)\n+ b(x)",
        "a(1);\n\tif (a(1) + a(1)) {\n\t}",
        "a(1);\n\tif (b(1) + b(1)) {\n\t}",
    ),
}

NAMES = "expression x, y;\nstatement S;"


def _later(pattern: str, inherited: str, change: str) -> str:
    declared = f"{NAMES}\nposition p;" if "@p" in pattern else NAMES
    return patch(declared, pattern, "r") + "\n" + patch(inherited, change)


# A patch, a statement, and what becomes of it.
ALL = {
    **{
        name: (patch(NAMES, pattern), before, after or before)
        for name, (pattern, before, after) in CASES.items()
    },
    **{
        f"a later rule takes {name} of all hits": (_later(*rules), before, after)
        for name, (*rules, before, after) in LATER.items()
    },
}


@pytest.mark.parametrize(("text", "before", "after"), ALL.values(), ids=ALL)
def test_one_value_for_what_is_used_outside(text: str, before: str, after: str) -> None:
    assert applied(text, BODY.format(before)) == BODY.format(after)


@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("text", "before", "after"), ALL.values(), ids=ALL)
def test_spatch_says_the_same(text: str, before: str, after: str, tmp_path: Path) -> None:
    assert by_spatch(text, BODY.format(before), tmp_path) == BODY.format(after)


def test_two_values_for_what_comes_once() -> None:
    """Nothing says which one is meant; spatch ends with `already tagged token`."""
    text = patch(NAMES, "- c(<+... a(x) ...+>);\n+ d(x);")
    found = outcome(text, BODY.format("c(a(1) + a(2));"))
    assert found.after == found.before
    assert found.troubles
