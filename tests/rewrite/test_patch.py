"""Semantic patches in a file: what they make of code, what they leave alone and refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.rule.load import load
from tests.edits import HEAD, applied, body, smpl, told_of

SMPL: dict[str, tuple[str, str, str]] = {
    "another name": (
        "- old(x)\n+ new(x)",
        "n = old(a) + old( b );",
        "n = new(a) + new( b );",
    ),
    "an argument behind": (
        "  old(x\n+ , 0\n  )",
        "old(a /* why */);",
        "old(a /* why */, 0);",
    ),
    "an argument in front, on its own line": (
        "  old(\n+ 0,\n  x, y)",
        "old(a,\n    b);",
        "old(0, a,\n    b);",
    ),
    "the last argument goes": (
        "  old(x\n- , y\n  )",
        "old(a,\n    b);",
        "old(a);",
    ),
    "the first argument goes": (
        "  old(\n- x,\n  y)",
        "old(a, b);",
        "old(b);",
    ),
    "one in the middle goes, that has its own line": (
        "  old(x,\n- y,\n  z)",
        "old(a,\n    b,\n    a);",
        "old(a,\n    a);",
    ),
    "one in the middle goes, at the beginning of a line": (
        "  old(x,\n- y,\n  z)",
        "old(a,\n    b, a);",
        "old(a,\n    a);",
    ),
    "arguments change places": (
        "- old(x, y)\n+ new(y, x)",
        "old(a + 1,\n    b);",
        "new(b, a + 1);",
    ),
    "nested calls": (
        "- old(x)\n+ new(x)",
        "old(old(a));",
        "new(new(a));",
    ),
    "a sum gets parentheses as a factor": (
        "- twice(x)\n+ 2 * x",
        "n = twice(a + b);",
        "n = 2 * (a + b);",
    ),
    "and the whole, where it is an operand": (
        "- next(x)\n+ x + 1",
        "n = 2 * next(a) - g(next(b));",
        "n = 2 * (a + 1) - g(b + 1);",
    ),
    "a comparison is turned round": (
        "- !(x & OFF)\n+ (x & ON)",
        "if (a && !(b & OFF))\n\tg();",
        "if (a && (b & ON))\n\tg();",
    ),
    "a pair is merged": (
        "- one(x);\n- two(x);\n+ both(x);",
        "one(a);\ntwo(a);\none(b);",
        "both(a);\none(b);",
    ),
    "a pair behind a label": (
        "- one(x);\n- two(x);\n+ both(x);",
        "g();\nout:\n\tone(a);\n\ttwo(a);\n\tone(b);",
        "g();\nout:\n\tboth(a);\n\tone(b);",
    ),
    "a statement is put in front": (
        "+ lock(x);\n  go(x);",
        "if (a) {\n\tgo(b);\n}",
        "if (a) {\n\tlock(b);\n\tgo(b);\n}",
    ),
    "a statement is put in front of all that an if has": (
        "+ lock(x);\n  go(x);",
        "if (a)\n\tgo(b);",
        "if (a) {\n\tlock(b);\n\tgo(b);\n}",
    ),
    "a statement is put behind": (
        "  go(x);\n+ unlock(x);",
        "go(b);\t/* away */\nh();",
        "go(b);\t/* away */\nunlock(b);\nh();",
    ),
    "a statement gets a condition": (
        "+ if (x)\n  go(x);",
        "go(b);",
        "if (b)\n\tgo(b);",
    ),
    "a line that becomes too long": (
        "- old(x, y)\n+ much_longer_name_for_it(x, y)",
        "return_value_of_it = old(some_argument_of_it_here, another_argument_of_it);",
        "return_value_of_it = much_longer_name_for_it(some_argument_of_it_here,\n"
        "\t\t\t\t\t     another_argument_of_it);",
    ),
    "lines that were aligned stay aligned": (
        "- old\n+ newer\n  (x, y)",
        "old(a,\n    b);",
        "newer(a,\n      b);",
    ),
    "lines that were not aligned stay": (
        "- old\n+ newer\n  (x, y)",
        "old(a,\n\tb);",
        "newer(a,\n\tb);",
    ),
    "tokens count, white space does not": (
        "- old(x->n)\n+ new(x)",
        "old(a  ->  n);",
        "new(a);",
    ),
    "a member with the same name": (
        "- old(x)\n+ new(x)",
        "p->old(a);\nold(a);",
        "p->old(a);\nnew(a);",
    ),
    "in either branch of a conditional": (
        "- old(x)\n+ new(x)",
        "#ifdef CONFIG_A\nold(a);\n#else\nold(b);\n#endif",
        "#ifdef CONFIG_A\nnew(a);\n#else\nnew(b);\n#endif",
    ),
    "on every path between two": (
        "  get(x);\n  ...\n- put(x);\n+ release(x);",
        "get(a);\nif (b)\n\tg();\nput(a);",
        "get(a);\nif (b)\n\tg();\nrelease(a);",
    ),
}


@pytest.mark.parametrize(("patch", "before", "after"), SMPL.values(), ids=SMPL.keys())
def test_a_semantic_patch(patch: str, before: str, after: str) -> None:
    result = applied(smpl(patch), body(before).encode())
    assert not result.refused
    assert result.after.decode() == body(after)


GONE = {
    "on its own": ("g();\ndrop(a);\nh();", "g();\nh();"),
    "between empty lines": ("g();\n\ndrop(a);\n\nh();", "g();\n\nh();"),
    "two between empty lines": ("g();\n\ndrop(a);\ndrop(b);\n\nh();", "g();\n\nh();"),
    "two with an empty line between": ("g();\n\ndrop(a);\n\ndrop(b);\n\nh();", "g();\n\nh();"),
    "first in a block": ("drop(a);\n\nh();", "h();"),
    "last in a block": ("g();\n\ndrop(a);", "g();"),
    "two last in a block": ("g();\n\ndrop(a);\n\ndrop(b);", "g();"),
    "two last in a block, the first behind a line": ("g();\ndrop(a);\n\ndrop(b);", "g();"),
    "over two lines": ("g();\ndrop(a +\n     b);\nh();", "g();\nh();"),
    "with others on its line": ("g(); drop(a); h();", "g(); h();"),
    "at the beginning of a line": ("drop(a); h();", "h();"),
    "at the end of a line": ("g(); drop(a);\nh();", "g();\nh();"),
    "in braces": ("if (a) {\n\tg();\n\tdrop(a);\n}", "if (a) {\n\tg();\n}"),
    "in a case": (
        "switch (a) {\ncase 1:\n\tdrop(a);\n\tbreak;\n}",
        "switch (a) {\ncase 1:\n\tbreak;\n}",
    ),
    "behind a label": ("g();\nout:\n\tdrop(a);\n\th();", "g();\nout:\n\th();"),
    "all that a conditional has": (
        "#ifdef A\ndrop(a);\n#endif\nh();",
        "#ifdef A\n#endif\nh();",
    ),
    "under a condition with others": (
        "#ifdef A\ndrop(a);\ng();\n#endif\nh();",
        "#ifdef A\ng();\n#endif\nh();",
    ),
    "the body of an if": ("if (a)\n\tdrop(a);\ng();", "if (a) {\n}\ng();"),
    "between braces": ("if (a) {\n\tdrop(a);\n}\ng();", "if (a) {\n}\ng();"),
    "with the comment that explains it": (
        "g();\n\n/* Now it is\n * dropped.\n */\ndrop(a);\n\nh();",
        "g();\n\nh();",
    ),
    "with the comment behind it": ("g();\ndrop(a); // dropped\nh();", "g();\nh();"),
    "with both": ("g();\n/* dropped */\ndrop(a); // dropped\nh();", "g();\nh();"),
    "a comment for something else above": (
        "g();\t/* of g */\ndrop(a);\nh();",
        "g();\t/* of g */\nh();",
    ),
    "a comment with an empty line": ("/* of all */\n\ndrop(a);\nh();", "/* of all */\n\nh();"),
    "a variable that is still used": (
        "int x = g();\n\ndrop(x);\nh(x);",
        "int x = g();\n\nh(x);",
    ),
    "a parameter may be unused": ("g();\ndrop(b);", "g();"),
    "in a loop macro": (
        "list_for_each(a, b) {\n\tdrop(a);\n\th(a);\n}",
        "list_for_each(a, b) {\n\th(a);\n}",
    ),
}
DROP = smpl("- drop(x);", 'comment = ["dropped"]')


@pytest.mark.parametrize(("before", "after"), GONE.values(), ids=GONE.keys())
def test_a_statement_that_goes(before: str, after: str) -> None:
    result = applied(DROP, body(before).encode())
    assert not told_of(result)
    assert result.after.decode() == body(after)


KEPT = {
    "a label would be left": (
        "g();\nout:\n\tdrop(a);",
        "refused RESULT a label would have no statement behind it",
    ),
    "a comment above": ("/* who knows */\ndrop(a);", "refused UNEXPLAINED"),
    "a comment behind": ("drop(a); /* who knows */", "refused UNEXPLAINED"),
    "its value": ("g(drop(a));", "skipped FORM it is not in a statement of its own here"),
    "an assignment": ("b = drop(a);", "skipped FORM it is not in a statement"),
    "a comma": ("g(), drop(a);", "skipped FORM it is not in a statement"),
    "a cast to void": ("(void)drop(a);", "skipped FORM it is not in a statement"),
    "another number of arguments": ("drop(a, b);", "skipped FORM it has 2 arguments, not 1"),
    "a pointer to it": ("p = drop;", "skipped REFERENCE"),
    "a member": ("p->drop(a);", "skipped MEMBER"),
    "in dead code": ("#if 0\ndrop(a);\n#endif", "skipped DISABLED"),
    "in a comment": ("/* drop(a); */", "skipped TEXT"),
    "in a string": ('g("drop(a);");', "skipped TEXT"),
    "in a condition of the preprocessor": ("#ifdef drop\n#endif", "skipped CONDITION"),
    "a conditional inside": ("drop(\n#ifdef A\na\n#else\nb\n#endif\n);", "refused"),
    "a broken statement": ("drop(a;\ng();", "refused"),
    "a local declaration": ("void drop(int);", "skipped DECLARED"),
}


@pytest.mark.parametrize(("code", "expected"), KEPT.values(), ids=KEPT.keys())
def test_a_statement_that_stays(code: str, expected: str) -> None:
    result = applied(DROP, body(code).encode())
    assert result.after == result.before
    told = told_of(result)
    assert told
    assert all(each.startswith(expected) for each in told), told


def test_a_comment_above_stays_where_the_rule_says_nothing_of_it() -> None:
    result = applied(smpl("- drop(x);"), body("/* who knows */\ndrop(a);\ng();").encode())
    assert result.after.decode() == body("/* who knows */\ng();")


FROM_GET = """
smpl = '''
@known@
expression x;
position a;
type T;
@@
  x@a = (T)\\( NULL \\| get(...) \\)

@other exists@
expression x, y, z;
position a != known.a;
position p;
@@
  x@a = y
  ... when != x = z
  drop@p(x);

@caller exists@
identifier f, x;
expression z;
position p;
type T;
@@
  f(..., T x, ...)
  {
  ... when != x = z
  drop@p(x);
  ... when any
  }

@from_get exists@
expression x, z;
position p != { other.p, caller.p };
type T;
@@
  x = (T)get(...)
  ... when != x = z
  drop@p(x);

@@
expression x;
position from_get.p;
@@
- drop@p(x);
'''
"""
ORIGINS = {
    "an initializer": ("char *p = get(1);\n\ndrop(p);\ng(p);", True),
    "an assignment": ("p = get(1);\ndrop(p);", True),
    "a cast": ("p = (char *)get(1);\ndrop(p);", True),
    "a member": ("a->p = get(1);\ndrop(a->p);", True),
    "nothing at first": ("char *p = NULL;\n\np = get(1);\ndrop(p);\ng(p);", True),
    "something else, too": ("p = get(1);\nif (a)\n\tp = other(1);\ndrop(p);", False),
    "something else, unless": ("p = other(1);\nif (a)\n\tp = get(1);\ndrop(p);", False),
    "something else at first": ("char *p = other(1);\n\nif (a)\n\tp = get(1);\ndrop(p);", False),
    "something else before": ("p = other(1);\np = get(1);\ndrop(p);", True),
    "something else in a loop": (
        "p = get(1);\nwhile (a) {\n\tdrop(p);\n\tp = other(1);\n}",
        False,
    ),
    "something else before a label": (
        "p = get(1);\nagain:\ng();\ndrop(p);\np = other(1);\ngoto again;",
        False,
    ),
    "only something else": ("p = other(1);\ndrop(p);", False),
    "a parameter": ("g();\ndrop(a);", False),
    "a parameter, unless": ("if (b)\n\ta = get(1);\ndrop(a);", False),
    "another member": ("a->p = get(1);\ndrop(b->p);", False),
    "never assigned": ("drop(q);\ng();", False),
}


@pytest.mark.parametrize(("code", "goes"), ORIGINS.values(), ids=ORIGINS.keys())
def test_where_something_comes_from(code: str, goes: bool) -> None:
    result = applied(FROM_GET, body(code).encode())
    assert (b"drop" not in result.after) == goes
    assert goes or told_of(result)[0] == "skipped FORM rule from_get does not match here"


def test_edits_of_a_rule_work_on_each_other() -> None:
    edits = f"[[edit]]{smpl('- old(x)' + chr(10) + '+ new(x)')}\n[[edit]]\n" + (
        'rename = "new"\nto = "newest"'
    )
    result = applied(edits, body("old(a);\ng(new(b));").encode())
    assert result.after.decode() == body("newest(a);\ng(newest(b));")
    assert not told_of(result)


def test_a_mention_is_told_of_once() -> None:
    """What one edit has nothing to do with is what another one has changed."""
    edits = f"[[edit]]{smpl('- old(x, 1)' + chr(10) + '+ new(x)')}\n[[edit]]" + (
        smpl("- old(x, 2)\n+ new(x)")
    )
    result = applied(edits, body("old(a, 1);\nold(a, 2);\nold(a, 3);").encode())
    assert result.after.decode() == body("new(a);\nnew(a);\nold(a, 3);")
    assert told_of(result) == ["skipped FORM argument 2: it is not 1"]
    assert [each.where.start for each in result.changes] == [
        result.before.index(each) for each in (b"old(a, 1)", b"old(a, 2)")
    ]


@pytest.mark.parametrize(
    ("word", "told"),
    [("old", ["refused PARSE"]), ("new", ["skipped FORM"])],
)
def test_what_is_not_understood_hides_no_match_without_its_words(
    word: str, told: list[str]
) -> None:
    """A rule searches for one of its words; the file may lack another one."""
    broken = f"int TRACE(x,\n\tfirst_of(x), a.b {word}\n);\n"
    result = applied(smpl("  first_of(x);\n- old(x);"), broken.encode())
    assert sorted({*told_of(result)}) == told


def test_paths_of_a_semantic_patch() -> None:
    edit = smpl("- old(x)\n+ new(x)", 'paths = ["include/**"]')
    code = body("old(a);").encode()
    assert applied(edit, code).after == code
    assert applied(edit, code, "include/a.h").after == code.replace(b"old", b"new")


def test_a_file_beside_the_rule(tmp_path: Path) -> None:
    (tmp_path / "old.cocci").write_text("@@ expression x; @@\n- old(x)\n+ new(x)\n")
    file = tmp_path / "test.toml"
    file.write_text(HEAD + '[[edit]]\nsmpl = "old.cocci"\n')
    assert applied(load(file), body("old(a);").encode()).after.decode() == body("new(a);")


def test_a_virtual_rule_that_is_defined() -> None:
    patch = """\
