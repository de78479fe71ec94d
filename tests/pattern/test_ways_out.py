"""How a function, a block or a loop is left: what a `return;` or a jump of a pattern can be."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch


def function(body: str, kind: str = "void") -> str:
    return f"{kind} m(int x)\n{{\n{body}\n}}\n"


BEFORE_RETURN = patch("", "a();\n...\n+ z();\nreturn;")
BEFORE_ANY_RETURN = patch("", "a();\n...\n+ z();\nreturn ...;")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(BEFORE_RETURN, "\ta();", "\ta();\n\tz();", id="right behind"),
        pytest.param(BEFORE_RETURN, "\ta();\n\tb();", "\ta();\n\tb();\n\tz();", id="further on"),
        pytest.param(
            BEFORE_RETURN,
            "\ta();\n\tif (x) {\n\t\tb();\n\t\treturn;\n\t}\n\tc();",
            "\ta();\n\tif (x) {\n\t\tb();\n\t\tz();\n\t\treturn;\n\t}\n\tc();\n\tz();",
            id="written and not written",
        ),
        pytest.param(
            BEFORE_ANY_RETURN, "\ta();\n\tb();", "\ta();\n\tb();\n\tz();", id="of any kind"
        ),
        pytest.param(patch("", "+ z();\nreturn;"), "\ta();", "\ta();\n\tz();", id="by itself"),
        pytest.param(
            patch("", "- return ...;\n+ z();"), "\ta();", "\ta();\n\tz();", id="any by itself"
        ),
        pytest.param(
            patch("", "(\n  b();\n|\n+ z();\nreturn;\n)"),
            "\ta();",
            "\ta();\n\tz();",
            id="as an alternative",
        ),
        pytest.param(
            patch("", "+ z();\nreturn;"), "\ta();\n\tz();", "\ta();\n\tz();", id="it is done"
        ),
        pytest.param(
            patch("", "+ z();\nreturn;"),
            "\tif (x)\n\t\treturn 1;\n\telse\n\t\treturn 2;",
            "\tif (x)\n\t\treturn 1;\n\telse\n\t\treturn 2;",
            id="the end is not reached",
        ),
        pytest.param(
            patch("", "a();\n- return;\n+ return 1;"),
            "\ta();",
            "\ta();\n\treturn 1;",
            id="replaced",
        ),
        pytest.param(
            patch("", "a();\n...\nreturn;\n+ z();"),
            "\ta();",
            "\ta();\n\tz();",
            id="something behind",
        ),
        pytest.param(
            patch("identifier f;", "f(...) {\n<...\n- return;\n+ return 1;\n...>\n}"),
            "\tif (x)\n\t\treturn;\n\tb();",
            "\tif (x)\n\t\treturn 1;\n\tb();\n\treturn 1;",
            id="in a nest",
        ),
        pytest.param(
            patch("", "a();\n...\n- return 0;\n+ return 1;"), "\ta();", "\ta();", id="no value"
        ),
        pytest.param(
            patch("", "- a();\n... when != return;"), "\ta();\n\tb();", "\tb();", id="not forbidden"
        ),
    ],
)  # fmt: skip
def test_the_end_of_a_function_is_a_return(text: str, before: str, after: str) -> None:
    assert applied(text, function(before)) == function(after)


IN_BRANCH = patch("", "if (x) {\n...\n- return 1;\n+ return 2;\n}")
IN_LOOP = patch("", "while (...) {\n...\n- return 1;\n+ return 2;\n}")
OUT = "\tif (x)\n\t\tgoto out;\n\tc();\nout:\n\t{}\n\treturn 1;"
GOTO = patch("", "if (x) {\n...\n- goto out;\n+ goto done;\n}")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(
            IN_BRANCH,
            "\tif (x) {\n\t\tb();\n\t\tgoto out;\n\t}\n\tc();\nout:\n\treturn 1;",
            "\tif (x) {\n\t\tb();\n\t\tgoto out;\n\t}\n\tc();\nout:\n\treturn 2;",
            id="by a goto",
        ),
        pytest.param(
            IN_BRANCH,
            "\tif (x) {\n\t\tb();\n\t}\n\treturn 1;",
            "\tif (x) {\n\t\tb();\n\t}\n\treturn 1;",
            id="not by the end of the block",
        ),
        pytest.param(
            IN_BRANCH,
            "\twhile (y)\n\t\tif (x) {\n\t\t\tb();\n\t\t\tbreak;\n\t\t}\n\treturn 1;",
            "\twhile (y)\n\t\tif (x) {\n\t\t\tb();\n\t\t\tbreak;\n\t\t}\n\treturn 1;",
            id="not by a break",
        ),
        pytest.param(
            IN_LOOP,
            "\twhile (x) {\n\t\tb();\n\t\tgoto out;\n\t}\nout:\n\treturn 1;",
            "\twhile (x) {\n\t\tb();\n\t\tgoto out;\n\t}\nout:\n\treturn 2;",
            id="out of a loop by a goto",
        ),
        pytest.param(
            IN_LOOP,
            "\twhile (x) {\n\t\tb();\n\t\tbreak;\n\t}\n\treturn 1;",
            "\twhile (x) {\n\t\tb();\n\t\tbreak;\n\t}\n\treturn 1;",
            id="not out of a loop by a break",
        ),
        pytest.param(
            patch("", "if (x) {\n...\n- b();\nreturn 1;\n}"),
            OUT.format("b();"),
            OUT.replace("\t{}\n", ""),
            id="a goto without braces",
        ),
        pytest.param(
            patch("", "if (x) {\n<...\n- b();\n+ d();\n...>\nreturn 1;\n}"),
            OUT.format("b();"),
            OUT.format("d();"),
            id="a nest behind a goto",
        ),
        pytest.param(
            GOTO,
            "\tif (x) {\n\t\tif (y)\n\t\t\tgoto out;\n\t\tgoto out;\n\t}\nout:\n\tb();",
            "\tif (x) {\n\t\tif (y)\n\t\t\tgoto done;\n\t\tgoto done;\n\t}\nout:\n\tb();",
            id="every jump of a block",
        ),
    ],
)  # fmt: skip
def test_a_block_is_left_by_jumps(text: str, before: str, after: str) -> None:
    assert applied(text, function(before, "int")) == function(after, "int")


JUMPS = """	foo();
	while (x) {
		foo();
		if (x > 1)
			continue;
		if (x > 2)
			break;
		if (x > 3) {
			foo();
			goto out;
		}
		if (x > 4)
			goto again;
		last();
	}
	foo();
