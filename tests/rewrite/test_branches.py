"""Branches that change places, and holes that stand for all of one."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, rule

SWAP = rule("expression E; statement S, T;", "- if (E) S else T\n+ if (!E) T else S")
SWAP_LINES = rule(
    "expression E; statement S, T;",
    "- if (E)\n-   S\n- else\n-   T\n+ if (!E)\n+   T\n+ else\n+   S",
)
TO_IF = rule("expression E; statement S;", "- while (E) S\n+ if (E) S")
TO_DO = rule("expression E; statement S;", "- while (E) S\n+ do S while (E);")
TO_BOTH = rule("expression E; statement S, T;", "- old(E);\n- S\n- T\n+ if (E) S else T")
LEAVE = "- while (!E) {\n+ while (true) {\n"
LEAVE_LINE = rule("expression E;", LEAVE + "+   if (E) break;\n    ...\n  }")
LEAVE_LINES = rule("expression E;", LEAVE + "+   if (E)\n+     break;\n    ...\n  }")
INVERT = rule("expression E; statement list L;", "- if (E) {\n+ if (!E)\n+   return;\n  L\n- }")
IN_A_LINE = rule("expression E;", "- old(E);\n+ if (E) { a(); b(); } else { c(); }")
LEFT = "while (true) {\n\tif (x)\n\t\tbreak;\n"
BLOCK = "{\n\tc();\n\td();\n}"


def test_branches_that_change_places_are_two() -> None:
    """An `if` without an `else` is none with a branch that the other one could become."""
    alone = in_function("if (a)\n\tb();")
    check(SWAP, alone, alone)


@pytest.mark.parametrize("patch", [SWAP, SWAP_LINES])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (a)\n\tb();\nelse\n\tc();", "if (!a)\n\tc();\nelse\n\tb();"),
        (
            f"if (a) {{\n\tb();\n}} else {BLOCK}",
            f"if (!a) {BLOCK} else {{\n\tb();\n}}",
        ),
        (f"if (a)\n\tb();\nelse {BLOCK}", f"if (!a) {BLOCK} else\n\tb();"),
        (f"if (a) {BLOCK} else\n\tb();", f"if (!a)\n\tb();\nelse {BLOCK}"),
    ],
)
def test_branches_change_places(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        (TO_IF, "while (x)\n\tg();", "if (x)\n\tg();"),
        (TO_IF, f"while (x) {BLOCK}", f"if (x) {BLOCK}"),
        (TO_DO, "while (x)\n\tg();", "do\n\tg();\nwhile (x);"),
        (TO_DO, f"while (x) {BLOCK}", f"do {BLOCK} while (x);"),
        (TO_BOTH, "old(1);\ng();\nh();", "if (1)\n\tg();\nelse\n\th();"),
        (TO_BOTH, f"old(1);\n{BLOCK}\nh();", f"if (1) {BLOCK} else\n\th();"),
    ],
)
def test_a_branch_has_lines_of_its_own(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))
