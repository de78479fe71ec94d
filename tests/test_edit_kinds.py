"""Each kind of edit: what it makes of a piece of code, what it leaves alone, what it refuses."""

from __future__ import annotations

import pytest

from refactor.c.syntax import parse
from refactor.rewrite.file import rewrite
from refactor.rule.edits import Program
from tests.edits import applied, body, rule_of, told_of

REPLACE: dict[str, tuple[str, str, str]] = {
    "another name": (
        'find = "old($x)"\nreplace = "new($x)"',
        "n = old(a) + old( b );",
        "n = new(a) + new( b );",
    ),
    "an argument behind": (
        'find = "old($x)"\nreplace = "old($x, 0)"\nparameter = "int n"',
        "old(a /* why */);",
        "old(a, 0 /* why */);",
    ),
    "an argument in front, on its own line": (
        'find = "old($x, $y)"\nreplace = "old(0, $x, $y)"\nparameter = "int n"',
        "old(a,\n    b);",
        "old(0, a,\n    b);",
    ),
    "the last argument goes": (
        'find = "old($x, $y)"\nreplace = "old($x)"',
        "old(a,\n    b);",
        "old(a);",
    ),
    "the first argument goes": (
        'find = "old($x, $y)"\nreplace = "old($y)"',
        "old(a, b);",
        "old(b);",
    ),
    "one in the middle goes, that has its own line": (
        'find = "old($x, $y, $z)"\nreplace = "old($x, $z)"',
        "old(a,\n    b,\n    a);",
        "old(a,\n    a);",
    ),
    "one in the middle goes, at the beginning of a line": (
        'find = "old($x, $y, $z)"\nreplace = "old($x, $z)"',
        "old(a,\n    b, a);",
        "old(a,\n    a);",
    ),
    "arguments change places": (
        'find = "old($x, $y)"\nreplace = "new($y, $x)"',
        "old(a + 1,\n    b);",
        "new(b,\n    a + 1);",
    ),
    "nested calls": (
        'find = "old($x)"\nreplace = "new($x)"',
        "old(old(a));",
        "new(new(a));",
    ),
    "a sum gets parentheses as a factor": (
        'find = "twice($x)"\nreplace = "2 * $x"',
        "n = twice(a + b);",
        "n = 2 * (a + b);",
    ),
    "and the whole, where it is an operand": (
        'find = "next($x)"\nreplace = "$x + 1"',
        "n = 2 * next(a) - g(next(b));",
        "n = 2 * (a + 1) - g(b + 1);",
    ),
    "a comparison is turned round": (
        'find = "!($f & OFF)"\nreplace = "($f & ON)"\nabout = ["OFF"]',
        "if (a && !(b & OFF))\n\tg();",
        "if (a && (b & ON))\n\tg();",
    ),
    "a pair is merged": (
        'find = "one($x); two($x);"\nreplace = "both($x);"',
        "one(a);\ntwo(a);\none(b);",
        "both(a);\none(b);",
    ),
    "a pair behind a label": (
        'find = "one($x); two($x);"\nreplace = "both($x);"',
        "g();\nout:\n\tone(a);\n\ttwo(a);\n\tone(b);",
        "g();\nout:\n\tboth(a);\n\tone(b);",
    ),
    "a statement is put in front": (
        'find = "go($x);"\nreplace = "lock($x); go($x);"',
        "if (a) {\n\tgo(b);\n}",
        "if (a) {\n\tlock(b);\n\tgo(b);\n}",
    ),
    "a statement is put behind": (
        'find = "go($x);"\nreplace = "go($x); unlock($x);"',
        "go(b);\t/* away */\nh();",
        "go(b);\t/* away */\nunlock(b);\nh();",
    ),
    "a statement gets a condition": (
        'find = "go($x);"\nreplace = """\nif ($x)\n\tgo($x);\n"""',
        "go(b);",
        "if (b)\n\tgo(b);",
    ),
    "a line that becomes too long": (
        'find = "old($x, $y)"\nreplace = "much_longer_name_for_it($x, $y)"',
        "return_value_of_it = old(some_argument_of_it, another_argument_of_it);",
        "return_value_of_it = much_longer_name_for_it(some_argument_of_it,\n"
        "\t\t\t\t\t     another_argument_of_it);",
    ),
    "lines that were aligned stay aligned": (
        'find = "old($x, $y)"\nreplace = "newer($x, $y)"',
        "old(a,\n    b);",
        "newer(a,\n      b);",
    ),
    "lines that were not aligned stay": (
        'find = "old($x, $y)"\nreplace = "newer($x, $y)"',
        "old(a,\n\tb);",
        "newer(a,\n\tb);",
    ),
    "tokens count, white space does not": (
        'find = "old($x->n)"\nreplace = "new($x)"',
        "old(a  ->  n);",
        "new(a);",
    ),
    "a member with the same name": (
        'find = "old($x)"\nreplace = "new($x)"',
        "p->old(a);\nold(a);",
        "p->old(a);\nnew(a);",
    ),
    "another header": (
        'find = "old($x)"\nreplace = "new($x)"',
        "#ifdef CONFIG_A\nold(a);\n#else\nold(b);\n#endif",
        "#ifdef CONFIG_A\nnew(a);\n#else\nnew(b);\n#endif",
    ),
}


