"""Designated initialisers are looked for in any order, also where the pattern has dots."""

from __future__ import annotations

import pytest

from tests.smpl import applied

PAIR = "  .a = 1,\n  ...,\n- .b = 2,\n+ .c = 3,\n  ..."
SEVERAL = "  ...,\n- .a = 1,\n- .b = 2,\n+ AB,\n  ..."
MORE = "  .a = 1,\n  ...,\n+ .c = 3,"
LAST = "  ...,\n- .b = 2\n+ .c = 3"
FIRST = "- .b = 2,\n+ .c = 3,\n  ..."


def table(*lines: str) -> str:
    return "struct ops x = {\n" + "".join(f"{each}\n" for each in lines) + "};\n"


@pytest.mark.parametrize(
    ("items", "before", "after"),
    [
        (PAIR, table("\t.a = 1,", "\t.b = 2,"), table("\t.a = 1,", "\t.c = 3,")),
        (
            PAIR,
            table("\t.b = 2,", "\t.d = 4,", "\t.a = 1,"),
            table("\t.c = 3,", "\t.d = 4,", "\t.a = 1,"),
        ),
        (SEVERAL, table("\t.a = 1,", "\t.b = 2,", "\t.d = 4,"), table("\tAB,", "\t.d = 4,")),
        (SEVERAL, table("\t.b = 2,", "\t.a = 1,", "\t.d = 4,"), table("\tAB,", "\t.d = 4,")),
        (SEVERAL, table("\t.b = 2,", "\t.d = 4,", "\t.a = 1,"), table("\t.d = 4,", "\tAB,")),
        (SEVERAL, table("\t.b = 2,", "\t.d = 4,"), table("\t.b = 2,", "\t.d = 4,")),
        (
            MORE,
            table("\t.b = 2,", "\t.a = 1,", "\t.d = 4"),
            table("\t.b = 2,", "\t.a = 1,", "\t.d = 4,", "\t.c = 3,"),
        ),
        (LAST, table("\t.b = 2,", "\t.a = 1,"), table("\t.c = 3,", "\t.a = 1,")),
        (
            FIRST,
            table("\t.d = 4,", "\t.b = 2,", "\t.a = 1,"),
            table("\t.d = 4,", "\t.c = 3,", "\t.a = 1,"),
        ),
        (
            PAIR,
            table("\t.a = 1,", "#ifdef X", "\t.d = 4,", "#endif", "\t.b = 2,"),
            table("\t.a = 1,", "#ifdef X", "\t.d = 4,", "#endif", "\t.c = 3,"),
        ),
        (
            FIRST,
            table("#ifdef X", "\t.b = 2,", "#endif", "\t.a = 1,"),
            table("#ifdef X", "\t.c = 3,", "#endif", "\t.a = 1,"),
        ),
    ],
)
def test_their_order_means_nothing(items: str, before: str, after: str) -> None:
    patch = f"@@\nidentifier x;\n@@\n  struct ops x = {{\n{items}\n  }};\n"
    assert applied(patch, before) == after


def test_dots_that_go_are_what_stands_there() -> None:
    patch = "@@\nidentifier x;\n@@\n  struct ops x = {\n  .a = 1,\n- ...,\n  .b = 2\n  };\n"
    code = table("\t.b = 2,", "\t.d = 4,", "\t.a = 1,")
    assert applied(patch, code) == code


GONE = "- .a = 1,\n- .b = 2,"
BOTH = "- .a = 1,\n- .b = 2,\n+ .ab = 3,"


@pytest.mark.parametrize(
    ("items", "before", "after"),
    [
        (GONE, ".p = 0, .a = 1, .b = 2, .q = 0", ".p = 0, .q = 0"),
        (GONE, ".p = 0, .b = 2, .a = 1, .q = 0", ".p = 0, .q = 0"),
        (GONE, ".a = 1, .p = 0, .b = 2, .q = 0", ".p = 0, .q = 0"),
        (GONE, ".b = 2, .p = 0, .a = 1, .q = 0", ".p = 0, .q = 0"),
        (GONE, ".b = 2, .p = { .a = 1 }, .a = 1, .q = 0", ".p = { .a = 1 }, .q = 0"),
        (BOTH, ".p = 0, .b = 2, .q = 0, .a = 1", ".p = 0, .q = 0, .ab = 3"),
        (BOTH, ".a = 1, .q = 0, .b = 2, .p = 0", ".ab = 3, .q = 0, .p = 0"),
    ],
)
@pytest.mark.parametrize("dots", ["", "  ...,\n"])
def test_what_is_between_stays(items: str, before: str, after: str, dots: str) -> None:
    patch = f"@@\nidentifier x;\n@@\n  struct ops x = {{\n{dots}{items}\n  }};\n"
    assert applied(patch, f"struct ops x = {{ {before} }};\n") in (
        f"struct ops x = {{ {after} }};\n",
        f"struct ops x = {{ {after}, }};\n",
    )
    lines = [table(*(f"\t{each}," for each in text.split(", "))) for text in (before, after)]
    assert applied(patch, lines[0]) == lines[1]


@pytest.mark.parametrize("dots", ["", "  ...,\n"])
@pytest.mark.parametrize(
    ("items", "code", "is_met"),
    [
        (BOTH, "\t.a = 1,\n#ifdef X\n\t.b = 2,\n#endif\n", False),
        (BOTH, "#ifdef X\n\t.a = 1,\n#else\n\t.b = 2,\n#endif\n", False),
        (BOTH, "#ifdef X\n\t.b = 2,\n\t.a = 1,\n#endif\n", True),
        (BOTH, "\t.b = 2,\n#ifdef X\n\t.c = 2,\n#endif\n\t.a = 1,\n", True),
        ("  .a = 1,\n- .b = 2,", "\t.a = 1,\n#ifdef X\n\t.b = 2,\n#endif\n", True),
        ("  .a = 1,\n- .b = 2,", "\t.b = 2,\n#ifdef X\n\t.a = 1,\n#endif\n", False),
        ("  .a = 1,\n- .b = 2,", "#if X\n\t.b = 2,\n#elif Y\n\t.a = 1,\n#endif\n", False),
    ],
)
def test_what_changes_together_is_there_in_the_same_builds(
    items: str, code: str, is_met: bool, dots: str
) -> None:
    patch = f"@@\nidentifier x;\n@@\n  struct ops x = {{\n{dots}{items}\n  }};\n"
    code = f"struct ops x = {{\n{code}}};\n"
    assert (applied(patch, code) != code) == is_met
