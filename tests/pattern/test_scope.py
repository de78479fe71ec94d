"""What a name means in dots, their conditions and nests, by who else speaks of it. spatch 1.1.1
says the same of all of it, except where a block begins with the item."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

NAMES = "expression x, y, E;\nidentifier f;"


def body(lines: str) -> str:
    return f"int m(int n)\n{{\n{lines}}}\n"


CASES = {
    # Nobody else speaks of y, so a nearer first() is where a path begins.
    "an item of other values is nearer": (
        "- first(y);\n...\n- second(x);",
        "\tfirst(a);\n\tfirst(b);\n\tsecond(b);\n",
        "\tfirst(a);\n",
    ),
    "the same value is asked for behind": (
        "- first(y);\n...\n- second(y);",
        "\tfirst(a);\n\tfirst(b);\n\tsecond(a);\n",
        "\tfirst(b);\n",
    ),
    "a condition speaks of it": (
        "- first(y);\n... when != y\n- second(x);",
        "\tfirst(a);\n\tfirst(b);\n\tsecond(b);\n",
        "",
    ),
    "alternatives begin a path, whichever has": (
        "f(...) {\n...\n(\n  first(x);\n|\n  second(x);\n+ added();\n)\n...\n}",
        "\tsecond(a);\n\tif (n)\n\t\tfirst(b);\n",
        None,
    ),
    "the only one of alternatives": (
        "f(...) {\n...\n(\n  first(x);\n|\n  second(x);\n+ added();\n)\n...\n}",
        "\tsecond(a);\n\tif (n)\n\t\tthird(b);\n",
        "\tsecond(a);\n\tadded();\n\tif (n)\n\t\tthird(b);\n",
    ),
    # Dots do not look into the handling of an error, but the conditions of a nest do.
    "an error in dots": (
        "- first(x);\n+ other(x);\n... when != third(x)\nsecond(x);",
        "\tfirst(a);\n\tif (n) {\n\t\tthird(a);\n\t\treturn 1;\n\t}\n\tsecond(a);\n",
        "\tother(a);\n\tif (n) {\n\t\tthird(a);\n\t\treturn 1;\n\t}\n\tsecond(a);\n",
    ),
    "an error in a nest": (
        "- first(x);\n+ other(x);\n<... when != third(x)\nfourth(x);\n...>\nsecond(x);",
        "\tfirst(a);\n\tif (n) {\n\t\tthird(a);\n\t\treturn 1;\n\t}\n\tsecond(a);\n",
        None,
    ),
    "an error in a nest without what is forbidden": (
        "- first(x);\n+ other(x);\n<... when != third(x)\nfourth(x);\n...>\nsecond(x);",
        "\tfirst(a);\n\tif (n)\n\t\treturn 1;\n\tsecond(a);\n",
        "\tother(a);\n\tif (n)\n\t\treturn 1;\n\tsecond(a);\n",
    ),
    # What is added behind an optional line comes with it.
    "an optional line that is not there": (
        "? first(x);\n+ added();\n  second(x);",
        "\tsecond(a);\n",
        None,
    ),
    "an optional line that is there": (
        "? first(x);\n+ added();\n  second(x);",
        "\tfirst(a);\n\tsecond(a);\n",
        "\tfirst(a);\n\tadded();\n\tsecond(a);\n",
    ),
}


@pytest.mark.parametrize(("pattern", "before", "after"), CASES.values(), ids=CASES.keys())
def test_names_in_dots(pattern: str, before: str, after: str | None) -> None:
    wanted = before if after is None else after
    assert applied(patch(NAMES, pattern), body(before)) == body(wanted)


def test_added_code_further_on_speaks_of_it() -> None:
    """Then its value makes a difference, and the nearer match is one beside the other."""
    text = patch(NAMES, "  first(y);\n...\n- second(x);\n+ both(x, y);")
    found = outcome(text, body("\tfirst(a);\n\tfirst(b);\n\tsecond(b);\n"))
    assert [site.leaves[0].env["y"].text for _, site in found.sites] == [b"a", b"b"]


def test_hits_of_a_nest_on_any_path() -> None:
    """One path is enough, and any may be it: the hits on all of them are meant."""
    text = patch("expression x;\nidentifier f;", "f(...) {\n<+...\n- old(x);\n...+>\n}", "exists")
    before = "\tif (n)\n\t\tgoto out;\n\told(n);\n\tif (n)\n\t\told(n);\nout:\n\tnew(n);\n"
    after = "\tif (n)\n\t\tgoto out;\n\tif (n) {\n\t}\nout:\n\tnew(n);\n"
    assert applied(text, body(before)) == body(after)
