"""A block of a pattern is also the one statement of a branch, if what comes has a place there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch


def branch(*lines: str) -> str:
    braces = (" {", "\t}\n") if len(lines) > 1 else ("", "")
    inner = "".join(f"\t\t{line}\n" for line in lines)
    return f"void f(int p)\n{{\n\tif (p){braces[0]}\n{inner}{braces[1]}\tz();\n}}\n"


# What stands in the block, and the statements of the branch afterwards.
CASES = {
    "before any statement": ("+ b();\n  S", ("b();", "a();")),
    "behind any statement": ("  S\n+ b();", ("a();", "b();")),
    "between dots and a statement": ("  ...\n+ b();\n  a();", ("b();", "a();")),
    "behind a statement before dots": ("  a();\n+ b();\n  ...", ("a();", "b();")),
    "in its place": ("- a();\n+ b();", ("b();",)),
    "two in its place": ("- a();\n+ b();\n+ c();", ("b();", "c();")),
    "nothing in its place": ("- a();", ("a();",)),
    "nothing, with dots around it": ("  ...\n- a();\n  ...", ("a();",)),
    "before dots": ("+ b();\n  ...", ("a();",)),
    "behind dots": ("  ...\n+ b();", ("a();",)),
    "before dots and a statement": ("+ b();\n  ...\n  a();", ("a();",)),
    "behind a statement and dots": ("  a();\n  ...\n+ b();", ("a();",)),
    "behind what goes and dots": ("  ...\n- a();\n  ...\n+ b();", ("a();",)),
    "before a nest": ("+ b();\n  <+...\n  a();\n  ...+>", ("a();",)),
    "behind a nest": ("  <...\n- a();\n+ c();\n  ...>\n+ b();", ("a();",)),
}


@pytest.mark.parametrize(("pattern", "lines"), CASES.values(), ids=CASES.keys())
def test_a_branch_without_braces(pattern: str, lines: tuple[str, ...]) -> None:
    """Beside dots nothing says where the code is to be put, and spatch does not match either."""
    text = patch("expression k;\nstatement S;", f"  if (k) {{\n{pattern}\n  }}")
    assert applied(text, branch("a();")) == branch(*lines)


def test_a_list_of_statements_has_its_braces() -> None:
    text = patch("expression k;\nstatement list ss;", "- if (k) { ss }\n+ ss")
    assert applied(text, branch("a();")) == branch("a();")
    assert "if" not in applied(text, branch("a();", "b();"))


@pytest.mark.parametrize("text", ["  if (k) S\n- else { }", "  if (k) S\n  else {\n+ b();\n  }"])
@pytest.mark.parametrize("other", ["a();", "if (p) a();", "{ a(); }"])
def test_an_empty_block_is_no_other_statement(text: str, other: str, tmp_path: Path) -> None:
    code = f"void f(int p)\n{{\n\tif (p)\n\t\tz();\n\telse {other}\n}}\n"
    whole = patch("expression k;\nstatement S;", text)
    assert applied(whole, code) == code
    assert by_spatch(whole, code, tmp_path) == code


def test_what_is_left_of_a_block_stays_on_its_line() -> None:
    text = patch("expression k, e;\nidentifier g;", "  if (k)\n- {\n(\n  g(...);\n|\n  e;\n)\n- }")
    code = "void f(int p)\n{\n\tif (p) {\n\t\ta();\n\t}\n\tif (p) {\n\t\tb = 3;\n\t}\n}\n"
    assert applied(text, code) == (
        "void f(int p)\n{\n\tif (p)\n\t\ta();\n\tif (p)\n\t\tb = 3;\n}\n"
    )
