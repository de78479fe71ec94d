"""Mentions in code that a conditional tears: a verdict that is true of every build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refactor.c.lexical import mentions
from refactor.c.syntax import parse
from refactor.match.verdict import Refused
from refactor.rewrite.file import Rewritten
from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from tests.edits import body, rule_of, smpl

CALL = smpl("- old(x)\n+ new(x)")
STATEMENT = smpl("- old(x);\n+ new(x);")
IN_IF = smpl("  if (x) {\n- old(y);\n+ new(y);\n  }")
IN_HEAD = smpl(
    "  f(int a, int b)\n  {\n  <...\n- old(x)\n+ new(x)\n  ...>\n  }",
    declared="identifier f; expression x;",
)
FIELD = smpl(
    "  struct ops I = {\n- .old = x,\n+ .new = x,\n  };", declared="identifier I; expression x;"
)
HEAD = smpl("- int old(int a)\n+ int new(int a)\n  {...}", declared="identifier a;")
MEMBER = smpl(
    "  struct s {\n  ...\n- T old;\n+ T new;\n  ...\n  };", declared="identifier s; type T;"
)
FLAG = smpl("- old(x, y)\n+ old(x, y | ACC)")
BEHIND = smpl("  old(x);\n+ new(x);")
RULES = {
    "a flag": FLAG,
    "behind it": BEHIND,
    "a call": CALL,
    "a statement": STATEMENT,
    "in an if": IN_IF,
    "in a function": IN_HEAD,
    "an element": FIELD,
    "a head": HEAD,
    "a member": MEMBER,
}


def edit_of(rule: str) -> Smpl:
    (edit,) = rule_of(rule, single=True).edits
    assert isinstance(edit, Smpl)
    return edit


EDITS = {name: edit_of(rule) for name, rule in RULES.items()}


def verdicts(edit: Smpl, code: str) -> tuple[Rewritten, dict[int, str]]:
    """What becomes of each mention: the verdict that is nearest to it."""
    data = code.encode()
    result = rewrite_patch("a.c", data, edit)
    told: dict[int, str] = {}
    for mention in mentions(data, "old"):
        around = [
            (each.covered if isinstance(each, Refused) else each.where, type(each).__name__)
            for each in result.verdicts
        ]
        mine = [(len(span), kind) for span, kind in around if mention.start in span]
        assert mine, f"nothing is told of {mention} in {code}"
        told[mention.start] = min(mine)[1]
    return result, told


def configured(code: str, values: Mapping[str, bool]) -> str:
    """One build's code, the other lines blank."""
    lines: list[str] = []
    on: list[bool] = []
    for line in code.splitlines(keepends=True):
        word, _, name = line.strip().partition(" ")
        if word == "#ifdef":
            on.append(values[name])
        elif word == "#else":
            on[-1] = not on[-1]
        is_kept = all(on) and word not in ("#ifdef", "#else", "#endif")
        if word == "#endif":
            on.pop()
        lines.append(line if is_kept else " " * (len(line) - 1) + "\n")
    return "".join(lines)


def builds(code: str) -> Iterator[Mapping[str, bool]]:
    names = sorted(set(re.findall(r"#ifdef (\w)", code)))
    for chosen in product((True, False), repeat=len(names)):
        yield dict(zip(names, chosen, strict=True))


def check(edit: Smpl, code: str) -> dict[int, str]:
    """Each mention has a verdict. One that a build would change changes or is refused, and what
    changes does so in each build that has it, to the same.
    """
    result, told = verdicts(edit, code)
    assert result.after is not None
    for values in builds(code):
        there = configured(code, values)
        alone, expected = verdicts(edit, there)
        for at, kind in expected.items():
            if kind == "Change":
                assert told[at] in ("Change", "Refused"), f"{at}: {told[at]} in {code}"
            elif told[at] == "Conforming":
                assert kind == "Conforming", f"{at}: {kind} in a build of {code}"
            elif told[at] == "Change":
                raise AssertionError(f"{at} changes, and not in a build of {code}")
        if "Refused" not in (*told.values(), *expected.values()):
            after = configured(result.after.decode(), values)
            assert alone.after is not None
            assert after.split() == alone.after.decode().split(), code
    return told


