"""What a rule has done is not done again, and what it has done beside says nothing."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

# What is declared, the pattern, the code, and what becomes of it.
CASES = {
    "another argument is done": (
        "expression E;",
        "  f(...,\n- E\n+ g(E)\n  , ...)",
        "int x = f(a, g(b), c);\n",
        "int x = f(g(a), g(b), g(c));\n",
    ),
    "another parameter is done": (
        "identifier f, x; type T;",
        "  f(...,\n- T x\n+ T *x\n  , ...) { ... }",
        "int k(int *a, int b)\n{\n}\n",
        "int k(int *a, int *b)\n{\n}\n",
    ),
    "another member is done": (
        "identifier s, x; type T;",
        "struct s {\n  ...\n- T x;\n+ T *x;\n  ...\n};",
        "struct k {\n\tint a;\n\tint *b;\n\tint c;\n};\n",
        "struct k {\n\tint *a;\n\tint *b;\n\tint *c;\n};\n",
    ),
    "a condition around a statement": (
        "expression E;",
        "- f(E);\n+ if (ok)\n+\tf(E);",
        "void k(void)\n{\n\tif (ok)\n\t\tf(1);\n\tf(2);\n}\n",
        "void k(void)\n{\n\tif (ok)\n\t\tf(1);\n\tif (ok)\n\t\tf(2);\n}\n",
    ),
    "a condition around another statement": (
        "expression E;",
        "- f(E);\n+ if (ok) {\n+\tf(E);\n+ }",
        "void k(void)\n{\n\tif (ok) {\n\t\tf(1);\n\t}\n\tif (no) {\n\t\tf(2);\n\t}\n}\n",
        "void k(void)\n{\n\tif (ok) {\n\t\tf(1);\n\t}\n"
        "\tif (no) {\n\t\tif (ok) {\n\t\t\tf(2);\n\t\t}\n\t}\n}\n",
    ),
    "a prototype before a definition": (
        "identifier f; type T; parameter list ps;",
        "+ static T f(ps);\n+\n  static T f(ps) { ... }",
        "static int k(int a)\n{\n}\n",
        "static int k(int a);\n\nstatic int k(int a)\n{\n}\n",
    ),
    "two declarations before a definition": (
        "",
        "+ static int a;\n+ static int b;\n  int k(...) { ... }",
        "int x;\n\nint k(void)\n{\n}\n",
        "int x;\n\nstatic int a;\nstatic int b;\nint k(void)\n{\n}\n",
    ),
    "a definition before another one": (
        "",
        "+ int m(void) { return 1; }\n  int k(...) { ... }",
        "int k(void)\n{\n}\n",
        "int m(void) { return 1; }\n\nint k(void)\n{\n}\n",
    ),
    "a definition behind another one": (
        "",
        "  int k(...) { ... }\n+ int m(void) { return 1; }",
        "int k(void)\n{\n}\n\nint x;\n",
        "int k(void)\n{\n}\n\nint m(void) { return 1; }\n\nint x;\n",
    ),
    "a declaration before a struct": (
        "",
        "+ struct other;\n  struct s { ... };",
        "int x;\n\nstruct s {\n\tint a;\n};\n",
        "int x;\n\nstruct other;\nstruct s {\n\tint a;\n};\n",
    ),
    "a line behind a table": (
        "identifier i;",
        "  struct ops i = { ... };\n+ REGISTER(i);",
        "struct ops x = {\n\t.a = 1,\n};\n",
        "struct ops x = {\n\t.a = 1,\n};\nREGISTER(x);\n",
    ),
    "the ends of functions that return before": (
        "",
        "  f(...)\n  {\n+ enter();\n  ...\n+ leave();\n  }",
        "int f(void)\n{\n\twork();\n\treturn 1;\n}\n",
        "int f(void)\n{\n\tenter();\n\twork();\n\treturn 1;\n\tleave();\n}\n",
    ),
    "one end of two": (
        "",
        "  f(...)\n  {\n+ enter();\n  ...\n+ leave();\n  }",
        "int f(void)\n{\n\tenter();\n\treturn 1;\n}\n",
        "int f(void)\n{\n\tenter();\n\tenter();\n\treturn 1;\n\tleave();\n}\n",
    ),
}


@pytest.mark.parametrize(("declared", "body", "before", "after"), CASES.values(), ids=CASES)
def test_done(declared: str, body: str, before: str, after: str) -> None:
    text = patch(declared, body)
    assert applied(text, before) == after
    assert applied(text, after) == after


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("declarer name LICENSE, IMPORT;\n", "LICENSE"),
        ("declarer name module_license, IMPORT;\n", "module_license"),
        ("", "LICENSE"),
    ],
)
def test_a_macro_that_declares_has_the_one_that_comes_already(declared: str, name: str) -> None:
    """It is an item of the file of its own, and so is what may stand behind it."""
    rule = patch(f"{declared}expression E;", f"  {name}(E);\n+ IMPORT(X);")
    code = f'int x;\n\n{name}("GPL");\nIMPORT(X);\n'
    assert applied(rule, code) == code
    assert applied(rule, code.replace("IMPORT(X);\n", "")) == code
