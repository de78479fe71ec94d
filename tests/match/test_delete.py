"""The edit `delete`: what goes, with which lines and comments, and what stays."""

from __future__ import annotations

import pytest

from refactor.c.syntax import parse
from refactor.rewrite.file import rewrite
from refactor.rule.edits import Program
from tests.edits import applied, body, rule_of, told_of

DELETE = {
    "on its own": ("g();\ndrop(a);\nh();", "g();\nh();"),
    "between empty lines": ("g();\n\ndrop(a);\n\nh();", "g();\n\nh();"),
    "two between empty lines": ("g();\n\ndrop(a);\ndrop(b);\n\nh();", "g();\n\nh();"),
    "two with an empty line between": ("g();\n\ndrop(a);\n\ndrop(b);\n\nh();", "g();\n\nh();"),
    "first in a block": ("drop(a);\n\nh();", "h();"),
    "last in a block": ("g();\n\ndrop(a);", "g();"),
    "over two lines": ("g();\ndrop(a +\n     b);\nh();", "g();\nh();"),
    "with others on its line": ("g(); drop(a); h();", "g(); h();"),
    "at the beginning of a line": ("drop(a); h();", "h();"),
    "at the end of a line": ("g(); drop(a);\nh();", "g();\nh();"),
    "in braces": ("if (a) {\n\tg();\n\tdrop(a);\n}", "if (a) {\n\tg();\n}"),
    "in a case": (
        "switch (a) {\ncase 1:\n\tdrop(a);\n\tbreak;\n}",
        "switch (a) {\ncase 1:\n\tbreak;\n}",
    ),
    "under a condition with others": (
        "#ifdef A\ndrop(a);\ng();\n#endif\nh();",
        "#ifdef A\ng();\n#endif\nh();",
    ),
    "with the comment that explains it": (
        "g();\n\n/* Now it is\n * dropped.\n */\ndrop(a);\n\nh();",
        "g();\n\nh();",
    ),
    "with the comment behind it": ("g();\ndrop(a); // dropped\nh();", "g();\nh();"),
    "with both": ("g();\n/* dropped */\ndrop(a); // dropped\nh();", "g();\nh();"),
    "a comment for something else above": (
        "g();\t/* of g */\ndrop(a);\nh();",
        "g();\t/* of g */\nh();",
    ),
    "a comment with an empty line": ("/* of all */\n\ndrop(a);\nh();", "/* of all */\n\nh();"),
    "a variable that is still used": (
        "int x = g();\n\ndrop(x);\nh(x);",
        "int x = g();\n\nh(x);",
    ),
    "a parameter may be unused": ("g();\ndrop(b);", "g();"),
    "in a loop macro": (
        "list_for_each(a, b) {\n\tdrop(a);\n\th(a);\n}",
        "list_for_each(a, b) {\n\th(a);\n}",
    ),
}


DROP = 'delete = "drop($x);"\ncomment = ["dropped"]'


@pytest.mark.parametrize(("before", "after"), DELETE.values(), ids=DELETE.keys())
def test_delete(before: str, after: str) -> None:
    result = applied(DROP, body(before).encode())
    assert not told_of(result)
    assert result.after.decode() == body(after)


KEPT = {
    "the body of an if": ("if (a)\n\tdrop(a);", "refused BODY"),
    "the body of an else": ("if (a)\n\tg();\nelse\n\tdrop(a);", "refused BODY"),
    "the body of a loop": ("for (;;)\n\tdrop(a);", "refused BODY"),
    "the body of a do": ("do\n\tdrop(a);\nwhile (b);", "refused BODY"),
    "between braces": ("if (a) {\n\tdrop(a);\n}", "refused EMPTY"),
    "all of a bare block": ("g();\n{\n\tdrop(a);\n}", "refused EMPTY"),
    "behind a label": ("out:\n\tdrop(a);", "refused LABEL"),
    "the only one of a case": ("switch (a) {\ncase 1:\n\tdrop(a);\n}", "refused LABEL"),
    "all of a conditional": ("#ifdef A\ndrop(a);\n#endif", "refused BRANCH"),
    "a comment above": ("/* who knows */\ndrop(a);", "refused UNEXPLAINED"),
    "a comment behind": ("drop(a); /* who knows */", "refused UNEXPLAINED"),
    "a comment inside": ("g();\ndrop(a /* who knows */);", "refused COMMENT"),
    "its value": ("g(drop(a));", "refused VALUE"),
    "an assignment": ("b = drop(a);", "refused VALUE"),
    "a comma": ("g(), drop(a);", "refused VALUE"),
    "a cast to void": ("(void)drop(a);", "refused VALUE"),
    "an effect": ("drop(a++);", "refused EFFECT a++"),
    "a call in it": ("drop(get(a));", "refused EFFECT get(a)"),
    "another number of arguments": ("drop(a, b);", "refused ARGUMENTS 2 instead of 1"),
    "a pointer to it": ("p = drop;", "skipped REFERENCE"),
    "a member": ("p->drop(a);", "skipped MEMBER"),
    "a label of that name": ("goto drop;\ndrop:\n\tg();", "skipped MEMBER"),
    "in dead code": ("#if 0\ndrop(a);\n#endif", "skipped DISABLED"),
    "in a comment": ("/* drop(a); */", "skipped TEXT"),
    "in a string": ('g("drop(a);");', "skipped TEXT"),
    "in a macro": (
        "#define DROP(x) drop(x)",
        "refused MACRO_CALL it stands in the text of DROP",
    ),
    "the name of a macro": ("#define drop(x) (x)", "skipped DECLARED drop is a macro"),
    "in a condition of the preprocessor": ("#ifdef drop\n#endif", "skipped CONDITION"),
    "a conditional inside": (
        "drop(\n#ifdef A\na\n#else\nb\n#endif\n);",
        "refused",
    ),
    "a broken statement": ("drop(a;\ng();", "refused"),
    "a conditional in its argument": (
        "drop(({\n#ifdef A\n\tg();\n#endif\n\ta; }));",
        "refused CONDITIONAL_ARGUMENTS",
    ),
    "behind a parenthesis that is never closed": ("(((\ndrop(a);", "refused PARSE"),
    "in a statement that does not parse": ("do {\n\tdrop(a);\n}", "refused PARSE"),
    "a variable would be left": ("int x = 1;\n\ng();\ndrop(x);", "refused UNUSED x"),
    "a local declaration": ("void drop(int);", "skipped DECLARED"),
}


