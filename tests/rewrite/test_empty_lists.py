"""What comes beside a list that is empty: no comma too many, and no `void` left."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

CALLS = "void m(void)\n{{\n\t{0}\n}}\n"


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("- f(es)\n+ g(n, es)", "f(); f(1, 2);", "g(n); g(n, 1, 2);"),
        ("- f(es)\n+ g(es, n)", "f(); f(1, 2);", "g(n); g(1, 2, n);"),
        ("- f(a, es)\n+ g(es)", "f(a); f(a, 2);", "g(); g(2);"),
        ("f(\n+ n,\n...)", "f(); f(1, 2);", "f(n); f(n, 1, 2);"),
        ("f(...\n+ , n\n )", "f(); f(1, 2);", "f(n); f(1, 2, n);"),
        ("f(a, ...\n+ , n\n )", "f(a); f(a, 2);", "f(a, n); f(a, 2, n);"),
    ],
)
def test_arguments(body: str, before: str, after: str) -> None:
    text = patch("expression list es;", body)
    assert applied(text, CALLS.format(before)) == CALLS.format(after)


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("int f(\n+ int n,\n...) { ... }", "void", "int n"),
        ("int f(\n+ int n,\n...) { ... }", "", "int n"),
        ("int f(...\n+ , int n\n ) { ... }", "void", "int n"),
        ("int f(ps\n+ , int n\n ) { ... }", "void", "int n"),
        ("int f(ps\n+ , int n\n ) { ... }", "int a", "int a, int n"),
        ("int f(\n+ void\n ) { ... }", "", "void"),
        ("int f(\n+ void\n ) { ... }", "void", "void"),
        ("int f(\n+ int n\n ) { ... }", "void", "void"),
        ("- int f() {\n+ int f(void) {\n... }", "void", "void"),
        ("- int f(ps) {\n+ int f(int n, ps) {\n... }", "void", "int n"),
    ],
)
def test_parameters(body: str, before: str, after: str) -> None:
    text = patch("parameter list ps;", body)
    code = "int f({0});\n\nint f({0})\n{{\n\treturn 1;\n}}\n"
    assert applied(text, code.format(before)) == code.format(after)


def test_parameters_in_another_place() -> None:
    text = patch("parameter list ps;", "+ int g(ps, int n);\nint f(ps) { ... }")
    before = "int f(void)\n{\n\treturn 1;\n}\n"
    assert applied(text, before) == f"int g(int n);\n{before}"
