"""What is told of a mention that no rule has matched."""

from __future__ import annotations

import pytest

from refactor.match.verdict import NotApplicable, Refused
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


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ("- old(x)", 'asm("nop" : : "r" (old(a)));'),
        ("- x->old\n+ x->new", 'asm volatile("nop" : [m] "+m" (x->old) : : "memory");'),
        ("- old(x, y);", "g(a b c, old(a) d);"),
        ("- old(x);", "x = old(a) y;"),
        ("- old(x)", "#define M(x) (old(x)\n\t;"),
        ("- old(x)", "#define M(x) old(x) old(x)\n\t;"),
        ("- x->old\n+ x->new", "#define M(x) x->old x->old\n\t;"),
        ("  f(...) {\n  <...\n- old(x);\n  ...>\n  }", "x = old(a) y;"),
    ],
)
def test_what_is_not_understood_and_may_match_is_refused(patch: str, code: str) -> None:
    assert refused(patch, code)


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ("- old(x)", 'asm("nop" : [old] "=r" (a) : "i" (old));'),
        ("- old(x)", "x = old y;"),
        ("- x->old\n+ x->new", "#define M .old = 1,\n\told(a) b;"),
        ("- old(x)", "#define old(x) x\n#define M(x) old##x(x)\n#define N(x) (x##old(x)\n\t;"),
        ("- if (x) old(x);", "while (old(a) y);"),
    ],
)
def test_what_cannot_match_is_not_refused(patch: str, code: str) -> None:
    assert not refused(patch, code)


def told(patch: str, code: str) -> list[str]:
    (edit,) = rule_of(smpl(patch), single=True).edits
    assert isinstance(edit, Smpl)
    result = rewrite_patch("a.c", f"int f(int a)\n{{\n\t{code}\n}}\n".encode(), edit)
    return [each.message for each in result.verdicts if isinstance(each, NotApplicable)]


def test_a_nest_in_a_function_is_explained_by_what_is_in_it() -> None:
    nest = "  f(int a) {\n  <...\n- old(x)\n  ...>\n  }"
    assert told(nest, "old(a, b);") == ["it is of another form: it has 2 arguments, not 1"]
    assert told(nest, "g(old);") == ["it is named here, not called"]


def test_a_call_is_not_said_to_be_none() -> None:
    """The file has no if, so what is not understood cannot match."""
    assert told("- if (x) old(x);", "x = old(a) y;") != ["it is named here, not called"]
