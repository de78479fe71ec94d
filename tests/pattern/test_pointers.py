"""Tests of pointers: `E` is `E != NULL`, where nothing but the truth of it counts."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch


def body(code: str) -> str:
    return f"void f(struct s *p, int j)\n{{\n\t{code}\n}}\n"


# A pattern with k for a pointer, and code before and after.
CASES = {
    "what is tested goes": (
        "  if (\n- k\n+ l\n  ) S",
        "if (p != NULL)\n\t\ta();",
        "if (l)\n\t\ta();",
    ),
    "the other way round": (
        "  if (\n- k\n+ l\n  ) S",
        "if (NULL != p)\n\t\ta();",
        "if (l)\n\t\ta();",
    ),
    "what is tested stays": (
        "  if (k)\n- S\n+ b(k);",
        "if (p != NULL)\n\t\ta();",
        "if (p != NULL)\n\t\tb(p);",
    ),
    "beside another test": (
        "  if (e && k)\n- S\n+ b(k);",
        "if (j && p != NULL)\n\t\ta();",
        "if (j && p != NULL)\n\t\tb(p);",
    ),
    "all of it goes": ("- if (k) S", "if (p != NULL)\n\t\ta();\n\tb();", "b();"),
    "of a loop": ("  while (k)\n- S\n+ b(k);", "while (p != NULL)\n\t\ta();", None),
    "something comes around the pointer": (
        "  if (\n+ b(\n  k\n+ )\n  ) S",
        "if (p != NULL)\n\t\ta();",
        "if (p != NULL)\n\t\ta();",
    ),
    "no test": ("  g(\n- k\n+ l\n  )", "g(p != NULL);", "g(p != NULL);"),
    "the other test": (
        "  if (k)\n- S\n+ b(k);",
        "if (p == NULL)\n\t\ta();",
        "if (p == NULL)\n\t\ta();",
    ),
    "no pointer": ("  if (k)\n- S\n+ b(k);", "if (j != 0)\n\t\ta();", "if (j != 0)\n\t\ta();"),
}


@pytest.mark.parametrize(("pattern", "before", "after"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("name", ["expression *k;", "struct s *k;"])
def test_a_pointer_that_is_tested(name: str, pattern: str, before: str, after: str | None) -> None:
    text = patch(f"{name}\nexpression e;\nstatement S;", pattern)
    wanted = before.replace("a();", "b(p);") if after is None else after
    assert applied(text, body(before)) == body(wanted)


def test_it_can_be_disabled() -> None:
    text = patch("expression *k;\nstatement S;", "- if (k) S", "disable not_ptr2")
    code = body("if (p != NULL)\n\t\ta();")
    assert applied(text, code) == code
