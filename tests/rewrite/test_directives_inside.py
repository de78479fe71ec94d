"""A directive in what goes: a conditional goes along, another one has a meaning beyond."""

from __future__ import annotations

import pytest

from tests.smpl import outcome, patch


def body(*lines: str) -> str:
    return "void f(int x)\n{\n" + "".join(f"{line}\n" for line in lines) + "}\n"


BETWEEN = {
    "pragma": ("\tb();", "#pragma bee", "\tc();"),
    "pragma alone": ("#pragma bee",),
    "define": ("#define B 1", "\tc();"),
    "pragma in a block": ("\tif (x) {", "#pragma bee", "\t\tc();", "\t}"),
    "pragma in a call": ("\tb(x,", "#pragma bee", "\t  1);"),
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN.keys())
@pytest.mark.parametrize("pattern", ["  a();\n- ...\n  d();", "- a();\n- ...\n- d();"])
def test_it_does_not_go_with_dots(pattern: str, between: tuple[str, ...]) -> None:
    text = body("\ta();", *between, "\td();")
    found = outcome(patch("", pattern), text)
    assert found.after.decode() == text
    assert [reason.reason for _, reason in found.troubles] == ["kept"]


@pytest.mark.parametrize(
    ("pattern", "between", "after"),
    [
        ("  a();\n- ...\n  d();", ("#ifdef X", "\tc();", "#endif"), ("\ta();", "\td();")),
        ("- a();\n- #pragma bee\n  d();", ("#pragma bee",), ("\td();",)),
        ("- if (x) { ... }", ("\tif (x) {", "#pragma bee", "\t}"), ("\ta();", "\td();")),
    ],
)
def test_what_is_named_or_whole_goes(
    pattern: str, between: tuple[str, ...], after: tuple[str, ...]
) -> None:
    found = outcome(patch("", pattern), body("\ta();", *between, "\td();"))
    assert found.after.decode() == body(*after)


def test_a_definition_that_lasts_does_not_go_with_the_block_around_it() -> None:
    text = body("\tif (x) {", "#define B 1", "\t}")
    found = outcome(patch("", "- if (x) { ... }"), text)
    assert found.after.decode() == text
    assert found.troubles
