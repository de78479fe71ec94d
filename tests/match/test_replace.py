"""Each kind of edit: what it makes of a piece of code, what it leaves alone, what it refuses."""

from __future__ import annotations

import pytest

from tests.edits import applied, body, told_of

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


# ---------------------------------------------------------------------------- the other kinds


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


def test_a_line_that_fits_nowhere_keeps_no_other_from_being_changed() -> None:
    long = "a_name_of_" * 8 + "them"
    code = body(f"old({long});\nold(a);")
    result = applied('find = "old($x)"\nreplace = "a_new_name_of($x)"', code.encode())
    assert told_of(result) == ["refused LAYOUT"]
    assert result.after.decode() == code.replace("old(a)", "a_new_name_of(a)")