@pytest.mark.parametrize(("edit", "before", "after"), REPLACE.values(), ids=REPLACE.keys())
def test_replace(edit: str, before: str, after: str) -> None:
    result = applied(edit, body(before).encode())
    assert not result.refused
    assert result.after.decode() == body(after)


DELETE = {
    "on its own": ("g();\ndrop(a);\nh();", "g();\nh();"),
    "between empty lines": ("g();\n\ndrop(a);\n\nh();", "g();\n\nh();"),
    "two between empty lines": ("g();\n\ndrop(a);\ndrop(b);\n\nh();", "g();\n\nh();"),
    "two with an empty line between": ("g();\n\ndrop(a);\n\ndrop(b);\n\nh();", "g();\n\nh();"),
    "first in a block": ("drop(a);\n\nh();", "h();"),
    "last in a block": ("g();\n\ndrop(a);", "g();"),
    "over two lines": ("g();\ndrop(a +\n     b);\nh();", "g();\nh();"),
    "with others on its line": ("g(); drop(a); h();", "g(); h();"),
    "at the beginning of a line": ("drop(a); h();", "h();"),
    "at the end of a line": ("g(); drop(a);\nh();", "g();\nh();"),
    "in braces": ("if (a) {\n\tg();\n\tdrop(a);\n}", "if (a) {\n\tg();\n}"),
    "in a case": (
        "switch (a) {\ncase 1:\n\tdrop(a);\n\tbreak;\n}",
        "switch (a) {\ncase 1:\n\tbreak;\n}",
    ),
    "under a condition with others": (
        "#ifdef A\ndrop(a);\ng();\n#endif\nh();",
        "#ifdef A\ng();\n#endif\nh();",
    ),
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
DROP = 'delete = "drop($x);"\ncomment = ["dropped"]'


@pytest.mark.parametrize(("before", "after"), DELETE.values(), ids=DELETE.keys())
def test_delete(before: str, after: str) -> None:
    result = applied(DROP, body(before).encode())
    assert not told_of(result)
    assert result.after.decode() == body(after)


KEPT = {
    "the body of an if": ("if (a)\n\tdrop(a);", "refused BODY"),
    "the body of an else": ("if (a)\n\tg();\nelse\n\tdrop(a);", "refused BODY"),
    "the body of a loop": ("for (;;)\n\tdrop(a);", "refused BODY"),
    "the body of a do": ("do\n\tdrop(a);\nwhile (b);", "refused BODY"),
    "between braces": ("if (a) {\n\tdrop(a);\n}", "refused EMPTY"),
    "all of a bare block": ("g();\n{\n\tdrop(a);\n}", "refused EMPTY"),
    "behind a label": ("out:\n\tdrop(a);", "refused LABEL"),
    "the only one of a case": ("switch (a) {\ncase 1:\n\tdrop(a);\n}", "refused LABEL"),
    "all of a conditional": ("#ifdef A\ndrop(a);\n#endif", "refused BRANCH"),
    "a comment above": ("/* who knows */\ndrop(a);", "refused UNEXPLAINED"),
    "a comment behind": ("drop(a); /* who knows */", "refused UNEXPLAINED"),
    "a comment inside": ("g();\ndrop(a /* who knows */);", "refused COMMENT"),
    "its value": ("g(drop(a));", "refused VALUE"),
    "an assignment": ("b = drop(a);", "refused VALUE"),
    "a comma": ("g(), drop(a);", "refused VALUE"),
    "a cast to void": ("(void)drop(a);", "refused VALUE"),
    "an effect": ("drop(a++);", "refused EFFECT a++"),
    "a call in it": ("drop(get(a));", "refused EFFECT get(a)"),
    "another number of arguments": ("drop(a, b);", "refused ARGUMENTS 2 instead of 1"),
    "a pointer to it": ("p = drop;", "skipped REFERENCE"),
    "a member": ("p->drop(a);", "skipped MEMBER"),
    "a label of that name": ("goto drop;\ndrop:\n\tg();", "skipped MEMBER"),
    "in dead code": ("#if 0\ndrop(a);\n#endif", "skipped DISABLED"),
    "in a comment": ("/* drop(a); */", "skipped TEXT"),
    "in a string": ('g("drop(a);");', "skipped TEXT"),
    "in a macro": (
        "#define DROP(x) drop(x)",
        "refused MACRO_CALL it stands in the text of DROP",
    ),
    "the name of a macro": ("#define drop(x) (x)", "skipped DECLARED drop is a macro"),
    "in a condition of the preprocessor": ("#ifdef drop\n#endif", "skipped CONDITION"),
    "a conditional inside": (
        "drop(\n#ifdef A\na\n#else\nb\n#endif\n);",
        "refused",
    ),
    "a broken statement": ("drop(a;\ng();", "refused"),
    "a conditional in its argument": (
        "drop(({\n#ifdef A\n\tg();\n#endif\n\ta; }));",
        "refused CONDITIONAL_ARGUMENTS",
    ),
    "behind a parenthesis that is never closed": ("(((\ndrop(a);", "refused PARSE"),
    "in a statement that does not parse": ("do {\n\tdrop(a);\n}", "refused PARSE"),
    "a variable would be left": ("int x = 1;\n\ng();\ndrop(x);", "refused UNUSED x"),
    "a local declaration": ("void drop(int);", "skipped DECLARED"),
}


@pytest.mark.parametrize(("code", "expected"), KEPT.values(), ids=KEPT.keys())
def test_what_delete_does_not_touch(code: str, expected: str) -> None:
    result = applied(DROP, body(code).encode())
    assert result.after == result.before
    told = told_of(result)
    assert told
    assert all(each.startswith(expected) for each in told), told


def test_two_that_would_empty_a_block_together_both_stay() -> None:
    code = body("if (a) {\n\tdrop(a);\n\tdrop(b);\n}\ndrop(a);\ng();")
    result = applied(DROP, code.encode())
    assert told_of(result) == ["refused EMPTY", "refused EMPTY"]
    assert result.after.decode() == code.replace("\n\tdrop(a);\n\tg()", "\n\tg()")


WHERE = DROP + '\n[[edit.where]]\nname = "$x"\nis = ["known->area"]\nfrom = ["get($n)"]'
ORIGINS = {
    "what the rule names": ("g();\ndrop(known->area);", True),
    "an initializer": ("char *p = get(1);\n\ndrop(p);\ng(p);", True),
    "an assignment": ("p = get(1);\ndrop(p);", True),
    "one of several in a row": ("q = p = get(1);\ndrop(q);", True),
    "a cast": ("p = (char *)get(1);\ndrop(p);", True),
    "a member": ("a->p = get(1);\ndrop(a->p);", True),
    "nothing at first": ("char *p = NULL;\n\np = get(1);\ndrop(p);\ng(p);", True),
    "something else, too": ("p = get(1);\nif (a)\n\tp = other(1);\ndrop(p);", False),
    "something else, unless": ("p = other(1);\nif (a)\n\tp = get(1);\ndrop(p);", False),
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
    "another member": ("a->p = get(1);\ndrop(b->p);", False),
    "never assigned": ("drop(q);\ng();", False),
}


@pytest.mark.parametrize(("code", "goes"), ORIGINS.values(), ids=ORIGINS.keys())
def test_where_a_metavariable_comes_from(code: str, goes: bool) -> None:
    result = applied(WHERE, body(code).encode())
    assert (b"drop" not in result.after) == goes
    assert goes or told_of(result)[0].startswith("skipped ORIGIN")


# ---------------------------------------------------------------------------- the other kinds

RENAME = 'rename = "old"\nto = "newer"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("int old(int);\n", "int newer(int);\n", id="a prototype"),
        pytest.param("#define X old(1)\n", "#define X newer(1)\n", id="in a macro"),
        pytest.param("#define old\t\t1\n", "#define newer\t\t1\n", id="a macro"),
        pytest.param("#if defined(old)\n#endif\n", "#if defined(newer)\n#endif\n", id="asked for"),
        pytest.param("EXPORT_SYMBOL(old);\n", "EXPORT_SYMBOL(newer);\n", id="exported"),
        pytest.param("int x = A(old) B(;\n", "int x = A(newer) B(;\n", id="where C ends"),
        pytest.param("int oldest, old_, my_old;\n", "int oldest, old_, my_old;\n", id="others"),
        pytest.param("/* old */\n", "/* old */\n", id="a comment stays"),
        pytest.param(
            "long old(int a,\n\tint b,\n\t  int c);\n",
            "long newer(int a,\n\tint b,\n\t  int c);\n",
            id="lines that were not aligned",
        ),
        pytest.param(
            "long old(int a,\n\tint (*b)(int,\n\t\t int));\n",
            "long newer(int a,\n\tint (*b)(int,\n\t\t int));\n",
            id="lines of an inner list",
        ),
        pytest.param(
            "int old(int a,\n\tint b)\n{\n\treturn old(a,\n\t\t   b);\n}\n",
            "int newer(int a,\n\t  int b)\n{\n\treturn newer(a,\n\t\t     b);\n}\n",
            id="the aligned lines of two lists",
        ),
    ],
)
def test_rename(before: str, after: str) -> None:
    assert applied(RENAME, before.encode()).after.decode() == after


