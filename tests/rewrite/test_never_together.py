"""What stands in two branches of one conditional is no match, and nothing that a script puts
together: no compiler sees both."""

from __future__ import annotations

import pytest

from refactor.rewrite.passes import run
from refactor.rule.smpl.ready import ready
from tests.patches import patched

LOOKS = "\n@script:python@\np << r.p;\n@@\ncoccilib.report.print_report(p[0], 'here')\n"
TWICE = """
@r@
identifier I, s, fld;
position p0, p;
expression E;
@@
struct I s =@p0 { ..., .fld@p = E, ...};

@s@
identifier I, s, r.fld;
position r.p0, p;
expression E;
@@
struct I s =@p0 { ..., .fld@p = E, ...};

@script:python@
first << s.p;
second << r.p;
@@
if int(first[0].line) < int(second[0].line):
  coccilib.report.print_report(first[0], "twice")
"""
CALLS = """
@r exists@
position p;
identifier l;
@@
lock@p(l);

@s@
identifier r.l;
position p;
@@
unlock@p(l);

@script:python@
p << r.p;
q << s.p;
@@
coccilib.report.print_report(p[0], "unlocked in line " + q[0].line)
"""


def either(first: str, second: str) -> str:
    return f"#ifdef A\n{first}\n#else\n{second}\n#endif\n"


def lines(patch: str, code: str) -> list[int]:
    """Where the scripts of a patch report something."""
    program, _ = ready("test.cocci", patch.lstrip("\n"), {}, ("report",))
    found = run(program, "test.c", code.encode(), {}).reports
    return sorted(int(report.point.line) for _, report in found)


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        (".a = 1,\n.a = 2,\n", [2]),
        (either(".a = 1,", ".a = 2,"), []),
        (either(".a = 1,", ".b = 2,\n.a = 2,"), []),
        (either(".a = 1,", ".b = 2,") + ".a = 2,\n", [3]),
        (".a = 1,\n" + either(".a = 2,", ".b = 2,"), [2]),
        (either(".a = 1,", ".b = 2,") + either(".b = 1,", ".a = 2,"), [3, 5]),
        ("#if X\n.a = 1,\n#elif Y\n.b = 1,\n#elif Z\n.a = 1,\n#endif\n", []),
        ("#if X\n.a = 1,\n#if Y\n.a = 1,\n#else\n.b = 2,\n#endif\n#endif\n", [3]),
    ],
)
def test_elements_that_two_rules_find(elements: str, found: list[int]) -> None:
    assert lines(TWICE, f"struct ops table = {{\n{elements}}};\n") == found


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (either("lock(a);", "unlock(a);"), []),
        (either("lock(a);", "other();") + "unlock(a);\n", [4]),
    ],
)
def test_statements_that_two_rules_find(statements: str, found: list[int]) -> None:
    assert lines(CALLS, f"void f(void)\n{{\n{statements}}}\n") == found


@pytest.mark.parametrize(
    ("pattern", "code", "found"),
    [
        ("f(1@p, ..., 2)", "void g(void)\n{\n\tf(\n" + either("1, a", "b, 2") + "\t);\n}\n", []),
        ("f(1@p, ..., 2)", "void g(void)\n{\n\tf(1,\n" + either("a", "b") + "\t, 2);\n}\n", [3]),
        ("struct s { ... int a@p; ... int b; ... };", "struct s {\nint a;\nint b;\n};\n", [2]),
        (
            "struct s { ... int a@p; ... int b; ... };",
            "struct s {\n" + either("int a;", "int b;") + "};\n",
            [],
        ),
        (
            "struct s { ... int a@p; ... int b; ... };",
            "struct s {\n" + either("int a;", "int c;") + "int b;\n};\n",
            [3],
        ),
        ("f@p(1); ... g();", "void h(void)\n{\n" + either("f(1);", "g();") + "}\n", []),
        (
            "f@p(1); ... when != x()\n g();",
            "void h(void)\n{\nf(1);\n" + either("x();", "g();") + "}\n",
            [3],
        ),
        (
            "f@p(1); ... when != x()\n g();",
            "void h(void)\n{\n" + either("f(1);", "x();") + "g();\n}\n",
            [4],
        ),
        # What the parser is shown as an `if` in an `if` has two heads, of one body.
        (
            "if@p (a) { ... f(1); ... }",
            "void h(void)\n{\n" + either("if (a) {", "if (b) {") + "f(1);\n}\n}\n",
            [],
        ),
        (
            "if@p (b) { ... f(1); ... }",
            "void h(void)\n{\n" + either("if (a) {", "if (b) {") + "f(1);\n}\n}\n",
            [6],
        ),
    ],
)
def test_what_one_rule_finds(pattern: str, code: str, found: list[int]) -> None:
    assert lines(f"@r exists@\nposition p;\n@@\n{pattern}\n{LOOKS}", code) == found


def test_a_change_of_two_branches_is_refused_and_said() -> None:
    """Somebody wants it done, so it is no place that is passed over."""
    code = "void g(void)\n{\n\tf(\n" + either("1, a", "b, 2") + "\t);\n}\n"
    outcome = patched("@@ @@\n- f(1, ..., 2)\n+ h()\n", code)
    assert outcome.after.decode() == code
    assert outcome.troubles