IF, ELSE, END = "#ifdef A\n", "#else\n", "#endif\n"
TORN = {
    "a list with two heads": (
        "an element",
        f"{IF}struct ops a = {{\n{ELSE}static struct ops a = {{\n{END}"
        "\t.b = 1,\n\t.old = 2,\n};\n",
        ["Change"],
    ),
    "another list by its other head": (
        "an element",
        f"{IF}struct ops a = {{\n{ELSE}struct other a = {{\n{END}\t.b = 1,\n\t.old = 2,\n}};\n",
        ["Refused"],
    ),
    "an element in the second beginning": (
        "an element",
        f"{IF}struct other a = {{\n\t.old = 1,\n{ELSE}struct ops a = {{\n\t.old = 1,\n{END}"
        "\t.old = 2,\n};\n",
        ["NotApplicable", "Refused", "Refused"],
    ),
    "two ends of a list": (
        "an element",
        f"struct ops a = {{\n{IF}\t.old = 1 }};\n{ELSE}\t.old = 2,\n}};\n{END}",
        ["Change", "Refused"],
    ),
    "the type of a list": (
        "an element",
        f"struct\n{IF}ops\n{ELSE}other\n{END}a = {{\n\t.old = 1,\n}};\n",
        ["Refused"],
    ),
    "a function with two heads": (
        "in a function",
        f"{IF}int g(int a)\n{ELSE}int g(int a, int b)\n{END}{{\n\told(a);\n}}\n",
        ["Refused"],
    ),
    "heads of two functions": (
        "a head",
        f"{IF}int old(int a)\n{ELSE}int old(int b)\n{END}{{\n}}\n",
        ["Refused", "Refused"],
    ),
    "a conditional among parameters": (
        "a head",
        f"int old(int a\n{IF}\t, int b\n{END}\t)\n{{\n}}\n",
        ["Refused"],
    ),
    "other parameters in all builds": (
        "a head",
        f"int old(void *p,\n{IF}\tint a\n{ELSE}\tint b\n{END}\t)\n{{\n}}\n",
        ["NotApplicable"],
    ),
    "a conditional among arguments": (
        "a call",
        body(f"old(a\n{IF}\t, b\n{END}\t);"),
        ["Refused"],
    ),
    "other arguments in all builds": (
        "a call",
        body(f"old(a, b\n{IF}\t, c\n{END}\t);"),
        ["NotApplicable"],
    ),
    "another if": (
        "in an if",
        body(f"{IF}for (;;) {{\n{ELSE}if (a) {{\n{END}old(b);\n}}"),
        ["Refused"],
    ),
    "a body of an if in one build": (
        "in an if",
        body(f"{IF}if (a)\n{END}old(b);"),
        ["Refused"],
    ),
    "a body of an if in another branch": (
        "in an if",
        body(f"if (a)\n{IF}b();\n{ELSE}old(b);\n{END}"),
        ["Refused"],
    ),
    "a flag in one build": ("a flag", body(f"old(a, b\n{IF}| ACC\n{END});"), ["Refused"]),
    "what comes is there in one build": (
        "behind it",
        body(f"old(a);\n{IF}new(a);\n{END}old(b);\nnew(b);\n{IF}old(c);\nnew(c);\n{END}"),
        ["Refused", "Conforming", "Conforming"],
    ),
    "what comes is there for one of two": (
        "behind it",
        body(f"{IF}old(a);\n{ELSE}old(b);\n{END}new(a);"),
        ["Conforming", "Change"],
    ),
    "what comes is under a condition in one build": (
        "behind it",
        body(f"old(a);\n{IF}if (b)\n{END}\tnew(a);"),
        ["Refused"],
    ),
    "the end of a statement": (
        "a statement",
        body(f"old(a)\n{IF};\n{ELSE}, b();\n{END}"),
        ["Refused"],
    ),
    "the arguments of a call": (
        "a statement",
        body(f"old\n{IF}(a);\n{ELSE}(b);\n{END}"),
        ["Refused"],
    ),
    "the type of a member": (
        "a member",
        f"struct s {{\n\tint b;\n{IF}\tint\n{ELSE}\tlong\n{END}\told;\n}};\n",
        ["Refused"],
    ),
    "members in branches": (
        "a member",
        f"struct s {{\n\tint b;\n{IF}\tint old;\n{ELSE}\tlong old;\n{END}\tint c;\n}};\n",
        ["Change", "Change"],
    ),
}


@pytest.mark.parametrize(("rule", "code", "expected"), TORN.values(), ids=TORN)
def test_what_is_torn(rule: str, code: str, expected: list[str]) -> None:
    assert list(check(EDITS[rule], code).values()) == expected


def test_a_rule_with_others_sees_the_rest_of_the_file() -> None:
    """What it inherits comes from another function."""
    edit = edit_of(
        "smpl = '''\n@r@\nidentifier f;\n@@\n  known(f);\n\n@@\nidentifier r.f;\n@@\n"
        "- old(f);\n+ new(f);\n'''"
    )
    code = "void g(void)\n{\n\tknown(b);\n}\n" + body(
        f"old(a);\nold(b)\n{IF}\t;\n{ELSE}\t, c();\n{END}"
    )
    assert list(verdicts(edit, code)[1].values()) == ["NotApplicable", "Refused"]


PIECES = """
if (a) {
if (old(a)) {
if (a)
for (;;) {
} else {
}
else
old(a);
old(a)
old(b, c);
;
+ old(b)
x = old(a)
a();
old
(a);
(a, b);
return old(a);
int old = a;
"""
ELEMENTS = """
struct ops a = {
static struct ops a = {
struct other a = {
struct ops b
= {
.old = 1,
.old
= 2,
.b = 1,
.c = {
},
};
int old(int a) {
int old(int b)
int g(int a, int b)
{
old(a);
}
int old;
struct s {
"""


def conditional(pieces: str) -> st.SearchStrategy[str]:
    """Some pieces, a line each, of which some are under a condition."""
    piece = st.sampled_from(pieces.lstrip().splitlines(keepends=True))
    text = st.lists(piece, max_size=3).map("".join)
    inner = st.tuples(st.sampled_from("AB"), text, st.booleans(), text).map(
        lambda one: (
            f"#ifdef {one[0]}\n{one[1]}" + (f"#else\n{one[3]}" if one[2] else "") + "#endif\n"
        )
    )
    return st.lists(st.one_of(text, inner), min_size=1, max_size=5).map("".join)


@settings(max_examples=60)
@given(code=conditional(PIECES), rule=st.sampled_from(["a call", "a statement", "in an if"]))
def test_any_statements_with_conditionals(code: str, rule: str) -> None:
    check_if_sane(EDITS[rule], f"int f(int a, int b)\n{{\n{code}}}\n")


@settings(max_examples=60)
@given(code=conditional(ELEMENTS), rule=st.sampled_from(["an element", "a head", "a member"]))
def test_any_definitions_with_conditionals(code: str, rule: str) -> None:
    check_if_sane(EDITS[rule], code)


def check_if_sane(edit: Smpl, code: str) -> None:
    """Of code that is C in no build it is only asked that every mention has a verdict."""
    verdicts(edit, code)
    there = [configured(code, values).encode() for values in builds(code)]
    if not any(parse("a.c", each).root.has_error for each in there):
        check(edit, code)
