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


TAKEN = "smpl = '''\n@exists@\nexpression e;\n@@\n  e = take()\n  ...\n- done();\n+ finish(e);\n'''"
INNER = "{\n\t\tstruct s *e = take();\n\n\t\tuse(e);\n\t}"


@pytest.mark.parametrize(
    ("code", "is_refused"),
    [
        (f"{INNER}\n\tdone();", True),
        ("struct s *e;\n\n\te = take();\n\tdone();", False),
        ("struct s *e = take();\n\n\tif (a) {\n\t\tuse(e);\n\t\tdone();\n\t}", False),
        # It is declared, but behind the place.
        (f"{INNER}\n\tdone();\n\tstruct s *e;", True),
        ("for (struct s *e = take(); !e;)\n\t\tuse(e);\n\tdone();", True),
        ("for (struct s *e = 0; !e;) {\n\t\te = take();\n\t\tdone();\n\t}", False),
        # The file has it in no block: a variable of the file or of a header.
        ("e = take();\n\tdone();", False),
        (f"e = take();\n\tdone();\n\t{INNER}", False),
        # What a macro declares is not known.
        (f"DEFINE(e);\n\n\tif (a) {INNER}\n\te = take();\n\tdone();", False),
        (f"for_each(e) {{\n\t\te = take();\n\t\tdone();\n\t}}\n\tif (a) {INNER}", False),
        # Another name, a member and a label are no uses of it.
        (f"f = take();\n\tdone();\n\t{INNER}", False),
    ],
)
def test_a_variable_where_no_declaration_is_in_scope(code: str, is_refused: bool) -> None:
    before = body(code)
    result = applied(TAKEN, before.encode())
    if is_refused:
        assert result.after == result.before
        why = "e would be used where no declaration of it is in scope"
        assert [each.rsplit("RESULT ")[-1] for each in told_of(result)] == [why]
    else:
        assert b"finish(" in result.after
        assert not result.refused


def test_the_names_of_members_are_no_uses() -> None:
    rule = smpl("- old(x)\n+ container(x, struct s, e)")
    code = body(f"old(p);\n\t{INNER}").encode()
    assert applied(rule, code).after == code.replace(b"old(p)", b"container(p, struct s, e)")


def test_each_of_several_definitions_is_compared_with_its_own() -> None:
    before = "#ifdef A\n{}#else\n{}#endif\n".format(
        body("int n = 1;\n\ndrop(n);"), body("int n = 1;\n\ndrop(n);\nq(n);")
    )
    after = before.replace("\tdrop(n);\n", "")
    found = leftovers("a.c", before.encode(), after.encode())
    assert [(each.name, each.kind) for each in found] == [("n", "unused")]


def test_a_line_that_fits_nowhere_is_remarked_on() -> None:
    rule = smpl("- old(x)\n+ a_longer_name(x)")
    notes = [
        [change.note for change in applied(rule, body(f"q(old({name}));").encode()).changes]
        for name in ("n" * 110, "n")
    ]
    assert notes == [["a line of more than a hundred columns in f()"], [""]]