out:
	foo();
	return;
again:
	foo();"""
HEAD, IN_IT, BEHIND = (
    JUMPS[:7],
    JUMPS[7 : JUMPS.index("\t}\n\tfoo")],
    JUMPS[JUMPS.index("\t}\n\tfoo") :],
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(patch("", "while (x) {\n<...\n- foo();\n+ bar();\n...>\n}"), id="forall"),
        pytest.param(
            patch("", "while (x) {\n<...\n- foo();\n+ bar();\n...>\n}").replace(
                "@@", "@exists@", 1
            ),
            id="exists",
        ),
        pytest.param(
            patch("", "while (x) {\n<+...\n- foo();\n+ bar();\n...+>\n}"), id="at least one"
        ),
    ],
)
def test_a_nest_in_a_block_stays_in_it(text: str) -> None:
    """What is reached by a jump out of the block is none of it."""
    after = HEAD + IN_IT.replace("foo", "bar") + BEHIND
    assert applied(text, function(JUMPS)) == function(after)


def test_an_error_that_leaves_a_block_is_followed_no_further() -> None:
    text = patch("", "while (x) {\n<...\n- foo();\n+ bar();\n...>\nlast();\n}")
    before = (
        "\twhile (x) {\n\t\tif (x > 1) {\n\t\t\tfoo();\n\t\t\tgoto out;\n\t\t}\n\t\tlast();\n\t}\n"
    )
    behind = "\tfoo();\nout:\n\tfoo();"
    assert applied(text, function(before + behind)) == function(
        before.replace("foo", "bar") + behind
    )


def test_what_has_to_come_in_a_block_is_not_found_behind_it() -> None:
    text = patch("", "while (x) {\n...\n- foo();\n...\n}")
    loop = "\twhile (x) {\n\t\tif (x > 1)\n\t\t\tcontinue;\n\t\tfoo();\n\t}\n"
    behind = "\tfoo();\n\tbar();"
    assert applied(text, function(loop + behind)) == function(
        loop.replace("\t\tfoo();\n", "") + behind
    )


@pytest.mark.parametrize("mode", ["forall", "exists"])
def test_an_expression_is_not_that_of_the_block_around_it(mode: str) -> None:
    """Behind a block comes something else than behind the statement in it."""
    text = patch("position p;", "  kfree(x)\n  ...\n  use@p(x)").replace("@@", f"@r {mode}@", 1)
    text += patch("position r.p;", "- use@p(x)\n+ take(x)")
    left = function("\tif (c) {\n\t\tkfree(x);\n\t\treturn;\n\t}\n\tuse(x);")
    assert applied(text, left) == left
    alone = function("\t{\n\t\tkfree(x);\n\t}\n\tuse(x);")
    assert applied(text, alone) == alone.replace("use", "take")


def test_do_while_zero_is_no_loop() -> None:
    text = patch("", "- a();\n...\n- b();")
    once = function("\tdo {\n\t\tc();\n\t\ta();\n\t} while (0);\n\tb();")
    assert applied(text, once) == once.replace("\t\ta();\n", "").replace("\tb();\n", "")
    loop = once.replace("(0)", "(x)")
    assert applied(text, loop) == loop


def test_dots_find_a_block() -> None:
    text = patch("", "a();\n...\n- {\n- b();\n  return;\n- }")
    before = function(
        "\ta();\n\tif (x) {\n\t\tb();\n\t\treturn;\n\t} else {\n\t\tb();\n\t\treturn;\n\t}"
    )
    after = function("\ta();\n\tif (x)\n\t\treturn;\n\telse\n\t\treturn;")
    assert applied(text, before) == after


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(
            patch("statement S;", "- if (f()) S else {}"),
            "\tif (f())\n\t\ta();\n\telse {}\n\tb();",
            "\tb();",
            id="an empty block",
        ),
        pytest.param(
            patch("", "<+... f() ...+>\n- +\n+ -\n<+... g() ...+>", "expression"),
            "\tx = f() + 1;\n\tx = f() + g();",
            "\tx = f() + 1;\n\tx = f() - g();",
            id="nests as operands",
        ),
    ],
)
def test_forms(text: str, before: str, after: str) -> None:
    assert applied(text, function(before)) == function(after)


LOOP_BREAK = patch("", "while (...) {\n<...\na();\n+ b();\nbreak;\n...>\n}")
SWITCH_BREAK = patch("", "switch (x) {\n<...\na();\n+ b();\nbreak;\n...>\n}")


@pytest.mark.parametrize(
    ("text", "of_loop", "of_switch"), [(LOOP_BREAK, True, False), (SWITCH_BREAK, False, True)]
)
def test_a_break_is_that_of_the_loop_it_stands_in(
    text: str, of_loop: bool, of_switch: bool
) -> None:
    more = "\n\t\t\tb();"
    body = (
        "\twhile (y) {{\n\t\tif (z) {{\n\t\t\ta();{}\n\t\t\tbreak;\n\t\t}}\n"
        "\t\tswitch (x) {{\n\t\tcase 1:\n\t\t\ta();{}\n\t\t\tbreak;\n\t\t}}\n\t}}"
    )
    after = body.format(more if of_loop else "", more if of_switch else "")
    assert applied(text, function(body.format("", ""))) == function(after)


def test_a_comment_behind_a_directive_stays() -> None:
    before = function("#if 0 /* why\n\t  not */\n#endif\n\ta();")
    assert applied(patch("", "- a();"), before) == before.replace("\ta();\n", "")


def test_of_alternatives_the_optional_one_need_not_be_there() -> None:
    """The way in which patches for reference counts say what is right already."""
    text = patch(
        "expression n, e;\niterator name for_each_x;",
        "for_each_x(e, n) {\n...\n(\nput(n);\n|\n+ put(n);\n?  return ...;\n)\n...\n}",
    )
    body = (
        "\tfor_each_x(a, b) {{\n\t\tif (x){0}\n\t\tc();\n\t}}\n"
        "\tfor_each_x(a, b) {{\n\t\tif (x) {{\n\t\t\tput(b);\n\t\t\treturn;\n\t\t}}\n\t}}"
    )
    before = body.format("\n\t\t\treturn;")
    after = body.format(" {\n\t\t\tput(b);\n\t\t\treturn;\n\t\t}")
    assert applied(text, function(before)) == function(after)


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ("x", "n(x)"),
        ("x & 1", "n(x & 1)"),
        ("x >= y", "n(x >= y)"),
        ("x && !y", "n(x) && !n(y)"),
        ("(x)", "(n(x))"),
        ("x != 0", "n(x)"),
        ("x == y", "n(x == y)"),
    ],
)
def test_what_is_tested_is_compared_with_zero(test: str, after: str) -> None:
    text = patch("expression e;", "- e != 0\n+ n(e)")
    code = "\tif ({0})\n\t\ta();"
    assert applied(text, function(code.format(test))) == function(code.format(after))


LOCKED = "- a();\n...\n- b();\nreturn e;"
# What is in the braces of a pattern, and of the code, and which calls are left of it.
ENDS = {
    "a label behind the return": (
        LOCKED,
        "a(); if (y) goto out; b(); return 0; out: b(); return 1;",
        "",
    ),
    "the handling of an error without it": (
        LOCKED,
        "a(); if (y) goto out; b(); return 0; out: c(); return 1;",
        "c",
    ),
    "what nothing leads to": (LOCKED, "a(); b(); return 0; out: c(); return 1;", "c"),
    "no jump before the label": (LOCKED, "a(); b(); if (y) return 0; out: c();", "abc"),
    "the label behind a break": (
        "while (x) {\n- a();\n...\n- b();\nbreak;\n}\n...",
        "while (x) { a(); if (y) goto out; b(); break; out: b(); break; } c();",
        "c",
    ),
    "in a branch": (
        "if (x) {\n- a();\n...\n- b();\nreturn e;\n}\n...",
        "if (x) { a(); if (y) goto out; b(); return 0; out: b(); return 1; } c();",
        "c",
    ),
    "statements side by side": ("- a();\nreturn e;", "a(); return 0; out: c(); return 1;", "c"),
    "an alternative that begins with dots": (
        "(\n- c();\n|\n  ...\n- b();\n)\n  return e;",
        "a(); b(); return 0;",
        "a",
    ),
    "the other alternative": (
        "(\n- c();\n|\n  ...\n- b();\n)\n  ...\n  return e;",
        "c(); a(); b(); return 0;",
        "ca",
    ),
    "a jump out of it to one of the same kind": (
        "...\nwhile (x) {\n...\n(\n  d();\n|\n+ c();\n? return ...;\n)\n... when any\n}\n"
        "... when any",
        "while (x) { if (y) { a(); goto out; } if (x) { b(); return 1; } }"
        " return 0; out: return 2;",
        "abc",
    ),
    "alternatives of a conjunction": (
        "...\n(\n(\n- while (e) b();\n|\n- if (e) a();\n)\n&\nif (x) a();\n)\n...",
        "c(); if (x) a(); if (y) b();",
        "cb",
    ),
    "of a value": ("...\n- b();\nreturn 0;", "if (y) goto out; b(); return 0; out: return 1;", ""),
}


def braces(code: str) -> str:
    return f"int m(int x, int y)\n{{\n{code}\n}}\n"


def whole(pattern: str) -> str:
    return patch("expression e;\nidentifier m;", f"m(...)\n{{\n{pattern}\n}}")


def calls(code: str) -> str:
    return "".join(re.findall(r"\b([abc])\(\)", code))


@pytest.mark.parametrize(("pattern", "code", "expected"), ENDS.values(), ids=ENDS.keys())
def test_a_block_ends_with_a_jump(pattern: str, code: str, expected: str) -> None:
    assert calls(applied(whole(pattern), braces(code))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("pattern", "code", "expected"), ENDS.values(), ids=ENDS.keys())
def test_spatch_ends_it_there_too(pattern: str, code: str, expected: str, tmp_path: Path) -> None:
    assert calls(by_spatch(whole(pattern), braces(code), tmp_path)) == expected


def test_what_goes_as_a_block_has_nothing_behind_its_jump() -> None:
    """The statements behind the label would go with it."""
    text = patch("", "- if (x) {\n- a();\n- return 0;\n- }")
    code = braces("if (x) { a(); return 0; out: c(); }\nreturn 1;")
    assert applied(text, code) == code


CLOSING = "@@\nidentifier f;\n@@\n  {} f(...)\n  {{\n  ...\n- return{};\n  }}\n"
CLOSED: dict[str, tuple[str, str | None]] = {
    "at the end": ("\ta();\n\treturn;", "\ta();"),
    "in the middle as well": (
        "\tif (x)\n\t\treturn;\n\ta();\n\treturn;",
        "\tif (x)\n\t\treturn;\n\ta();",
    ),
    "in a block in the middle": (
        "\tif (x) {\n\t\tb();\n\t\treturn;\n\t}\n\ta();\n\treturn;",
        "\tif (x) {\n\t\tb();\n\t\treturn;\n\t}\n\ta();",
    ),
    "in the middle alone": ("\tif (x)\n\t\treturn;\n\ta();", None),
    "in both branches at the end": (
        "\tif (x) {\n\t\ta();\n\t\treturn;\n\t} else {\n\t\tb();\n\t\treturn;\n\t}",
        None,
    ),
    "in a loop": ("\twhile (x)\n\t\treturn;\n\ta();\n\treturn;", None),
}


@pytest.mark.parametrize(("before", "after"), CLOSED.values(), ids=CLOSED)
def test_the_return_that_goes_is_the_end_of_the_function(before: str, after: str | None) -> None:
    expected = before if after is None else after
    assert applied(CLOSING.format("void", ""), function(before)) == function(expected)


@pytest.mark.parametrize("before", [before for before, _ in CLOSED.values()], ids=CLOSED)
def test_a_value_is_returned_at_the_end_alone_or_not_at_all(before: str) -> None:
    """Where another one is left, it is not known what the function is to return there."""
    code = function(before, "int").replace("return;", "return 0;")
    is_at_the_end = "else" in before or not re.search("if|while", before)
    without = re.sub(r"\n\t+return 0;", "", code)
    assert applied(CLOSING.format("int", " 0"), code) == (without if is_at_the_end else code)
