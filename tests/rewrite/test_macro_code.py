"""The text of a macro is code where names are pasted, and where its end is left to who uses it."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

CALL = patch("expression e;", "- old(e)\n+ fresh(e)")
NAME = patch("", "- old\n+ fresh")
STORED = patch(
    "declarer name OLD_OPS, OPS;\nidentifier n;", "- static OLD_OPS(n);\n+ static OPS(n);"
)
HEAD = patch("identifier f;", "  int f(\n- int x\n+ long x\n  ) { ... }")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(
            CALL,
            "#define M(n) int n##_get(void) { return old(n); }",
            "#define M(n) int n##_get(void) { return fresh(n); }",
            id="the name of a function",
        ),
        pytest.param(
            CALL,
            "#define M(n) old(a_ ## n ## _b) + old(#n)",
            "#define M(n) fresh(a_ ## n ## _b) + fresh(#n)",
            id="in arguments, and as a string",
        ),
        pytest.param(
            CALL,
            "#define M(n, ...) f(old(n), ##__VA_ARGS__)",
            "#define M(n, ...) f(fresh(n), ##__VA_ARGS__)",
            id="a comma that may go",
        ),
        pytest.param(
            CALL,
            "#define M(fmt, ...) do { say(old(LEVEL), LEVEL fmt, ##__VA_ARGS__); } while (0)",
            "#define M(fmt, ...) do { say(fresh(LEVEL), LEVEL fmt, ##__VA_ARGS__); } while (0)",
            id="strings by names",
        ),
        pytest.param(
            CALL,
            '#define M(fmt) old(LEVEL prefix(fmt) "x" fmt)',
            '#define M(fmt) fresh(LEVEL prefix(fmt) "x" fmt)',
            id="strings by names and by a macro",
        ),
        pytest.param(
            NAME,
            "#define M(n) struct ops n##_ops = { .get = old }",
            "#define M(n) struct ops n##_ops = { .get = fresh }",
            id="a declaration without its semicolon",
        ),
        pytest.param(
            CALL,
            "#define M(n) int n##_get(void) { return old(n); } static ATTR(n, 0644, n##_get)",
            "#define M(n) int n##_get(void) { return fresh(n); } static ATTR(n, 0644, n##_get)",
            id="a macro that declares, behind a function",
        ),
        pytest.param(
            HEAD,
            "#define M(n) int n##_get(int x) { return old(x); }",
            "#define M(n) int n##_get(long x) { return old(x); }",
            id="the head of a function",
        ),
        pytest.param(
            NAME,
            "#define M(n) old##n old_##n",
            "#define M(n) old##n old_##n",
            id="part of a name is another name",
        ),
        pytest.param(STORED, "static OLD_OPS(a);", "static OPS(a);", id="with its storage class"),
        pytest.param(
            STORED, "static const OLD_OPS(a);", "static const OPS(a);", id="and what qualifies it"
        ),
        pytest.param(STORED, "OLD_OPS(a);", "OLD_OPS(a);", id="without its storage class"),
    ],
)
def test_macros(text: str, before: str, after: str) -> None:
    assert applied(text, f"{before}\n") == f"{after}\n"
