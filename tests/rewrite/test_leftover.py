"""What a change leaves behind: parameters that are gone and used, variables that nothing uses."""

from __future__ import annotations

import pytest

from refactor.rewrite.leftover import leftovers
from tests.edits import applied, body, smpl, told_of

DROP = "smpl = '''\n@@\nidentifier fn;\n@@\n  int fn(int a\n- , int b\n  ) { ... }\n'''"
GONE = smpl("- drop(x);")


def function(parameters: str, code: str) -> str:
    return f"int f({parameters})\n{{\n\t{code}\n}}\n"


@pytest.mark.parametrize(
    ("code", "is_refused"),
    [
        ("return a;", False),
        ("return a + b;", True),
        ("return a + p->b;", False),
        ("return (struct s){ .b = a }.b;", False),
        ("int b = a;\n\n\treturn b;", False),
        ("return a; /* not b */", False),
        ("#ifdef X\n\ta = b;\n#endif\n\treturn a;", True),
        ("return g(b);", True),
    ],
)
def test_a_parameter_that_is_used_still(code: str, is_refused: bool) -> None:
    before = function("int a, int b", code)
    result = applied(DROP, f"int f(int a, int b);\n\n{before}".encode())
    if is_refused:
        # The prototype stays with the definition.
        assert result.after == result.before
        assert told_of(result) == [
            "refused RESULT its parameter b is used still",
            "refused RESULT its parameter b is used still",
        ]
    else:
        assert result.after.decode() == f"int f(int a);\n\n{function('int a', code)}"
        assert not result.refused


def test_another_rule_may_see_to_the_body() -> None:
    patch = DROP[:-3] + "\n@@\n@@\n- use(b);\n+ use(0);\n'''"
    code = function("int a, int b", "use(b);\n\treturn a;")
    result = applied(patch, code.encode())
    assert result.after.decode() == function("int a", "use(0);\n\treturn a;")


def test_the_others_of_a_file_are_changed() -> None:
    code = function("int a, int b", "return b;") + "\nint g(int a, int b)\n{\n\treturn a;\n}\n"
    result = applied(DROP, code.encode())
    assert result.after.decode() == code.replace("int g(int a, int b)", "int g(int a)")
    assert len(result.refused) == 1


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        ("int n = 1;\n\ndrop(n);\nq();", ["n"]),
        ("int n, m = 1;\n\ndrop(n);\nq(m);", ["n"]),
        ("int n = 1;\n\ndrop(n);\nq(n);", []),
        ("int n __maybe_unused = 1;\n\ndrop(n);\nq();", []),
        # It was not used before either.
        ("int n = 1;\n\ndrop(1);\nq();", []),
        # Other builds use it, or set it.
        ("int n = 1;\n\ndrop(n);\n#ifdef X\nq(n);\n#endif", []),
        ("int n;\n\nn = 1;\ndrop(n);\nq();", []),
        ("struct s *p = q();\n\ndrop(p->n);\nq();", ["p"]),
        ("int n = 1;\n\ndrop(n);\nq(p->n);", ["n"]),
    ],
)
def test_a_variable_that_nothing_uses_any_more(code: str, unused: list[str]) -> None:
    result = applied(GONE, body(code).encode())
    assert not result.refused
    notes = [each.note for each in result.changes if each.note]
    assert notes == [f"nothing uses {name} in f() any more" for name in unused]


def test_each_of_several_definitions_is_compared_with_its_own() -> None:
    before = "#ifdef A\n{}#else\n{}#endif\n".format(
        body("int n = 1;\n\ndrop(n);"), body("int n = 1;\n\ndrop(n);\nq(n);")
    )
    after = before.replace("\tdrop(n);\n", "")
    found = leftovers("a.c", before.encode(), after.encode())
    assert [(each.name, each.is_parameter) for each in found] == [("n", False)]


def test_a_line_that_fits_nowhere_is_remarked_on() -> None:
    rule = smpl("- old(x)\n+ a_longer_name(x)")
    notes = [
        [change.note for change in applied(rule, body(f"q(old({name}));").encode()).changes]
        for name in ("n" * 110, "n")
    ]
    assert notes == [["a line of more than a hundred columns in f()"], [""]]