def test_rename_in_comments_where_the_rule_says_so() -> None:
    code = '/* old and older\n * old()\n */\nchar *s = "old";\n'
    result = applied(RENAME + "comments = true", code.encode())
    assert result.after.decode() == code.replace("old and", "newer and").replace("old()", "newer()")
    assert told_of(result) == ["skipped TEXT"]


def test_a_name_that_is_taken() -> None:
    result = applied(RENAME, b"int old(void);\nint newer(void);\n")
    assert told_of(result) == ["refused CLASH newer is in the same file"]


def test_what_is_left_with_its_old_name_is_refused() -> None:
    edits = RENAME + 'paths = ["include/**"]'
    assert told_of(applied(edits, b"int x = old;\n"))[0].startswith("refused LEFT old is to become")


FLAGS = 'call = "area($size, $flags)"\nflags = "$flags"\n'


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        pytest.param('add = ["NEW"]', "area(1, 0);", "area(1, NEW);", id="the first one"),
        pytest.param('add = ["NEW"]', "area(1, A | B);", "area(1, A | B | NEW);", id="one more"),
        pytest.param('remove = [{ flag = "OLD" }]', "area(1, OLD);", "area(1, 0);", id="the only"),
        pytest.param(
            'remove = [{ flag = "OLD" }]\nadd = ["NEW"]',
            "area(1, A |\n\tOLD);",
            "area(1, A | NEW);",
            id="one for another",
        ),
        pytest.param(
            'remove = [{ flag = "OLD", comment = ["aged"] }]',
            "/* It is aged. */\nb = area(1, A | OLD);",
            "b = area(1, A);",
            id="with its comment",
        ),
    ],
)
def test_flags(edit: str, before: str, after: str) -> None:
    result = applied(FLAGS + edit, body(before).encode())
    assert result.after.decode() == body(after)
    assert not result.refused


