"""The quick reading of a new text says what one with a new mask says, or it is not made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from refactor.c.code import STATEMENTS, Code
from refactor.c.convert import convert_top
from refactor.c.items import cut
from refactor.c.syntax import SourceFile, parse_items
from refactor.match.sites import Site
from refactor.rewrite import render, reread, splice
from refactor.rewrite.layout import Text
from tests.patches import in_function, patched, reasons, rule

ACCOUNT = rule("expression E, F;", "- get(E, F)\n+ get(E, F | ACCOUNT)")
SUM = rule("expression E, F;", "- sum(E, F)\n+ E + F")
VALUE = rule("expression E;", "- f(E)\n+ (E)")
AROUND = "before(1);\n{}\nif (c)\n\tstep(3);\nbehind(2);"

Readings = list[bool]
"""For each new text whether it was read quickly."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """Each quick reading is compared with one that has a new mask."""
    found: Readings = []
    original = reread.spliced

    def compared(source: SourceFile, text: Text, sites: Iterable[Site]) -> SourceFile | None:
        made = original(source, text, sites)
        found.append(made is not None)
        if made is not None:
            now, touched = text.written.text, reread.touched_by(text)
            anew = parse_items(source.path, now, cut(now, touched), source.annotations)
            for each in text.made:
                assert told(made, each.start, touched) == told(anew, each.start, touched)
        return made

    monkeypatch.setattr(reread, "spliced", compared)
    return found


def told(source: SourceFile, offset: int, touched: Sequence[int]) -> list[object]:
    """What is around an offset, and all that is in the innermost statement."""
    root = convert_top(source, (), touched, touched)
    around = [each for each in root.walk() if each.start <= offset < each.end and each.children]
    statements = [each for each in around if each.kind in STATEMENTS]
    assert statements
    return [*((each.kind, each.start, each.end) for each in around), tokens(statements[-1])]


def tokens(node: Code) -> list[tuple[str, bytes, int]]:
    """Those of a statement, but not of those in it, which may be left out of one reading."""
    if not node.children:
        return [(node.kind, node.text, node.start)]
    inside = (each for each in node.children if each.kind not in STATEMENTS)
    return [token for each in inside for token in tokens(each)]


@pytest.mark.parametrize(
    "code",
    [
        "p = get(a, b);",
        "p = get(sizeof(*p), GFP);\nif (!p)\n\treturn 1;\nq = get(1, get(2, 3));",
        "if (!(p = get(a, b)))\n\treturn get(c, d);\nelse\n\tget(1, 2);",
        "for (i = get(a, b); i < 2; i++) {\n\tf(i);\n\tp = get(c, d) ? get(1, 2) : x->y[get(3, 4)];"
        "\n}",
        "int *p = get(a, b), q = get(c, d);\nf(p);",
        "switch (get(a, b)) {\ncase 1:\n\tf(get(c, d));\n\tbreak;\ndefault:\n\tg(2);\n}",
        "list_for_each(p, q) {\n\tf(p);\n\tp->x = get(p, q); /* a { */\n}",
        "p = get(a,\n\t\tb);\t// it's\ng(3);",
        "do {\n\tf(1);\n} while (get(a, b));",
        "for_each_foo(x, y)\n\tget(x, y);",
    ],
)
def test_it_is_as_with_a_new_mask(code: str, quick: Readings) -> None:
    outcome = patched(ACCOUNT, in_function(AROUND.replace("{}", code)))
    assert not outcome.troubles
    assert quick == [True]


def test_so_it_is_where_little_of_a_file_is_parsed(quick: Readings) -> None:
    code = in_function(AROUND.replace("{}", "p = get(a, b);"))
    rest = "".join(
        f"#define A{n} {n}\nint other{n}(void)\n{{\n\treturn {n};\n}}\n" for n in range(9)
    )
    outcome = patched(ACCOUNT, rest + code + rest + code)
    after = code.replace("(a, b)", "(a, b | ACCOUNT)")
    assert outcome.after.decode() == rest + after + rest + after
    assert quick == [True]


def test_directives_between_functions_stay(quick: Readings) -> None:
    code = in_function(AROUND.replace("{}", "p = get(a, b);"))
    code = f"#include <a.h>\n#ifdef A\n{code}#else\n{code}#endif\n#define F(x) get(x)\n"
    outcome = patched(ACCOUNT, code)
    assert outcome.after.decode() == code.replace("(a, b)", "(a, b | ACCOUNT)")
    assert quick == [True]


def test_annotations_around_are_what_they_were(quick: Readings) -> None:
    code = in_function(AROUND.replace("{}", "p = get(a, b);"))
    code = code.replace("int fn(int x", "static int __init fn(int __user *x")
    outcome = patched(ACCOUNT, code)
    assert outcome.after.decode() == code.replace("(a, b)", "(a, b | ACCOUNT)")
    assert quick == [True]


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        pytest.param(
            ACCOUNT, "p = get(a, b);\n:}\n:void g(void)\n:{\n#ifdef A\n\tget(1, 2);\n#endif", id="#"
        ),
        pytest.param(SUM, "x = TRACE(struct foo *, sum(a, b));", id="a mask in the statement"),
        pytest.param(
            rule("expression E, F;", "- f(E, F)\n+ F"), 'x = f("a", b);\ng(1);', id="a quote goes"
        ),
        pytest.param(
            rule("expression E;", "- f(E)\n+ (E / 2)"), "x = f(a);\ng(1);", id="a slash comes"
        ),
        pytest.param(
            rule("expression E;", '- f(E)\n+ g("a", E)'), "x = f(a);\ng(1);", id="a quote comes"
        ),
        pytest.param(
            rule("expression E;", "- f(E)\n+ ({ g(E); })"), "x = f(a);\ng(1);", id="a brace comes"
        ),
        pytest.param(
            # To the mask this is no loop any more, but a product.
            rule("expression E;", "- f(E)\n+ *E = 1"),
            "f(z);\nfor_each_foo(x, y)\n\tf(x);",
            id="another beginning",
        ),
    ],
)
def test_it_is_not_made(patch: str, code: str, quick: Readings) -> None:
    outcome = patched(patch, in_function(AROUND.replace("{}", code)))
    assert outcome.after != outcome.before
    assert not any(quick)


def test_what_the_mask_has_added_is_not_taken_for_code(quick: Readings) -> None:
    # To the parser the macros between strings were shown as sums.
    code = 'before(1);\nprint("a" f(b) "c", 1);\ny = f(2);\nbehind(2);'
    outcome = patched(VALUE, in_function(code))
    assert reasons(outcome) == ["result"]
    assert outcome.after.decode() == in_function(code.replace("f(2)", "(2)"))


@pytest.mark.parametrize(
    "wrong", ["x = 2 * sum(a, b);", "x = -sum(a, b);", "if (y - sum(a, b) > 1)\n\tstep(2);"]
)
def test_what_groups_otherwise_is_not_taken_for_granted(
    wrong: str, quick: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splice, "required", lambda node: 0)
    monkeypatch.setattr(render.Renderer, "required", lambda self, leaf: 0)
    outcome = patched(SUM, in_function(AROUND.replace("{}", wrong)))
    assert reasons(outcome) == ["result"]
    assert outcome.after == outcome.before
    assert quick[0]


def test_a_copy_that_is_none_is_noticed(quick: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    original = reread._overlaid

    def spoilt(source: SourceFile, text: Text, shown: bytes) -> bytes | None:
        other = source.data.replace(b"before(1)", b"before(7)")
        return original(replace(source, data=other), text, shown)

    monkeypatch.setattr(reread, "_overlaid", spoilt)
    patched(ACCOUNT, in_function(AROUND.replace("{}", "p = get(a, b);")))
    assert not quick[0]
