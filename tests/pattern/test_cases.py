"""The cases of a switch, each by itself.

spatch 1.1.1 says the same, but for a label alone, which it does not replace.
"""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.smpl import applied, patch

ONE, TWO, THREE = (
    f"\tcase {label}:\n\t\t{call}();\n\t\tbreak;\n"
    for label, call in (("XYZ", "one"), ("MID", "two"), ("FOO", "three"))
)


def body(*cases: str) -> str:
    return f"void f(int x)\n{{\n\tswitch (x) {{\n{''.join(cases)}\t}}\n}}\n"


ALL = (ONE, TWO, THREE)
OTHER = TWO.replace("two", "four")

# What stands in a switch of a pattern, and which cases there are afterwards.
CASES = {
    "one that is the first": ("- case XYZ: one(); break;", (TWO, THREE)),
    "one among others": ("- case MID: two(); break;", (ONE, THREE)),
    "one with any code": ("- case MID: ... break;", (ONE, THREE)),
    "one with any statement": ("- case MID: S break;", (ONE, THREE)),
    "what is behind its label": ("  case MID:\n- two();\n+ four();\n  break;", (ONE, OTHER, THREE)),
    "more is behind it": ("  case MID:\n- two();\n+ four();", (ONE, OTHER, THREE)),
    "a label alone": ("- case MID:\n+ case ABC:", (ONE, TWO.replace("MID", "ABC"), THREE)),
    "two in a row": ("- case MID: two(); break;\n- case FOO: three(); break;", (ONE,)),
    "two the other way round": ("- case FOO: three(); break;\n- case MID: two(); break;", (ONE,)),
    "two apart": ("- case FOO: ... break;\n- case XYZ: ... break;", (TWO,)),
    "dots up to where another begins": (
        "  case XYZ: ...\n  case MID:\n- two();\n+ four();",
        (ONE, OTHER, THREE),
    ),
    "dots over all of what is there": (
        "  case ...: ...\n  case MID:\n- two();\n+ four();",
        (ONE, OTHER, THREE),
    ),
    "one is not there": ("- case XYZ: one(); break;\n- case NONE: three(); break;", ALL),
    "another is behind its label": ("- case XYZ: two(); break;", ALL),
}


@pytest.mark.parametrize(("pattern", "cases"), CASES.values(), ids=CASES.keys())
def test_each_case_by_itself(pattern: str, cases: tuple[str, ...]) -> None:
    text = patch("expression E;\nstatement S;", f"  switch (E) {{\n{pattern}\n  }}")
    assert applied(text, body(*ALL)) == body(*cases)


def test_each_label_that_is_asked_for_has_what_is_said() -> None:
    """A path leads from the head to every label; with `exists` one of them will do."""
    some = ("switch (E) {\ncase c: ...\n- two();\n+ four();\n}", "expression E; constant c;")
    assert applied(patch(some[1], some[0]), body(*ALL)) == body(*ALL)
    assert applied(patch(some[1], some[0], "exists"), body(*ALL)) == body(ONE, OTHER, THREE)
    assert applied(patch(some[1], some[0]), body(TWO)) == body(OTHER)


@pytest.mark.parametrize("pattern", ["case MID: ...\n- break;", "case MID: two();\n- break;"])
def test_a_jump_is_that_of_each_switch(pattern: str) -> None:
    text = patch("expression E;", f"switch (E) {{\n{pattern}\n+ leave();\n}}")
    after = TWO.replace("break", "leave()")
    assert applied(text, body(*ALL) + body(*ALL)) == body(ONE, after, THREE) * 2


def test_a_path_falls_through_to_other_labels_but_not_out_of_the_switch() -> None:
    text = patch("expression E;", "switch (E) {\ncase ...: ...\n- two();\n+ four();\n}")
    through = ONE.replace("\t\tbreak;\n", "")
    assert applied(text, body(through, TWO)) == body(through, OTHER)
    away = body(ONE).replace("\t}\n}", "\t}\n\ttwo();\n}")
    assert applied(text, away) == away


def test_a_semicolon_behind_dots_is_an_empty_statement() -> None:
    text = patch("", "one();\n...\n- ;")
    code = "void f(void)\n{\n\tone();\n\ttwo();\n\t;\n}\n"
    assert applied(text, code) == code.replace("\t;\n", "")
    assert applied(patch("", "- one();\n...;"), code) == code.replace("\tone();\n", "")
    assert applied(patch("", "- one();\n...;"), code.replace("\t;\n", "")) == code.replace(
        "\t;\n", ""
    )


REFUSED = {
    "  ...\n  case NEW:\n- old();": "dots before the first case are not supported",
    "  case NEW: old();\n- ...": "dots that go at the end of a case are not supported",
    "- case NEW: ...\n  case OLD:": "dots that go at the end of a case are not supported",
}


@pytest.mark.parametrize(("pattern", "message"), REFUSED.items())
def test_dots_that_no_path_follows_are_refused(pattern: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        applied(patch("expression E;", f"  switch (E) {{\n{pattern}\n  }}"), body(*ALL))


def test_a_label_that_may_be_any() -> None:
    text = patch("expression E; constant c; statement S;", "switch (E) {\ncase c:\n- S\n+ g(c);\n}")
    after = [
        each.replace(f"{call}()", f"g({label})")
        for each, call, label in zip(
            ALL, ("one", "two", "three"), ("XYZ", "MID", "FOO"), strict=True
        )
    ]
    assert applied(text, body(*ALL)) == body(*after)


def test_declarations_come_first() -> None:
    text = patch("expression E;", "switch (E) {\nint i;\ncase MID:\n- two();\n}")
    assert applied(text, body(*ALL)) == body(*ALL)
    wanted = body("\tint i;\n\n", ONE, TWO.replace("\t\ttwo();\n", ""), THREE)
    assert applied(text, body("\tint i;\n\n", *ALL)) == wanted


def test_labels_of_a_switch_inside_are_others() -> None:
    text = patch("", "switch (x) {\n- case MID: two(); break;\n}")
    inner = "\tcase OUT:\n\t\tswitch (y) {\n" + TWO + "\t\t}\n"
    assert applied(text, body(inner)) == body(inner)
