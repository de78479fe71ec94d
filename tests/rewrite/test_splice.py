"""What goes, what comes, and how it sits in its lines: one table for each kind of place."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, patched, reasons, rule

CALL = rule("expression E;", "- f(E);\n+ g(E);\n+ h(E);")
GONE = rule("expression E;", "- f(E);")
TWO_GONE = rule("", "  q();\n- f(1);\n- g(1);")
BEHIND = rule("expression E;", "  f(E);\n+ g(E);")
BEFORE = rule("expression E;", "+ g(E);\n  f(E);")


def check_refused(patch: str, before: str, reason: str) -> None:
    """Nothing changes, and the reason is told."""
    outcome = patched(patch, before)
    assert outcome.after.decode() == before
    assert reasons(outcome) == [reason]


# ---------------------------------------------------------------------------- expressions

GROUPING = [
    ("area_size(E)", "E->size", "area_size(*pp)", "(*pp)->size"),
    ("area_size(E)", "E->size", "area_size(&s)", "(&s)->size"),
    ("area_size(E)", "E->size", "area_size((struct area *)pp)", "((struct area *)pp)->size"),
    ("area_size(E)", "E->size", "area_size(p->q[1])", "p->q[1]->size"),
    ("first(E)", "E[0]", "first(b + 1)", "(b + 1)[0]"),
    ("first(E)", "E[0]", "first(*a)", "(*a)[0]"),
    ("negate(E)", "-E", "-negate(a)", "- -a"),
    ("negate(E)", "-E", "negate(-1)", "- -1"),
    ("negate(E)", "-E", "b - negate(a)", "b - -a"),
    ("negate(E)", "-E", "b-negate(a)", "b- -a"),
    ("deref(E)", "*E", "b/deref(a)", "b/ *a"),
    ("deref(E)", "*E", "deref(a)++", "(*a)++"),
    ("deref(E)", "*E", "deref(a)->x", "(*a)->x"),
    ("address(E)", "&E", "b&address(a)", "b& &a"),
    ("sum(E, F)", "E + F", "2 * sum(a, b)", "2 * (a + b)"),
    ("sum(E, F)", "E + F", "sum(a, b) + 1", "a + b + 1"),
    ("sum(E, F)", "E + F", "1 - sum(a, b)", "1 - (a + b)"),
    ("sum(E, F)", "E + F", "g(sum(a, b), 1)", "g(a + b, 1)"),
    ("choose(E, F)", "E ? F : 0", "1 + choose(a, b)", "1 + (a ? b : 0)"),
    ("choose(E, F)", "E ? F : 0", "choose(a ? b : c, d)", "(a ? b : c) ? d : 0"),
    ("choose(E, F)", "E ? F : 0", "choose(a = b, d)", "(a = b) ? d : 0"),
    ("both(E, F)", "(E, F)", "g(both(a, b))", "g((a, b))"),
    ("twice(E)", "g(E, E)", "twice(a + 1)", "g(a + 1, a + 1)"),
    ("size(E)", "sizeof(E)", "size(a)[0]", "(sizeof(a))[0]"),
    ("cast(E)", "(long)E", "cast(a + b)", "(long)(a + b)"),
    ("cast(E)", "(long)E", "cast(a)->b", "((long)a)->b"),
    ("id(E)", "E", "id(a + b) * 2", "(a + b) * 2"),
    ("id(E)", "E", "id(id(a + b)) * 2", "(a + b) * 2"),
    ("id(E)", "E", "id((a)) + 1", "(a) + 1"),
    ("id(E)", "E", "x = id(a)", "x = a"),
]


@pytest.mark.parametrize(("old", "new", "before", "after"), GROUPING)
def test_grouping(old: str, new: str, before: str, after: str) -> None:
    patch = rule("expression E, F;", f"- {old}\n+ {new}")
    check(patch, in_function(f"use({before});"), in_function(f"use({after});"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("min(a, min(b, c))", "umin(a, umin(b, c))"),
        ("min(min(a, b), min(c, d))", "umin(umin(a, b), umin(c, d))"),
        ("min(g(min(a, b)), c)", "umin(g(umin(a, b)), c)"),
    ],
)
def test_every_level_of_nested_matches(before: str, after: str) -> None:
    patch = rule("expression E, F;", "- min(E, F)\n+ umin(E, F)")
    check(patch, in_function(f"x = {before};"), in_function(f"x = {after};"))


def test_the_larger_of_two_alternatives_is_meant() -> None:
    patch = rule("identifier m;\nsymbol v;", "(\n- v.m\n+ v->m\n|\n- v\n+ *v\n)")
    check(patch, in_function("g(v.a, v, v.b);"), in_function("g(v->a, *v, v->b);"))


# ---------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("f(E,\n- F\n+ 1\n  )", "f(a, b)", "f(a, 1)"),
        ("f(E\n- , F\n  )", "f(a, b)", "f(a)"),
        ("f(\n- E,\n  F)", "f(a, b)", "f(b)"),
        ("f(E\n+ , 1\n  )", "f(a)", "f(a, 1)"),
        ("f(\n+ 1,\n  E)", "f(a)", "f(1, a)"),
        ("f(...,\n- F\n+ 1\n  )", "f(a, b)", "f(a, 1)"),
        ("- f(E, F)\n+ f(F, E)", "f(a, b)", "f(b, a)"),
        ("- f(E, F)\n+ f(E)", "f(a, /* why */ b)", None),
    ],
)
def test_arguments(body: str, before: str, after: str | None) -> None:
    patch = rule("expression E, F;", body)
    if after is None:
        check_refused(patch, in_function(f"x = {before};"), "comment")
    else:
        check(patch, in_function(f"x = {before};"), in_function(f"x = {after};"))


def test_empty_expression_list_takes_its_comma_along() -> None:
    patch = rule("expression E;\nexpression list es;", "- log(E, es)\n+ say(1, es)")
    check(patch, in_function("log(a);\nlog(a, b);"), in_function("say(1);\nsay(1, b);"))


def test_element_is_added_behind_another_one() -> None:
    patch = rule("identifier o, g;", "  struct ops o = {\n  .read = g,\n+ .seek = none,\n  };")
    check(
        patch,
        "struct ops a = {\n\t.read = r,\n\t.open = o,\n};\n",
        "struct ops a = {\n\t.read = r,\n\t.seek = none,\n\t.open = o,\n};\n",
    )


def test_column_of_values_is_kept() -> None:
    patch = rule(
        "identifier o;\nexpression E;", "  struct d o = {\n- .probe_new = E,\n+ .probe = E,\n  };"
    )
    check(
        patch,
        "struct d a = {\n\t.probe_new\t= p,\n\t.id\t\t= i,\n};\n",
        "struct d a = {\n\t.probe\t\t= p,\n\t.id\t\t= i,\n};\n",
    )


# ---------------------------------------------------------------------------- statements

PLACES = [
    ("in a row", CALL, "f(1);\nq();", "g(1);\nh(1);\nq();"),
    ("sole body", CALL, "if (x)\n\tf(1);\nq();", "if (x) {\n\tg(1);\n\th(1);\n}\nq();"),
    ("sole body on the line", CALL, "if (x) f(1);\nq();", "if (x) {\n\tg(1);\n\th(1);\n}\nq();"),
    (
        "first arm",
        CALL,
        "if (x)\n\tf(1);\nelse\n\tq();",
        "if (x) {\n\tg(1);\n\th(1);\n} else {\n\tq();\n}",
    ),
    (
        "last arm",
        CALL,
        "if (x)\n\tq();\nelse\n\tf(1);\nr();",
        "if (x) {\n\tq();\n} else {\n\tg(1);\n\th(1);\n}\nr();",
    ),
    (
        "an arm of many",
        CALL,
        "if (x)\n\tq(); /* one */\nelse if (y)\n\t// two\n\tf(1);\nelse\n\tr();",
        "if (x) {\n\tq(); /* one */\n} else if (y) {\n\t// two\n\tg(1);\n\th(1);\n} else {\n\tr();\n}",
    ),
    (
        "an arm of an inner branch",
        CALL,
        "if (x)\n\tif (y)\n\t\tf(1);\n\telse\n\t\tq();",
        "if (x)\n\tif (y) {\n\t\tg(1);\n\t\th(1);\n\t} else {\n\t\tq();\n\t}",
    ),
    (
        "an arm beside a directive",
        CALL,
        "if (x)\n\tf(1);\n#ifdef A\nelse\n\tq();\n#endif\nr();",
        "if (x) {\n\tg(1);\n\th(1);\n}\n#ifdef A\nelse\n\tq();\n#endif\nr();",
    ),
    (
        "an arm with a comment in the way",
        CALL,
        "if (x) /* why */ q();\nelse\n\tf(1);\nr();",
        "if (x) /* why */ q();\nelse {\n\tg(1);\n\th(1);\n}\nr();",
    ),
    (
        "an arm behind a directive",
        CALL,
        "if (x)\n\tf(1);\nelse\n#ifdef A\n\tq();\n#endif\nr();",
        "if (x) {\n\tg(1);\n\th(1);\n} else\n#ifdef A\n\tq();\n#endif\nr();",
    ),
    ("do", CALL, "do\n\tf(1);\nwhile (x);", "do {\n\tg(1);\n\th(1);\n} while (x);"),
    ("do on one line", CALL, "do f(1); while (x);", "do {\n\tg(1);\n\th(1);\n} while (x);"),
    ("loop", CALL, "while (x)\n\tf(1);", "while (x) {\n\tg(1);\n\th(1);\n}"),
    ("behind", BEHIND, "f(1);\nq();", "f(1);\ng(1);\nq();"),
    ("behind, sole body", BEHIND, "if (x)\n\tf(1);\nq();", "if (x) {\n\tf(1);\n\tg(1);\n}\nq();"),
    ("before, sole body", BEFORE, "if (x)\n\tf(1);\nq();", "if (x) {\n\tg(1);\n\tf(1);\n}\nq();"),
    ("behind, with a comment", BEHIND, "f(1); /* a */\nq();", "f(1); /* a */\ng(1);\nq();"),
    (
        "behind, with a long comment",
        BEHIND,
        "f(1); /* a\n* b */\nq();",
        "f(1); /* a\n* b */\ng(1);\nq();",
    ),
    (
        "behind what is replaced, with its comment",
        CALL,
        "f(1); /* a */\nif (x)\n\tf(2); /* b */",
        "g(1);\nh(1); /* a */\nif (x) {\n\tg(2);\n\th(2); /* b */\n}",
    ),
    ("behind, on one line", BEHIND, "f(1); q();", "f(1); g(1); q();"),
    ("before, on one line", BEFORE, "q(); f(1); r();", "q(); g(1); f(1); r();"),
    (
        "behind a case label",
        BEHIND,
        "switch (x) {\ncase 1: f(1); break;\n}",
        "switch (x) {\ncase 1: f(1); g(1); break;\n}",
    ),
    (
        "before the only one on the line of a label",
        BEFORE,
        "out:\tf(1);\nswitch (x) {\ncase 1: f(1);\n\tbreak;\n}",
        "out:\tg(1);\nf(1);\nswitch (x) {\ncase 1: g(1);\n\tf(1);\n\tbreak;\n}",
    ),
    (
        "before the end of a case",
        BEFORE,
        "switch (x) {\ncase 1:\n\tf(1);\n\tbreak;\n}",
        "switch (x) {\ncase 1:\n\tg(1);\n\tf(1);\n\tbreak;\n}",
    ),
    (
        "in a block on one line",
        BEHIND,
        "if (x) { f(1); return 1; }",
        "if (x) { f(1); g(1); return 1; }",
    ),
    ("gone, in a row", GONE, "q();\nf(1);\nr();", "q();\nr();"),
    ("gone, with its comment", GONE, "q();\nf(1); /* a */\nr();", "q();\nr();"),
    ("gone, the comment above stays", GONE, "q();\n/* a */\nf(1);\nr();", "q();\n/* a */\nr();"),
    ("gone, on one line", GONE, "q(); f(1); r();", "q(); r();"),
    ("gone, sole body", GONE, "if (x)\n\tf(1);\nq();", "if (x) {\n}\nq();"),
    ("gone, first arm", GONE, "if (x)\n\tf(1);\nelse\n\tq();", "if (x) {\n} else\n\tq();"),
    ("gone, between directives", GONE, "#ifdef A\nf(1);\n#endif\nq();", "#ifdef A\n#endif\nq();"),
    ("gone, two empty lines", GONE, "q();\n\nf(1);\n\nr();", "q();\n\nr();"),
    (
        "gone, two in paragraphs at the end",
        TWO_GONE,
        "p();\n\nq();\n\nf(1);\n\ng(1);",
        "p();\n\nq();",
    ),
    (
        "gone, two in paragraphs",
        TWO_GONE,
        "q();\n\nf(1);\n\ng(1);\n\np();",
        "q();\n\np();",
    ),
    (
        "behind, before a directive",
        BEHIND,
        "f(1);\n#ifdef A\nq();\n#endif",
        "f(1);\ng(1);\n#ifdef A\nq();\n#endif",
    ),
    ("behind a label", BEHIND, "q();\n:out:\nf(1);\nq();", "q();\n:out:\nf(1);\ng(1);\nq();"),
]


@pytest.mark.parametrize(
    ("patch", "before", "after"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES]
)
def test_statements(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))


@pytest.mark.parametrize(
    ("patch", "before", "reason"),
    [
        (GONE, "q();\n:out:\nf(1);", "label"),
        (GONE, "switch (x) {\ncase 1:\n\tf(1);\n}", "label"),
        (GONE, "if (x) {\n\t/* a */\n\tf(1);\n}", "comment"),
        (GONE, "if (x)\n\t/* a */\n\tf(1);", "comment"),
        (GONE, "f(/* a */ 1);", "comment"),
        (rule("expression E;", "- f(E);\n- g(E);"), "f(1);\n/* a */\ng(1);", "comment"),
        (rule("expression E;", "- f(E, 1);"), "f(x,\n#ifdef A\n1\n#else\n2\n#endif\n);", ""),
    ],
)
def test_statements_that_stay(patch: str, before: str, reason: str) -> None:
    outcome = patched(patch, in_function(before))
    assert outcome.after.decode() == in_function(before)
    assert reasons(outcome) == ([reason] if reason else [])


def test_one_refusal_takes_nothing_along() -> None:
    outcome = patched(GONE, in_function("f(1);\nif (x) {\n\t/* a */\n\tf(2);\n}\nf(3);\nq();"))
    assert outcome.after.decode() == in_function("if (x) {\n\t/* a */\n\tf(2);\n}\nq();")
    assert reasons(outcome) == ["comment"]


def test_whole_function_goes_with_what_the_pattern_leaves_out() -> None:
    before = "int a;\n\nstatic int __init f(void)\n{\n\t/* why */\n\treturn 1;\n}\n\nint b;\n"
    check(rule("", "- f(...) { ... }"), before, "int a;\n\nint b;\n")


def test_one_name_of_several() -> None:
    patch = rule("symbol x;", "- int x;\n+ long x;")
    check(patch, in_function("int a, x, b;\nq();"), in_function("int a, b;\nlong x;\nq();"))


@pytest.mark.parametrize("gap", [" ", "\n\t"])
@pytest.mark.parametrize("behind", ["", "\t/* why */", " q();"])
def test_a_body_stays_on_the_line_of_its_head(gap: str, behind: str) -> None:
    patch = rule("expression E; identifier l;", "  if (ready(E))\n- \tgoto l;\n+ \treturn E;")
    code = f"if (ready(x)){gap}%s;{behind}\nout: r();"
    check(patch, in_function(code % "goto out"), in_function(code % "return x"))


def test_braces_that_a_patch_adds_are_those_of_the_branch() -> None:
    patch = rule("statement S;", "  if (...)\n+ {\n+ trace();\n  S\n+ }")
    check(
        patch,
        in_function("if (x)\n\tq();\nr();"),
        in_function("if (x) {\n\ttrace();\n\tq();\n}\nr();"),
    )


def test_comments_and_empty_lines_of_the_patch_come_along() -> None:
    patch = rule("expression E;", "  f(E);\n+\n+ /* now */\n+ g(E); // yes")
    check(patch, in_function("f(1);\nq();"), in_function("f(1);\n\n/* now */\ng(1); // yes\nq();"))


def test_include_goes_to_its_place() -> None:
    patch = rule("", "  #include <linux/slab.h>\n+ #include <linux/mm.h>")
    check(
        patch,
        "#include <linux/kernel.h>\n#include <linux/slab.h>\n#include <asm/io.h>\n",
        "#include <linux/kernel.h>\n#include <linux/mm.h>\n#include <linux/slab.h>\n#include <asm/io.h>\n",
    )


def test_new_function_stands_above_the_comment_of_the_next() -> None:
    patch = rule("", "+ static void g(void)\n+ {\n+ }\n  f(...) { ... }")
    check(
        patch,
        "int a;\n\n/** f - it */\nvoid f(void)\n{\n}\n",
        "int a;\n\nstatic void g(void)\n{\n}\n\n/** f - it */\nvoid f(void)\n{\n}\n",
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_are_those_of_the_file(newline: str) -> None:
    before = in_function("if (x)\n\tf(1);").replace("\n", newline)
    after = in_function("if (x) {\n\tg(1);\n\th(1);\n}").replace("\n", newline)
    check(CALL, before, after)


def test_bytes_outside_of_edits_are_kept() -> None:
    before = b"/* \xff\x0c */\nint f1(void)\n{\n  f(1) ;\n\tq( ) ; \n}"
    outcome = patched(rule("expression E;", "- q()\n+ r()"), before)
    assert outcome.after == before.replace(b"q( )", b"r( )")


LOG = rule("expression E;", '- log(E);\n+ log("x " E);')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('log("one");', 'log("x " "one");'),
        ('log("a" "b");', 'log("x " "a" "b");'),
        ("log(KERN_INFO);", 'log("x " KERN_INFO);'),
        ('log(x ? "a" : "b");', None),
        ("log(text + 1);", None),
    ],
)
def test_what_is_no_string_is_joined_to_none(before: str, after: str | None) -> None:
    if after is None:
        check_refused(LOG, in_function(before), "string")
    else:
        check(LOG, in_function(before), in_function(after))


@pytest.mark.parametrize("patch", [GONE, CALL])
@pytest.mark.parametrize(
    "code",
    [
        "#ifdef X\nif (x)\n#endif\nf(1);\nq();",
        "#ifdef X\nif (x)\n\tq();\nelse\n#endif\n\tf(1);\nq();",
        "#ifdef X\nwhile (x)\n#endif\n\tf(1);\nq();",
    ],
)
def test_a_branch_in_some_builds_only_stays(patch: str, code: str) -> None:
    check_refused(patch, in_function(code), "directive")


def test_behind_a_branch_that_some_builds_have() -> None:
    before = "#ifdef X\nif (x)\n\tq();\n#endif\nf(1);"
    check(CALL, in_function(before), in_function(before.replace("f(1);", "g(1);\nh(1);")))


@pytest.mark.parametrize(
    ("new", "code", "after"),
    [
        ("E & F", "x = get(a == b, c);", "x = (a == b) & c;"),
        ("E & F", "x = get(a, b) | c;", "x = (a & b) | c;"),
        ("E & F", "x = get(a, b) && c;", "x = a & b && c;"),
        ("E & F", "x = get(a << 1, ~b);", "x = a << 1 & ~b;"),
        ("E != F", "x = get(a, 0) == 1;", "x = (a != 0) == 1;"),
        ("E << F", "x = get(a + 1, b);", "x = (a + 1) << b;"),
        ("E + F", "x = y << get(a, b);", "x = y << (a + b);"),
        ("E + F", "x = y * z + get(a, b);", "x = y * z + (a + b);"),
        ("E && F", "x = y || get(a, b);", "x = y || (a && b);"),
        ("E || F", "x = get(a && b, c);", "x = (a && b) || c;"),
        # What the file has already is not the edit's business.
        ("E - F", "x = a & 1 == get(a, b);", "x = a & 1 == a - b;"),
    ],
)
def test_parentheses_that_compilers_ask_for(new: str, code: str, after: str) -> None:
    check(rule("expression E, F;", f"- get(E, F)\n+ {new}"), in_function(code), in_function(after))


@pytest.mark.parametrize(
    ("patch", "code", "after"),
    [
        ("- f(L)\n+ g(0, L)", "f();\nf(1);", "g(0);\ng(0, 1);"),
        ("- f(L)\n+ g(L, 0)", "f();\nf(1);", "g(0);\ng(1, 0);"),
        ("  f(\n+ 0,\n  L)", "f();\nf(1);", "f(0);\nf(0, 1);"),
    ],
)
def test_an_empty_list_has_no_comma(patch: str, code: str, after: str) -> None:
    check(rule("expression list L;", patch), in_function(code), in_function(after))


@pytest.mark.parametrize("attribute", ["__unused", "__attribute__((unused))"])
@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        ("  int fn(int x\n- , int y\n  ) { ... }", "int x, int y @", "int x"),
        ("  int fn(int x,\n- int y,\n  int z) { ... }", "int x, int y @, int z", "int x, int z"),
        ("  int fn(\n- int y,\n  int z) { ... }", "int y @, int z", "int z"),
        ("  int fn(int x\n- , int y\n  ) { ... }", "int x @, int y", "int x @"),
        ("  int fn(int x\n+ , int y\n  ) { ... }", "int x @", "int x @, int y"),
        ("  int fn(int x,\n+ int y,\n  int z) { ... }", "int x @, int z", "int x @, int y, int z"),
    ],
)
def test_attributes_stay_with_their_parameters(
    attribute: str, patch: str, before: str, after: str
) -> None:
    code = "int fn(int x, int z)\n{\n\treturn 0;\n}\n"
    old, new = (
        code.replace("int x, int z", each.replace("@", attribute)) for each in (before, after)
    )
    check(rule("", patch), old, new)


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        ("- f(E, F)\n+ g(F, E)", "f(p /* a */, 2);", "g(2, p /* a */);"),
        ("- f(E, F)\n+ g(F, E)", "f(p, /* b */ 2);", None),
        ("- f(E, F)\n+ g(F, E)", "f(p, 2 /* b */);", None),
        ("- f(E, F)\n+ g(E, F)", "f(p /* a */, 2 /* b */);", "g(p /* a */, 2 /* b */);"),
        ("- f(E, F)\n+ g(F)", "f(p /* a */, 2);", None),
        ("  f(\n- E,\n  F)", "f(/* a */ p, 2);", None),
        ("  f(\n- E,\n  F)", "f(p, /* b */ 2);", "f(/* b */ 2);"),
        ("  f(\n- E,\n  F)", "f(p, /* a */\n  2);", None),
        ("  f(\n- E,\n  F)", "f(p, // a\n  2);", None),
        ("  f(E\n- , F\n  )", "f(p, 2 /* b */);", None),
        ("  f(E\n- , F\n  )", "f(p /* a */, 2);", "f(p /* a */);"),
        ("  f(E,\n- F\n+ h(F)\n  )", "f(p, 2 /* b */);", "f(p, h(2 /* b */));"),
        ("- f(E, F)\n+ f(E, F, 0)", "f(p, 2 /* b */);", "f(p, 2 /* b */, 0);"),
        ("  f(E\n+ , 0\n  , F)", "f(p /* a */, 2);", "f(p /* a */, 0, 2);"),
    ],
)
def test_comments_of_arguments(patch: str, before: str, after: str | None) -> None:
    if after is None:
        check_refused(rule("expression E, F;", patch), in_function(before), "comment")
    else:
        check(rule("expression E, F;", patch), in_function(before), in_function(after))


UNWRAP = rule("statement S1, S2;", "- if (never) S1\n- else\n  S2")
NEVER = "if (never)\n\ta();\nelse\n\tb();"


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        (UNWRAP, NEVER, "b();"),
        (UNWRAP, "if (never) {\n\ta();\n} else {\n\tb();\n}", "{\n\tb();\n}"),
        (
            UNWRAP,
            "if (x)\n\tif (never)\n\t\ta();\n\telse\n\t\tb();\nelse\n\tc();",
            "if (x)\n\tb();\nelse\n\tc();",
        ),
        (
            rule("expression E;", "- f(E);\n+ if (E)\n+ \tg(E);"),
            "if (x) f(1); else q();",
            "if (x) {\n\tif (1)\n\t\tg(1);\n} else {\n\tq();\n}",
        ),
    ],
)
def test_branches(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))


# ---------------------------------------------------------------------------- conditionals inside

ASSIGNED = rule("expression E;", "- x = E;\n+ set(&x, E);")
CALLED = rule("expression E;", "- f(E)\n+ g(E)")


@pytest.mark.parametrize(
    ("patch", "code", "reason"),
    [
        (ASSIGNED, "x = a\n#ifdef B\n+ b\n#endif\n;", "directive"),
        (rule("", "- f(1, 2, 3)\n+ k(1, 3)"), "f(1,\n#ifdef A\n2,\n#endif\n3);", "torn"),
        (rule("", "f(1\n- ,2\n ,3)"), "f(1,\n#ifdef A\n2,\n#endif\n3);", "torn"),
        (
            rule("statement S;", "if (x)\n- S\n+ {S}"),
            "if (x)\n#ifdef A\nf();\n#endif\ng();",
            "directive",
        ),
        (
            rule("expression E;", "- f(E);\n+ q();\n+ k(E);"),
            "f(a\n#ifdef B\n+ b\n#endif\n);",
            "directive",
        ),
    ],
)
def test_a_statement_in_several_branches_stays(patch: str, code: str, reason: str) -> None:
    check_refused(patch, in_function(code), reason)


def test_what_is_in_one_branch_changes() -> None:
    before = "x = f(a) +\n#ifdef B\n\tf(b) +\n#endif\n\tf(c);"
    check(CALLED, in_function(before), in_function(before.replace("f(", "g(")))


LISTED = "struct ops table = {\n\t.name = a,\n#ifdef A\n\t.open = f,\n#endif\n};\n"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("+ const\n  struct ops o = { is };", id="a qualifier comes"),
        pytest.param("- struct ops o =\n+ const struct ops o =\n  { is };", id="all is written"),
    ],
)
def test_a_declaration_changes_around_elements_under_conditions(patch: str) -> None:
    check(rule("identifier o; initializer list is;", patch), LISTED, f"const {LISTED}")


def test_no_element_comes_into_a_conditional() -> None:
    patch = rule("identifier o; initializer list is;", "struct ops o = { is,\n+ .x = 1,\n};")
    check_refused(patch, LISTED, "directive")


def test_a_statement_around_a_conditional_changes() -> None:
    before = "#ifdef A\n\tif (y) {\n\t\tq();\n\t} else\n#endif\n\tif (x)\n\t\tf();"
    patch = rule("statement S;", "- if (x) S\n+ when(x);")
    check(patch, in_function(before), in_function(before.replace("if (x)\n\t\tf()", "when(x)")))


def test_macros_in_a_row_are_one_argument() -> None:
    patch = rule("expression list es;", "- say(es)\n+ tell(es)")
    before = 'say("%s", NAME VERSION);'
    check(patch, in_function(before), in_function('tell("%s", NAME VERSION);'))


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            "- static struct ops o = {\n+ static const struct ops o = {", id="all is written"
        ),
        pytest.param("+ const\n  struct ops o = {", id="a qualifier comes"),
    ],
)
def test_a_qualifier_that_is_there_does_not_come_twice(head: str) -> None:
    patch = rule("identifier o;", f"{head}\n  ...,\n+ .x = 1,\n  }};")
    before = "static %sstruct ops table = {\n\t.name = a,%s\n};\n"
    after = before % ("const ", "\n\t.x = 1,")
    check(patch, before % ("const ", ""), after)
    check(patch, before % ("", ""), after)


def test_an_empty_line_stays_behind_several_statements_that_go() -> None:
    patch = rule("expression E, F, G;", "- a = E;\n- b = F;\n- c = G;\n+ set(E);")
    check(patch, in_function("a = x;\nb = 1;\nc = 2;\n\ng();"), in_function("set(x);\n\ng();"))