def test_flags_elsewhere_are_told_of() -> None:
    edit = FLAGS + 'remove = [{ flag = "OLD" }]'
    result = applied(edit, body("b |= OLD;\narea(OLD, A);").encode())
    assert told_of(result) == [
        "skipped FORM not an argument of area()",
        "skipped FORM not among the flags",
    ]


WITHIN = 'find = "old($x)"\nreplace = "new($x)"\nwithin = "entry"'


def test_within_a_function_and_what_it_reaches() -> None:
    code = """\
static void reached(int a)
{
	old(a);
}

void other(int a)
{
	old(a);
}

void entry(int a)
{
	reached(a);
	old(a);
}
"""
    first, second = code.split("void other")
    second, third = second.split("void entry")
    expected = first.replace("old", "new") + "void other" + second
    expected += "void entry" + third.replace("old", "new")
    result = applied(WITHIN, code.encode())
    assert result.after.decode() == expected
    assert not told_of(result)


def test_within_a_function_whose_definition_hides() -> None:
    result = applied(WITHIN, b"DEFINE(int, entry)(void)\n{\n\told(1);\n}\n")
    assert told_of(result)[0].startswith("refused")


def test_within_a_function_that_calls_through_a_macro() -> None:
    result = applied(WITHIN, b"#define OLD(x) old(x)\nvoid entry(void)\n{\n\tOLD(1);\n}\n")
    assert told_of(result) == ["refused MACRO_CALL OLD() has old"]


