"""Macros that hold something for the statement behind them, told by their names."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

BEFORE = """int f(int x)
{
	scoped_guard(mutex, &l)
		foo();
	scoped_guard(mutex, &l) {
		foo();
		if (x)
			return 1;
	}
	scoped_get(x);
	return scoped_get(x);
}

static int scoped_get(int x)
{
	foo();
	return x;
}
"""


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        pytest.param("  scoped_guard(...) {\n  ...\n- foo();\n  ...\n  }", 1, id="its block"),
        pytest.param("- scoped_guard(E, F) S", 2, id="all of it"),
        pytest.param("- scoped_get(E);", 1, id="a call is a call"),
        pytest.param("- scoped_get(E)\n+ got", 2, id="a call in an expression"),
        pytest.param("  int scoped_get(...) {\n  ...\n- foo();\n  ...\n  }", 1, id="a definition"),
        pytest.param("  scoped_other(...) {\n  ...\n- foo();\n  ...\n  }", 0, id="another one"),
    ],
)
def test_how_often_it_is_met(pattern: str, count: int) -> None:
    text = patch("expression E, F;\nstatement S;", pattern)
    after = applied(text, BEFORE)
    words = ("foo();", "scoped_get(x);") if "scoped_get(E)" in pattern else ("foo();",)
    assert sum(BEFORE.count(each) - after.count(each) for each in words) == count
