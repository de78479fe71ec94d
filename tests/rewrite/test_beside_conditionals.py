"""What comes beside dots comes where the dots are not under a condition."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

IF = "#ifdef X\n{0}#endif\n"
LIST = "static struct s x = {{\n{0}}};\n"
OWNER = "\t.o = n,\n"
AT_END = "  struct s x = { ...,\n+ \t.o = n,\n  };"

# The elements before and afterwards.
LISTS = {
    "a conditional at the end": (
        "\t.a = 1,\n#ifdef X\n\t.b = 2,\n#endif\n",
        "\t.a = 1,\n#ifdef X\n\t.b = 2,\n#endif\n\t.o = n,\n",
    ),
    "one without a comma": (
        "\t.a = 1,\n#ifdef X\n\t.b = 2\n#endif\n",
        "\t.a = 1,\n#ifdef X\n\t.b = 2,\n#endif\n\t.o = n,\n",
    ),
    "two branches": (
        "#ifdef X\n\t.b = 2\n#else\n\t.b = 3\n#endif\n",
        "#ifdef X\n\t.b = 2,\n#else\n\t.b = 3,\n#endif\n\t.o = n,\n",
    ),
    "one before the last": (
        "#ifdef X\n\t.b = 2,\n#endif\n\t.a = 1\n",
        "#ifdef X\n\t.b = 2,\n#endif\n\t.a = 1,\n\t.o = n,\n",
    ),
    "none": ("\t.a = 1,\n", "\t.a = 1,\n\t.o = n,\n"),
}


@pytest.mark.parametrize(("before", "after"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize(
    "pattern",
    ["  struct s x = { ...,\n+ \t.o = n,\n  };", "  struct s x = { ...\n+ \t, .o = n,\n  };"],
)
def test_an_element_at_the_end(pattern: str, before: str, after: str) -> None:
    found = applied(patch("identifier x;", pattern), LIST.format(before))
    assert found.replace(", .o", ",\n\t.o") == LIST.format(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\tA,\n#ifdef X\n\tB,\n#endif\n", "\tA,\n#ifdef X\n\tB,\n#endif\n\tN\n"),
        ("\tA,\n#ifdef X\n\tB\n#endif\n", "\tA,\n#ifdef X\n\tB,\n#endif\n\tN\n"),
    ],
)
def test_an_enumerator_at_the_end(before: str, after: str) -> None:
    code = "enum e {{\n{0}}};\n"
    found = applied(patch("", "  enum e { ...,\n+ \tN\n  };"), code.format(before))
    assert found == code.format(after)


CALLS = {
    "before dots": ("  f(x,\n+ n,\n  ...)", "f(1,\n{0}\t  3);", "f(1, n,\n{0}\t  3);"),
    "behind dots": ("  f(...,\n+ n,\n  x)", "f(1,\n{0}\t  3);", "f(1,\n{0}\t  n, 3);"),
    "at the end": ("  f(...\n+ , n\n  )", "f(1,\n{0}\t  3);", "f(1,\n{0}\t  3, n);"),
}


@pytest.mark.parametrize("branches", ["\t  2,\n", "\t  2,\n#else\n\t  4,\n"])
@pytest.mark.parametrize(("pattern", "before", "after"), CALLS.values(), ids=CALLS)
def test_an_argument(pattern: str, before: str, after: str, branches: str) -> None:
    between = IF.format(branches)
    code = "void g(void)\n{{\n\t{0}\n}}\n"
    found = applied(patch("expression x;", pattern), code.format(before.format(between)))
    assert found == code.format(after.format(between))


def test_each_neighbour_under_a_condition_of_its_own() -> None:
    """Nowhere between the two is the element there in all builds."""
    code = LIST.format("#ifdef X\n\t.a = 1,\n#endif\n#ifdef Y\n\t.b = 2,\n#endif\n")
    pattern = "  struct s x = { .a = 1,\n+ \t.o = n,\n  ... };"
    found = outcome(patch("identifier x;", pattern), code)
    assert found.after == found.before
    assert [reason.reason for _, reason in found.troubles] == ["directive"]
