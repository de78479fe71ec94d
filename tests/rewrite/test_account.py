"""Mentions between those that a match changes: each has a verdict of its own."""

from __future__ import annotations

import pytest

from tests.edits import applied, body, rule_of, smpl, told_of

CASES = {
    "in what dots stand for": (
        smpl("- lock(x);\n+ take(x);\n  ...\n- unlock(x);\n+ drop(x);"),
        body("lock(a);\nunlock(b);\nunlock(a);"),
        ["skipped FORM no lock(x); before it fits together with it"],
    ),
    "in what a hole stands for": (
        smpl("- old(x)\n+ new(x)"),
        body("old(old(a, b));"),
        ["skipped FORM it has 2 arguments, not 1"],
    ),
    "beside the element of a list": (
        smpl(
            "  struct s I = {\n- .old = x,\n+ .new = x,\n  };",
            declared="identifier I; expression x;",
        ),
        "struct s a = {\n\t.old = 1,\n\t/* the .old one */\n\t.b = g(old),\n};\n",
        ["skipped TEXT", "skipped FORM it is not in a designator here"],
    ),
    "in a function whose head changes": (
        smpl("- int f(int old)\n+ int f(void)\n  {...}"),
        "int f(int old)\n{\n\t/* old */\n\tint a;\n\treturn 0;\n}\n",
        ["skipped TEXT"],
    ),
    "in a match that is as it should be": (
        smpl("- old(x, y)\n+ old(x, y | ACC)"),
        body("old(old(a), b | ACC);"),
        ["conforming", "skipped FORM it has 1 arguments, not 2"],
    ),
    "in what goes": (
        smpl("- drop(x);\n- old(y);"),
        body("drop(old(a, b));\nold(g(old));"),
        [],
    ),
    "in what an earlier rule has moved": (
        "smpl = '''\n@@\nexpression x, y;\n@@\n- old(x, y)\n+ two(y, x)\n\n@@\nexpression x;\n@@\n"
        "- two(x, 1)\n+ one(x)\n'''",
        body("two(old(1, old(a)), b);\nold(1, old(b));"),
        [
            "skipped FORM argument 2: it is not 1",
            "skipped FORM it has 1 arguments, not 2",
            "skipped FORM it has 1 arguments, not 2",
        ],
    ),
}


@pytest.mark.parametrize(("rule", "code", "told"), CASES.values(), ids=CASES)
def test_nothing_is_passed_over(rule: str, code: str, told: list[str]) -> None:
    result = applied(rule_of(rule, single=True), code.encode())
    assert told_of(result) == told