INSERT = """
insert = '''
static inline int wanted(int a)
{
	return a;
}
'''
name = "wanted"
into = "include/a.h"
"""


@pytest.mark.parametrize(
    ("where", "before", "after"),
    [
        pytest.param("behind", "int f(void);\n", "int f(void);\n\n@\n", id="at the end"),
        pytest.param(
            "behind", "int f(void);\nint g(void);\n", "int f(void);\n\n@\n\nint g(void);\n",
            id="between two",
        ),
        pytest.param("before", "int f(void);\n", "@\n\nint f(void);\n", id="at the beginning"),
        pytest.param(
            "before", "/* of f */\nint f(void)\n{\n}\n", "@\n\n/* of f */\nint f(void)\n{\n}\n",
            id="before the comment of a function",
        ),
        pytest.param(
            "behind", "#ifdef A\nint f(void);\n#else\n#define f() 0\n#endif\n\nint g(void);\n",
            "#ifdef A\nint f(void);\n#else\n#define f() 0\n#endif\n\n@\n\nint g(void);\n",
            id="behind a conditional",
        ),
        pytest.param(
            "behind", "#ifndef H\n#define H\nint f(void);\n#endif\n",
            "#ifndef H\n#define H\nint f(void);\n\n@\n\n#endif\n", id="inside of the guard",
        ),
        pytest.param("behind", "int wanted(int);\nint f(void);\n", None, id="there already"),
    ],
)  # fmt: skip
def test_insert(where: str, before: str, after: str | None) -> None:
    result = applied(f'{INSERT}{where} = "f"', before.encode(), "include/a.h")
    code = "static inline int wanted(int a)\n{\n\treturn a;\n}"
    assert result.after.decode() == (before if after is None else after.replace("@", code))
    assert told_of(result) == ([] if after is not None else ["conforming"])


