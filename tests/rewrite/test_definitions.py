"""A definition that goes as a whole, and what comes in its place."""

from __future__ import annotations

import pytest

from tests.smpl import applied, outcome, patch

BEFORE = "static int *h(void)\n{\n\treturn x;\n}\n"


@pytest.mark.parametrize(
    ("pattern", "after"),
    [
        pytest.param(
            "- h(void) { ... }\n+ long k(void) { return 12; }",
            "long k(void) { return 12; }\n",
            id="its type goes as well",
        ),
        pytest.param(
            "- h(void) { ... }\n+ k(void) { return 12; }",
            "k(void) { return 12; }\n",
            id="and is not the type of another one",
        ),
        pytest.param(
            "- h(void) { ... }\n+ long h(void) { return 12; }",
            "long h(void) { return 12; }\n",
            id="another type for the same name",
        ),
        pytest.param(
            "- h(void) { ... }\n+ h(void) { return 12; }",
            "static int *h(void)\n{\n\treturn 12;\n}\n",
            id="the same head is not touched",
        ),
        pytest.param(
            "- h(void)\n+ k(void)\n  { ... }",
            "static int *k(void)\n{\n\treturn x;\n}\n",
            id="the name alone",
        ),
    ],
)
def test_a_definition_in_the_place_of_another(pattern: str, after: str) -> None:
    assert applied(patch("", pattern), BEFORE) == after


@pytest.mark.parametrize("parameters", ["...", "int n"])
def test_a_prototype_gets_the_linkage_of_the_definition(parameters: str) -> None:
    """What is `static` in one declaration of a function is so in all."""
    code = "{0}int h(int n);\nint k(int n);\n\n{0}int h(int n)\n{{\n\treturn n;\n}}\n"
    text = patch("", f"+ static\n  int h({parameters})\n  {{ ... }}")
    after = applied(text, code.format(""))
    assert after == code.format("static ")
    assert applied(text, after) == after


def test_a_prototype_stays_with_a_definition_that_is_refused() -> None:
    code = "int h(int n);\nint k(int n);\n\nint h(int n)\n{\n\t/* nothing */\n\treturn 0;\n}\n"
    code += "\nint k(int n)\n{\n\tg(n);\n\treturn 0;\n}\n"
    text = patch("identifier f;", "- int f(int n)\n+ void f(int n)\n  {\n  ...\n- return 0;\n  }")
    found = outcome(text, code)
    assert [each.reason for _, each in found.troubles] == ["parameter", "comment"]
    after = code.replace("int k", "void k").replace("\tg(n);\n\treturn 0;", "\tg(n);")
    assert found.after.decode() == after