virtual patch, loud
@depends on loud@ @@
- quiet()
+ loud()
@depends on patch@ @@
- one()
+ two()
"""
    code = body("quiet();\none();").encode()
    edit = f"smpl = '''\n{patch}'''"
    assert applied(edit, code).after == code.replace(b"one", b"two")
    loud = applied(f'{edit}\ndefined = ["loud"]', code).after
    assert loud == code.replace(b"quiet", b"loud")


HEAD_AND_CALLS = """
smpl = '''
@@
expression x;
@@
  old(x
+     , 0
      )

@@
type T;
parameter x;
@@
  T old(x
+       , int n
        ) { ... }

@@
type T;
parameter x;
@@
  T old(x
+       , int n
        );
'''
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("int old(int a);\n", "int old(int a, int n);\n", id="a prototype"),
        pytest.param("void *old(int a)\n{\n}\n", "void *old(int a, int n)\n{\n}\n", id="pointer"),
        pytest.param(
            "extern int old(int a) __printf(1, 2);\n",
            "extern int old(int a, int n) __printf(1, 2);\n",
            id="annotated",
        ),
        pytest.param("int old(int);\n", "int old(int, int n);\n", id="without names"),
        pytest.param(
            "static inline int old(int a) { return a + a_long_name_of_something_else; }\n",
            "static inline int old(int a, int n) { return a + a_long_name_of_something_else; }\n",
            id="a stub stays in its line",
        ),
    ],
)
def test_a_parameter_for_an_argument(before: str, after: str) -> None:
    result = applied(HEAD_AND_CALLS, before.encode())
    assert result.after.decode() == after
    assert not result.refused


