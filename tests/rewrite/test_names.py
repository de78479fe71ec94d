"""Declarations that a patch brings: no second ones, none behind a label, and no captured names."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, patched, reasons, rule

BRINGS = rule("expression E;", "- f(E);\n+ int n = E;\n+ g(n);")
OWN_BLOCK = rule("expression E;", "- f(E);\n+ {\n+ \tint n = E;\n+ \tg(n);\n+ }")


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        (BRINGS, "f(1);\nq();", "int n = 1;\ng(n);\nq();"),
        (BRINGS, "f(1);\nq(p->n, p.n);", "int n = 1;\ng(n);\nq(p->n, p.n);"),
        (BRINGS, "q(n);\nf(1);", "q(n);\nint n = 1;\ng(n);"),
        (
            BRINGS,
            "if (x)\n\tf(1);\nelse\n\tf(x);",
            "if (x) {\n\tint n = 1;\n\tg(n);\n} else {\n\tint n = x;\n\tg(n);\n}",
        ),
        (
            BRINGS,
            "f(1);\nif (x) {\n\tint n = 3;\n\n\tq(n);\n}",
            "int n = 1;\ng(n);\nif (x) {\n\tint n = 3;\n\n\tq(n);\n}",
        ),
        (
            OWN_BLOCK,
            "int n = 1;\n\nf(2);\nq(n);",
            "int n = 1;\n\n{\n\tint n = 2;\n\tg(n);\n}\nq(n);",
        ),
        # The name means what it meant before.
        (rule("identifier i;", "- int i;\n+ long i;"), "int n;\n\nq(n);", "long n;\n\nq(n);"),
        (rule("", "- int n;\n+ long n = 1;"), "int n;\n\nq(n);", "long n = 1;\n\nq(n);"),
    ],
)
def test_declarations(patch: str, before: str, after: str) -> None:
    check(patch, in_function(before), in_function(after))


@pytest.mark.parametrize(
    ("patch", "code", "wrong"),
    [
        (BRINGS, "int n = 2;\n\nif (x)\n\tf(n);", "capture a name: n"),
        (BRINGS, "int n = 2;\n\nif (x) {\n\tf(1);\n\tq(n);\n}", "capture a name: n"),
        (OWN_BLOCK, "int n = 1;\n\nf(n);", "capture a name: n"),
        (rule("expression E;", "- f(E);\n+ int x = E;"), "f(1);\nreturn x;", "capture a name: x"),
        (BRINGS, "int n = 2;\n\nf(1);", "two declarations"),
        (BRINGS, "out:\n\tf(1);", "follow a label"),
        (BRINGS, "switch (x) {\ncase 1:\n\tf(1);\n}", "follow a label"),
    ],
)
def test_declarations_that_may_not_come(patch: str, code: str, wrong: str) -> None:
    outcome = patched(patch, in_function(code))
    assert outcome.after == outcome.before
    assert reasons(outcome) == ["result"]
    assert wrong in outcome.troubles[0][1].note


def test_a_capture_is_the_fault_of_its_match() -> None:
    code = "int n = 0;\n\nif (x) {\n\tf(1);\n}\nif (y) {\n\tf(y);\n\tq(n);\n}"
    outcome = patched(BRINGS, in_function(code))
    after = code.replace("f(1);", "int n = 1;\n\tg(n);")
    assert outcome.after.decode() == in_function(after)
    assert reasons(outcome) == ["result"]


def test_one_of_two_declarations_in_a_block() -> None:
    outcome = patched(BRINGS, in_function("f(1);\nf(2);"))
    assert len(outcome.troubles) == 1
    assert outcome.after.count(b"int n") == 1


def test_a_variable_of_the_file_is_not_captured() -> None:
    code = "static int n = 1;\n\n" + in_function("f(1);\nq(n);")
    outcome = patched(BRINGS, code)
    assert outcome.after == outcome.before
    assert reasons(outcome) == ["result"]


def test_a_rule_may_declare_what_one_before_it_uses() -> None:
    patch = rule("", "- f(1);\n+ ret = f(1);") + rule("", "+ int ret;\n  start();")
    check(patch, in_function("start();\nf(1);"), in_function("int ret;\nstart();\nret = f(1);"))
