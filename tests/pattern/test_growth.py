"""Forks in a row, and hits of a nest: each is looked at, not each choice of them.

With 2 to the power of the number these would not end; bench/growth.py has the times.
"""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

MANY = 24


def function(lines: list[str]) -> str:
    return "int m(int x)\n{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"


def forks(count: int, one: str, other: str) -> list[str]:
    return [
        line
        for n in range(count)
        for line in (f"if (x == {n})", f"\ta{n}({one});", "else", f"\ta{n}({other});")
    ]


@pytest.mark.parametrize(("one", "other"), [("", ""), ("1", "2")])
def test_all_branches_of_forks_in_a_row(one: str, other: str) -> None:
    names = "expression list " + ", ".join(f"E{n}" for n in range(MANY)) + ";"
    text = patch(names, "\n...\n".join(f"- a{n}(E{n});\n+ b{n}(E{n});" for n in range(MANY)))
    before = function(forks(MANY, one, other))
    after = before
    for n in range(MANY):
        after = after.replace(f"a{n}(", f"b{n}(")
    assert applied(text, before) == after


@pytest.mark.parametrize("count", [2, MANY])
@pytest.mark.parametrize(("other", "agrees"), [("1", True), ("2", False)])
def test_ways_that_write_different_things_are_seen(count: int, other: str, agrees: bool) -> None:
    """What is written at the end names a value from the first fork, and all ways come there."""
    names = "expression " + ", ".join(f"E{n}" for n in range(count)) + ";"
    items = [*(f"  a{n}(E{n});" for n in range(count)), "- z();\n+ z(E0);"]
    before = function([*forks(count, "1", other), "z();"])
    found = outcome(patch(names, "\n...\n".join(items)), before)
    assert found.after.decode() == (before.replace("z();", "z(1);") if agrees else before)
    assert bool(found.troubles) != agrees


def test_hits_of_nests_in_a_list() -> None:
    nests = ", ".join(f"<+... E{n} ...+>" for n in range(MANY))
    names = "expression " + ", ".join(f"E{n}" for n in range(MANY)) + ";"
    items = ", ".join(f"g(a, b, h(c + {n}))" for n in range(MANY))
    text = patch(names, f"- f({nests}, z);")
    assert applied(text, function([f"f({items}, z);"])) == function([])
    assert applied(text, function([f"f({items}, y);"])) == function([f"f({items}, y);"])