def test_who_takes_the_address_of_a_function_whose_head_changes() -> None:
    code = b"int (*p)(int) = old;\nEXPORT_SYMBOL(old);\n"
    assert told_of(applied(HEAD_AND_CALLS, code)) == [
        "refused REFERENCE and its type changes",
        "skipped REFERENCE",
    ]


# ---------------------------------------------------------------------------- bytes


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda code: code.replace(b"\n", b"\r\n"), id="CR LF"),
        pytest.param(lambda code: code.rstrip(b"\n"), id="no newline at the end"),
        pytest.param(lambda code: b"\f\n" + code, id="a form feed"),
        pytest.param(lambda code: b"/* \xe9\xff */\n" + code, id="no UTF-8"),
        pytest.param(lambda code: code.replace(b"g();", b"g();   \t "), id="blanks at an end"),
    ],
)
def test_bytes_that_are_not_the_edit_stay(change: object) -> None:
    before = body("g();\n\none(a);\ntwo(a);\n\nh();").encode()
    after = body("g();\n\nboth(a);\nmore(a);\n\nh();").encode()
    edit = smpl("- one(x);\n- two(x);\n+ both(x);\n+ more(x);")
    assert callable(change)
    assert applied(edit, change(before)).after == change(after)
    gone = applied(smpl("- one(x);"), change(before)).after
    assert gone == change(body("g();\n\ntwo(a);\n\nh();").encode())