def test_insert_without_an_anchor() -> None:
    result = applied(f'{INSERT}behind = "f"', b"int g(void);\n", "include/a.h")
    assert told_of(result) == ["refused ANCHOR no f in include/a.h"]


def test_insert_in_its_file_only() -> None:
    assert applied(f'{INSERT}behind = "f"', b"int f(void);\n", "include/b.h").after == (
        b"int f(void);\n"
    )


PARAMETER = 'find = "old($x)"\nreplace = "old($x, 0)"\nparameter = "int n"'


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
    ],
)
def test_a_parameter_for_an_argument(before: str, after: str) -> None:
    assert applied(PARAMETER, before.encode()).after.decode() == after


def test_a_parameter_that_goes() -> None:
    edit = 'find = "old($x, $y)"\nreplace = "old($x)"'
    code = b"int old(int a, int b);\nint old(int a, int b)\n{\n\treturn a;\n}\n"
    assert applied(edit, code).after == code.replace(b", int b", b"")
    used = applied(edit, code.replace(b"return a", b"return b"))
    assert told_of(used) == ["refused USED"]


def test_edits_of_one_place_are_refused() -> None:
    edits = """
[[edit]]
find = "old($x)"
replace = "new($x)"
[[edit]]
find = "h(old($x))"
replace = "g(1)"
"""
    result = applied(edits, body("h(old(a));\nold(b);").encode())
    assert told_of(result) == ["refused OVERLAP"]
    assert len(result.changes) == 2


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
    edit = 'find = "one($x); two($x);"\nreplace = "both($x); more($x);"'
    assert callable(change)
    assert applied(edit, change(before)).after == change(after)
    gone = applied('delete = "one($x);"', change(before)).after
    assert gone == change(body("g();\n\ntwo(a);\n\nh();").encode())


def test_a_header_in_the_place_of_another() -> None:
    edit = 'find = "old($x)"\nreplace = "new($x)"\ninclude = "linux/x.h"\ninstead_of = "asm/x.h"'
    code = b"#include <asm/x.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"asm/x.h", b"linux/x.h").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    other = code.replace(b"asm/x.h", b"asm/z.h")
    assert applied(edit, other).after == other.replace(b"old", b"new")


def test_a_header_more() -> None:
    edit = 'find = "old($x)"\nreplace = "new($x)"\ninclude = "linux/x.h"'
    code = b"#include <linux/a.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"a.h>\n", b"a.h>\n#include <linux/x.h>\n").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    untouched = code.replace(b"old(a)", b"odd(a)")
    assert applied(edit, untouched).after == untouched


def test_a_refusal_keeps_nothing_else_from_being_done() -> None:
    code = body("if (a)\n\tdrop(a);\ndrop(b);\ng();")
    result = rewrite(parse("kernel/a.c", code.encode()), Program(rule_of(DROP).edits))
    assert result.after.decode() == code.replace("\tdrop(b);\n", "")
    assert len(result.changes) == len(result.refused) == 1


def test_a_line_that_fits_nowhere_keeps_no_other_from_being_changed() -> None:
    long = "a_name_of_" * 8 + "them"
    code = body(f"old({long});\nold(a);")
    result = applied('find = "old($x)"\nreplace = "a_new_name_of($x)"', code.encode())
    assert told_of(result) == ["refused LAYOUT"]
    assert result.after.decode() == code.replace("old(a)", "a_new_name_of(a)")


def test_a_variable_left_over_keeps_no_other_from_going() -> None:
    code = body("int x = 1;\n\ng();\ndrop(x);\ndrop(a);")
    result = applied(DROP, code.encode())
    assert told_of(result) == ["refused UNUSED x"]
    assert result.after.decode() == code.replace("\tdrop(a);\n", "")
