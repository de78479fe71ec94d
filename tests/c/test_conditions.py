"""Under which conditions a place is compiled and reached."""

from __future__ import annotations

import pytest

from refactor.c.conditions import conditions_at
from refactor.c.syntax import parse


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("int f(void) { HERE(); }", [], id="none"),
        pytest.param("#ifdef CONFIG_A\nint f(void) { HERE(); }\n#endif\n", ["CONFIG_A"],
                     id="ifdef"),
        pytest.param("#ifndef CONFIG_A\nint f(void) { HERE(); }\n#endif\n", ["!CONFIG_A"],
                     id="ifndef"),
        pytest.param("#ifdef A\nint a;\n#else\nint f(void) { HERE(); }\n#endif\n", ["!A"],
                     id="else"),
        pytest.param("#ifdef A\n#elif defined(B)\nint f(void) { HERE(); }\n#endif\n", ["!A", "B"],
                     id="elif"),
        pytest.param("#ifdef A\n#elif defined(B)\n#else\nint f(void) { HERE(); }\n#endif\n",
                     ["!B", "!A"], id="else behind elif"),
        pytest.param("#ifdef A\nint a;\n#endif\nint f(void) { HERE(); }\n", [], id="closed"),
        pytest.param("#if defined(A) && (IS_ENABLED(B) || C)\nint f(void) { HERE(); }\n#endif\n",
                     ["A", "IS_ENABLED(B) || C"], id="terms of an AND"),
        pytest.param("#if !(defined(A) || !B)\nint f(void) { HERE(); }\n#endif\n", ["!A", "B"],
                     id="terms of a negated OR"),
        pytest.param("int f(void) { if (a) HERE(); }", ["a"], id="if"),
        pytest.param("int f(void) { if (a) b(); else { HERE(); } }", ["!a"], id="else branch"),
        pytest.param("int f(void) { if (!IS_ENABLED(CONFIG_A)) return; HERE(); }", ["CONFIG_A"],
                     id="left early"),
        pytest.param("int f(void) { if (a) return; if (b) { c(); goto d; } HERE(); d: ; }",
                     ["!a", "!b"], id="left early in two ways"),
        pytest.param("int f(void) { if (a) b(); HERE(); }", [], id="an if that stays"),
        pytest.param("int f(void) { if (a) return; else b(); HERE(); }", [], id="an if with else"),
        pytest.param("int f(void) {\n#ifdef A\n\tif (!b)\n\t\treturn;\n#endif\n\tHERE();\n}",
                     ["b"], id="left early under a conditional"),
        pytest.param("int f(void) { if (a == b) return; HERE(); }", ["!(a == b)"],
                     id="an expression is negated as a whole"),
        pytest.param("int f(void) { if (a || !b(c)) return; if (d) { HERE(); } }",
                     ["!a", "b(c)", "d"], id="from outside to inside"),
        pytest.param("#ifdef A\nint f(void) { if (a) return; HERE(); }\n#endif", ["A", "!a"],
                     id="compiled and reached"),
    ],
)  # fmt: skip
def test_conditions(code: str, expected: list[str]) -> None:
    source = parse("a.c", code.encode())
    assert list(conditions_at(source, code.index("HERE"))) == expected