def test_a_header_in_the_place_of_another() -> None:
    edit = """
smpl = '''
@called@
expression x;
@@
- old(x)
+ new(x)

@depends on called@
@@
- #include <asm/x.h>
+ #include <linux/x.h>
'''
"""
    code = b"#include <asm/x.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"asm/x.h", b"linux/x.h").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    other = code.replace(b"asm/x.h", b"asm/z.h")
    assert applied(edit, other).after == other.replace(b"old", b"new")
    untouched = code.replace(b"old(a)", b"odd(a)")
    assert applied(edit, untouched).after == untouched


def test_a_refusal_keeps_nothing_else_from_being_done() -> None:
    code = body("/* who knows */\ndrop(a);\ndrop(b);\ng();")
    result = applied(DROP, code.encode())
    assert result.after.decode() == code.replace("\tdrop(b);\n", "")
    assert len(result.changes) == len(result.refused) == 1


def test_a_line_that_fits_nowhere_is_written_all_the_same() -> None:
    long = "a_name_of_" * 8 + "them"
    code = body(f"old({long});\nold(a);")
    result = applied(smpl("- old(x)\n+ a_new_name_of(x)"), code.encode())
    assert not told_of(result)
    assert result.after.decode() == code.replace("old(", "a_new_name_of(")


