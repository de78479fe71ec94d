"""The cases of a switch, each by itself.

spatch 1.1.1 says the same, but for a label alone, which it does not replace.
"""

from __future__ import annotations

import pytest

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
    "one is not there": ("- case XYZ: one(); break;\n- case NONE: three(); break;", ALL),
    "another is behind its label": ("- case XYZ: two(); break;", ALL),
}


@pytest.mark.parametrize(("pattern", "cases"), CASES.values(), ids=CASES.keys())
def test_each_case_by_itself(pattern: str, cases: tuple[str, ...]) -> None:
    text = patch("expression E;\nstatement S;", f"  switch (E) {{\n{pattern}\n  }}")
    assert applied(text, body(*ALL)) == body(*cases)


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
