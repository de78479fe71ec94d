"""The members of a struct, in order, and how many of them a list takes."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

# What is declared, the members in the pattern, and those that are left of int a, b, c, d.
CASES = {
    "any number": ("field list fs;", "- fs", ""),
    "two at the beginning": ("field list[2] fs;", "- fs\n  ...", "c d"),
    "two at the end": ("field list[2] fs;", "  ...\n- fs", "a b"),
    "so many at the beginning": ("field list[n={2}] fs;", "- fs\n  ...", "c d"),
    "at the beginning and at the end": ("field list[2] fs; field f;", "- fs\n  ...\n- f", "c"),
    "up to a name": ("field list fs;", "- fs\n  int c;\n  ...", "c d"),
    "too many": ("field list[5] fs;", "- fs\n  ...", "a b c d"),
}


def struct(members: str) -> str:
    return "struct s {{\n{}}};\n".format("".join(f"\tint {each};\n" for each in members.split()))


@pytest.mark.parametrize(("declared", "members", "left"), CASES.values(), ids=CASES)
def test_members(declared: str, members: str, left: str) -> None:
    text = patch(declared, f"  struct s {{\n{members}\n  }};")
    assert applied(text, struct("a b c d")) == struct(left)