@pytest.mark.parametrize(
    "code",
    ["return;", "return;\nold(a);", "goto out;\nold(a);\nout:\nreturn;"],
    ids=["nothing there", "behind a return", "behind a jump"],
)
def test_nest_in_which_nothing_is_found_is_no_change(code: str) -> None:
    nest = "  f(...)\n  {\n  <...\n- old(x)\n+ new(x)\n  ...>\n  }"
    result = applied(smpl(nest, declared="expression x; identifier f;"), body(code).encode())
    assert result.changes == []


def test_refusal_stands_for_all_of_its_match() -> None:
    """It is told of where it stumbled; what stands in the match before that is accounted for."""
    broken = "if (old(a)) {\n\t\t\ta{\n\t\t\tb++;\n\t\t}\n"
    more = "\n\tif (old(b)) {\n\t\tb--;\n\t} else {\n\t\tb++;\n\t}\n"
    inner = "if (old(b + 1)) { b += 2; }"
    code = (
        f"int fn(int a, int b)\n{{\n\twhile (a)\n\t\t{broken}{more}\n\t{inner}\n\treturn b;\n}}\n"
    )
    edit = smpl("- if (old(x)) {\n  ss\n- }", declared="expression x; statement list ss;")
    (refused,) = applied(edit, code.encode()).refused
    assert refused.where.start == code.index(inner)
    assert refused.covered.start == code.index(broken)


