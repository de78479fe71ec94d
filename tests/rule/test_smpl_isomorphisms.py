"""Isomorphisms that a semantic patch brings along: what they let match, as spatch has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.rewrite.passes import run
from refactor.rule.smpl.compile import Compiled, compile_patch
from refactor.rule.smpl.read import read
from refactor.rule.smpl.step import Step

ISO = """\
Expression
@ is_empty @
expression E;
@@
 list_empty(E) <=> !list_first(E) => E->next == E

Expression
@ no_flag @
@@
 NO_FLAG => 0

Statement
@ adds @
identifier i;
expression E;
@@
 i = E; => i += E;

Statement
@ tested @
identifier i;
@@
 i = 0; => if (i) reset(i);

Type
@ halves @
@@
 unsigned short => short

ArgExpression
@ least @
expression A, B;
@@
 min(A, B) => min_t(int, A, B)

TestExpression
@ truth @
expression E;
@@
 is_set(E) => E

Expression
@ the_one @
expression E;
@@
 unlock(E) => unlock_it()

Expression
@ alone @
pure expression E;
@@
 one(E) => two(E)
"""

CASES = {
    "both directions, and what stands in a hole": (
        "expression x;\n@@\n- list_empty(x)\n+ empty(x)",
        "if (!list_first(&a->l) || b->next == b || list_empty(c) || list_first(d)) {}",
        "if (empty(&a->l) || empty(b) || empty(c) || list_first(d)) {}",
    ),
    "from the second form": (
        "expression x;\n@@\n- !list_first(x)\n+ empty(x)",
        "a = list_empty(b) || c->next == c || !list_first(d);",
        "a = empty(b) || empty(c) || empty(d);",
    ),
    "not from the last one": (
        "expression x;\n@@\n- x->next == x\n+ empty(x)",
        "a = list_empty(b) || c->next == c;",
        "a = list_empty(b) || empty(c);",
    ),
    "a word": (
        "expression x;\n@@\n- get(x, NO_FLAG)\n+ get0(x)",
        "get(a, 0); get(b, NO_FLAG); get(c, 1);",
        "get0(a); get0(b); get(c, 1);",
    ),
    "a statement": (
        "expression x;\n@@\n- a = x;\n+ set(x);",
        "a = 1; a += 2; a -= 3;",
        "set(1); set(2); a -= 3;",
    ),
    "a statement of another kind": (
        "\n@@\n- b = 0;\n+ clear(b);",
        "b = 0;\n\tif (b)\n\t\treset(b);",
        "clear(b);\n\tclear(b);",
    ),
    "a type": (
        "identifier i;\n@@\n- unsigned short i;\n+ u16 i;",
        "unsigned short a; short b; int c;",
        "u16 a; u16 b; int c;",
    ),
    "an argument and nothing else": (
        "expression x, y;\n@@\n- use(min(x, y))\n+ use(x, y)",
        "use(min_t(int, 1, 2)); use(min(3, 4)); use(min_t(long, 5, 6));",
        "use(1, 2); use(3, 4); use(min_t(long, 5, 6));",
    ),
    "what is no argument": (
        "expression x, y;\n@@\n- min(x, y) + 1\n+ x",
        "a = min_t(int, 1, 2) + 1; a = min(3, 4) + 1;",
        "a = min_t(int, 1, 2) + 1; a = 3;",
    ),
    "what is assigned": (
        "expression x, y;\n@@\n- a = min(x, y);\n+ a = x + y;",
        "a = min_t(int, 1, 2); a = min(3, 4);",
        "a = 1 + 2; a = 3 + 4;",
    ),
    "behind dots": (
        "expression x;\n@@\n  lock(x);\n  ...\n- list_empty(x);\n+ empty(x);",
        "lock(a);\n\tf();\n\t!list_first(a);",
        "lock(a);\n\tf();\n\tempty(a);",
    ),
    "around what stays": (
        "expression x;\n@@\n  if (list_empty(x))\n- f();\n+ g();",
        "if (!list_first(x))\n\t\tf();",
        "if (!list_first(x))\n\t\tg();",
    ),
    "disabled": (
        "expression x;\n@@\n- list_empty(x)\n+ empty(x)",
        "a = !list_first(b) || list_empty(c);",
        "a = !list_first(b) || empty(c);",
    ),
    "a hole that the other form does not have": (
        "expression x;\n@@\n  lock(x);\n  ...\n- unlock(x);\n+ done();",
        "lock(a);\n\tf();\n\tunlock_it();",
        "lock(a);\n\tf();\n\tdone();",
    ),
    "a pure hole is not for what is used twice": (
        "expression x;\n@@\n- f(one(x), x)\n+ g(x)",
        "f(two(a), a); f(one(b), b);",
        "f(two(a), a); g(b);",
    ),
    "what must not come": (
        "expression x;\n@@\n- a(x);\n  ... when != list_empty(x)\n- b(x);",
        "if (k) {\n\t\ta(p);\n\t\tc();\n\t\tb(p);\n\t\treturn 0;\n\t}"
        "\n\ta(p);\n\tc(!list_first(p));\n\tb(p);",
        "if (k) {\n\t\tc();\n\t\treturn 0;\n\t}\n\ta(p);\n\tc(!list_first(p));\n\tb(p);",
    ),
    "a pure hole": (
        "expression x;\n@@\n- f(one(x))\n+ g()",
        "f(two(a)); f(one(b));",
        "g(); g();",
    ),
}  # fmt: skip


def code(body: str) -> str:
    return f"int h(void)\n{{\n\t{body}\n}}\n"


def compiled(name: str, declared: str) -> Compiled:
    head = "@ disable is_empty @" if name == "disabled" else "@@"
    text = f'using "my.iso"\n{head}\n{declared}\n'
    return compile_patch(read("x.cocci", text, {"my.iso": ISO}.get))


@pytest.mark.parametrize("name", CASES)
def test_what_they_let_match(name: str) -> None:
    declared, before, after = CASES[name]
    found = run(compiled(name, declared), "x.c", code(before).encode(), {})
    assert not found.troubles
    assert found.after.decode() == code(after)


OURS = {"a statement of another kind"}
"""What spatch 1.1.1 leaves as it is, though the isomorphism says it."""


@pytest.mark.parametrize("name", sorted(CASES.keys() - OURS))
def test_spatch_says_the_same(name: str, tmp_path: Path) -> None:
    if shutil.which("spatch") is None:
        pytest.skip("spatch is not installed")
    declared, before, after = CASES[name]
    head = "@ disable is_empty @" if name == "disabled" else "@@"
    (tmp_path / "my.iso").write_text(ISO)
    (tmp_path / "x.cocci").write_text(f'using "my.iso"\n{head}\n{declared}\n')
    (tmp_path / "x.c").write_text(code(before))
    command = ["spatch", "--very-quiet", "--in-place", "--sp-file", "x.cocci", "x.c"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    theirs = (tmp_path / "x.c").read_text()
    assert re.findall(r"\w+|[^\w\s]", theirs) == re.findall(r"\w+|[^\w\s]", code(after))


def test_a_rule_can_have_some_for_itself() -> None:
    text = '@ using "my.iso" @\n@@\n- get(NO_FLAG);\n@@\n@@\n- put(NO_FLAG);\n'
    patch = compile_patch(read("x.cocci", text, {"my.iso": ISO}.get))
    found = run(patch, "x.c", b"void f(void)\n{\n\tget(0);\n\tput(0);\n}\n", {})
    assert found.after == b"void f(void)\n{\n\tput(0);\n}\n"


def test_words_that_have_another_form_are_not_needed() -> None:
    """Otherwise a file would not be looked at."""
    assert needed("keep(list_empty(x))") == [["keep"], ["list_empty", "list_first", "next"]]
    assert needed("min(x, 1)") == [["min"]]
    assert needed("f(min(x, 1))") == [["f"], ["min", "min_t"]]


def needed(removed: str) -> list[list[str]]:
    step = compiled("", f"expression x;\n@@\n- {removed}\n+ y").steps[0]
    assert isinstance(step, Step)
    return sorted(sorted(each) for each in step.clauses)


@pytest.mark.parametrize(
    ("iso", "place", "message"),
    [
        ("junk\n", "1:1", "begins with its kind"),
        ("@ x @\n@@\n f => g\n", "1:1", "isomorphisms of no kind"),
        ("// a\nToplevel\n@ x @\n@@\n f => g\n", "2:1", "isomorphisms of Toplevel"),
        ("Expression\n@@\n@@\n f => g\n", "2:1", "the name of an isomorphism is expected"),
        ("Expression\n@ x @\n@@\n f\n", "2:1", "=> or <=> is expected in isomorphism x"),
        ("Expression\n@ x @\n@@\n f =>\n", "2:1", "on both sides of an arrow"),
        ("Expression\n@ x @\nexpression E;\n@@\n f => g(E)\n", "5:9", "E stands for nothing"),
        ("Expression\n@ x @\n@@\n f(...) => g\n", "4:4", "dots and alternatives in an isomorphism"),
        ("Expression\n@ x @\n@@\n f( => g\n", "4:1", "isomorphism x does not parse"),
        ("Statement\n@ x @\n@@\n f(); g(); => h();\n", "4:2", "one piece of code"),
    ],
)
def test_what_cannot_be_said(iso: str, place: str, message: str) -> None:
    text = 'using "my.iso"\n@@\n@@\n- f()\n'
    with pytest.raises(RuleError) as error:
        compile_patch(read("x.cocci", text, {"my.iso": iso}.get))
    assert message in error.value.message
    assert str(error.value.place).startswith(f"my.iso:{place}")
