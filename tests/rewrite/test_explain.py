"""What is told of a mention that no rule has matched."""

from __future__ import annotations

import pytest

from refactor.match.verdict import Refused
from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from tests.edits import rule_of, smpl

# What would match in a build without what is between the directives, or may match in it.
SPLIT = {
    "an assignment": ("- x = old();", "x = old()\n#ifdef B\n\t+ b\n#endif\n\t;"),
    "a call with fewer arguments": ("- old(a)", "old(a\n#ifdef B\n\t, b\n#endif\n\t);"),
    "an if without its else": (
        "- if (x) { old(a); }",
        "if (x) {\n\t\told(a);\n\t}\n#ifdef B\n\telse {\n\t\tg();\n\t}\n#endif",
    ),
    "a body of another if": (
        "- if (x) old(a);",
        "if (x)\n#ifdef B\n\t\tif (y)\n#endif\n\t\t\told(a);",
    ),
    "statements that are in a row in another build": (
        "f(x);\n- old(a);",
        "if (x) {\n\t\tf(x);\n#ifdef B\n\t} else {\n#endif\n\t\told(a);\n\t}",
    ),
}

OTHER = {
    "another statement": "x = a\n#ifdef B\n\t+ b\n#endif\n\t;\n\told(c);",
    "a statement in a conditional": "#ifdef B\n\told(c);\n#endif",
    "a deeper block": (
        "if (x) {\n\t\tif (y) {\n\t\t\told(c);\n\t\t}\n\t}\n#ifdef B\n\telse\n\t\tg();\n#endif"
    ),
    "an element of a list with conditionals": (
        "struct a b = {\n\t.f = old(c),\n#ifdef B\n\t.g = h,\n#endif\n\t};"
    ),
}


def refused(patch: str, code: str) -> list[str]:
    (edit,) = rule_of(smpl(patch), single=True).edits
    assert isinstance(edit, Smpl)
    data = f"int f(int a)\n{{\n\t{code}\n}}\n".encode()
    rewritten = rewrite_patch("a.c", data, edit)
    assert rewritten.after in (data, None)
    return [each.note for each in rewritten.verdicts if isinstance(each, Refused)]


@pytest.mark.parametrize(("patch", "code"), SPLIT.values(), ids=SPLIT)
def test_a_statement_of_two_builds_is_refused(patch: str, code: str) -> None:
    assert refused(patch, code)


@pytest.mark.parametrize("code", OTHER.values(), ids=OTHER)
def test_a_statement_of_one_build_is_not(code: str) -> None:
    assert not refused("- old(1)", code)