@pytest.mark.parametrize(
    "code",
    [
        "int fn(int a)\n{\n\treturn\\\nold(a);\n}\n",
        "#define M(a) do { \\\n\treturn\\\nold(a); \\\n} while (0)\n",
        "#define M(a) old\\\n(a), x\\\nold(a)\n",
    ],
)
def test_word_in_two_lines_is_no_word_of_a_rule(code: str) -> None:
    """What stands behind `return` and a line break is a part of the name of a function."""
    edit = smpl("- old(x)\n+ new(x)") + "\n[[edit]]" + smpl("- return x;\n+ return give(x);")
    expected = code.replace("old\\\n(", "new\\\n(")
    assert applied(edit, code.encode()).after.decode() == expected


def test_lists_that_begin_before_what_is_left_of_a_line_end_no_run() -> None:
    """Each expression becomes a call that is cut off, so the new lists overlap one another."""
    code = (
        "\tfoo(a->something_quite_long, is_set(a) && b->something_else && c);\n"
        "\tok = is_set(a) && b->something_else && c && d == f(1, 2);\n"
    )
    edit = smpl("- (x)\n+ flag_is_set(x->flags, FLAG_VALID", declared="expression x;")
    result = applied(edit, code.encode())
    assert (result.after.decode(), bool(result.refused)) == (code, True)


OPS = "struct ops o = { .set = f };\n"
QUALIFY = """
smpl = '''
@r@
identifier o, f{constraint};
@@
  struct ops o = {{ .set = f, }};

@@
identifier r.f, old;
@@
  void f(...,
- struct k *old
+ const struct k *old
  )
  {{ ... }}
'''
"""


@pytest.mark.parametrize("constraint", ["", ' =~ "^f$"'])
@pytest.mark.parametrize(
    ("parameter", "after"),
    [
        ("struct k *old", "const struct k *old"),
        ("const struct k *old", "const struct k *old"),
        ("struct k const *old", "struct k const *old"),
        ("volatile struct k *old", "volatile const struct k *old"),
    ],
)
def test_what_a_rule_with_values_of_another_would_make_is_as_it_should_be(
    constraint: str, parameter: str, after: str
) -> None:
    """A const is added once, also where the function comes from another rule."""
    code = f"static void f(int a, %s)\n{{\n}}\n{OPS}"
    result = applied(QUALIFY.format(constraint=constraint), (code % parameter).encode())
    assert result.after.decode() == code % after
    assert not result.refused