@pytest.mark.parametrize(("code", "expected"), KEPT.values(), ids=KEPT.keys())
def test_what_delete_does_not_touch(code: str, expected: str) -> None:
    result = applied(DROP, body(code).encode())
    assert result.after == result.before
    told = told_of(result)
    assert told
    assert all(each.startswith(expected) for each in told), told


def test_two_that_would_empty_a_block_together_both_stay() -> None:
    code = body("if (a) {\n\tdrop(a);\n\tdrop(b);\n}\ndrop(a);\ng();")
    result = applied(DROP, code.encode())
    assert told_of(result) == ["refused EMPTY", "refused EMPTY"]
    assert result.after.decode() == code.replace("\n\tdrop(a);\n\tg()", "\n\tg()")


WHERE = DROP + '\n[[edit.where]]\nname = "$x"\nis = ["known->area"]\nfrom = ["get($n)"]'


ORIGINS = {
    "what the rule names": ("g();\ndrop(known->area);", True),
    "an initializer": ("char *p = get(1);\n\ndrop(p);\ng(p);", True),
    "an assignment": ("p = get(1);\ndrop(p);", True),
    "one of several in a row": ("q = p = get(1);\ndrop(q);", True),
    "a cast": ("p = (char *)get(1);\ndrop(p);", True),
    "a member": ("a->p = get(1);\ndrop(a->p);", True),
    "nothing at first": ("char *p = NULL;\n\np = get(1);\ndrop(p);\ng(p);", True),
    "something else, too": ("p = get(1);\nif (a)\n\tp = other(1);\ndrop(p);", False),
    "something else, unless": ("p = other(1);\nif (a)\n\tp = get(1);\ndrop(p);", False),
    "something else before": ("p = other(1);\np = get(1);\ndrop(p);", True),
    "something else in a loop": (
        "p = get(1);\nwhile (a) {\n\tdrop(p);\n\tp = other(1);\n}",
        False,
    ),
    "something else before a label": (
        "p = get(1);\nagain:\ng();\ndrop(p);\np = other(1);\ngoto again;",
        False,
    ),
    "only something else": ("p = other(1);\ndrop(p);", False),
    "a parameter": ("g();\ndrop(a);", False),
    "another member": ("a->p = get(1);\ndrop(b->p);", False),
    "never assigned": ("drop(q);\ng();", False),
}


@pytest.mark.parametrize(("code", "goes"), ORIGINS.values(), ids=ORIGINS.keys())
def test_where_a_metavariable_comes_from(code: str, goes: bool) -> None:
    result = applied(WHERE, body(code).encode())
    assert (b"drop" not in result.after) == goes
    assert goes or told_of(result)[0].startswith("skipped ORIGIN")


def test_a_refusal_keeps_nothing_else_from_being_done() -> None:
    code = body("if (a)\n\tdrop(a);\ndrop(b);\ng();")
    result = rewrite(parse("kernel/a.c", code.encode()), Program(rule_of(DROP).edits))
    assert result.after.decode() == code.replace("\tdrop(b);\n", "")
    assert len(result.changes) == len(result.refused) == 1


def test_a_variable_left_over_keeps_no_other_from_going() -> None:
    code = body("int x = 1;\n\ng();\ndrop(x);\ndrop(a);")
    result = applied(DROP, code.encode())
    assert told_of(result) == ["refused UNUSED x"]
    assert result.after.decode() == code.replace("\tdrop(a);\n", "")
