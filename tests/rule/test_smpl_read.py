"""What a semantic patch says of itself, and what cannot be said: refused with line and column."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.model import PatchRule, SemanticPatch
from refactor.rule.smpl.read import read
from tests.smpl import nodes


def rule(text: str, at: int = 0) -> PatchRule:
    found = read("x.cocci", text).rules[at]
    assert isinstance(found, PatchRule)
    return found


@pytest.mark.parametrize(
    ("declared", "name", "expected"),
    [
        ("expression E;", "E", {"sort": "expression"}),
        ("expression *p;", "p", {"sort": "expression", "pointer": 1}),
        ("expression list es;", "es", {"sort": "expression list"}),
        ("expression list[3] es;", "es", {"length": "3"}),
        ("expression list[n] es;", "es", {"length": "n"}),
        ("expression list[n = {1 ... 3}] es;", "es", {"length": "n", "lengths": (1, 3)}),
        ("struct foo *e;", "e", {"sort": "expression", "type_text": "struct foo", "pointer": 1}),
        ("int e;", "e", {"type_text": "int", "pointer": 0}),
        ("unsigned long *e;", "e", {"type_text": "unsigned long", "pointer": 1}),
        ("type T; T *e;", "e", {"type_text": "T", "pointer": 1}),
        ("type T; T[] e;", "e", {"type_text": "T [ ]"}),
        ("{int, long} e;", "e", {"type_text": "{ int , long }"}),
        ("local idexpression x;", "x", {"sort": "idexpression", "scope": "local"}),
        ("idexpression struct foo *x;", "x", {"type_text": "struct foo", "pointer": 1}),
        ("expression list;", "list", {"sort": "expression"}),
        ("identifier x, y;", "y", {"sort": "identifier"}),
        ("fresh identifier f = \"a_\" ## x;", "f", {"fresh": (("text", "a_"), ("name", "x"))}),
        ("initialiser I;", "I", {"sort": "initializer"}),
        ("position any p;", "p", {"sort": "position"}),
        ("binary operator o = {+, -};", "o", {"sort": "binary operator"}),
    ],
)  # fmt: skip
def test_what_a_declaration_says(declared: str, name: str, expected: dict[str, object]) -> None:
    meta = rule(f"@@\n{declared}\n@@\nf(x);\n").metavariables[name]
    assert {key: getattr(meta, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("declared", "negative", "values"),
    [
        ("identifier x = {a, b};", False, ("a", "b")),
        ("identifier x != a;", True, ("a",)),
        ("type x = {unsigned int, struct foo *};", False, ("unsigned int", "struct foo*")),
        ("binary operator x = {==, <<};", False, ("==", "<<")),
        ("assignment operator x = = ;", False, ("=",)),
    ],
)
def test_what_a_constraint_says(declared: str, negative: bool, values: tuple[str, ...]) -> None:
    (constraint,) = rule(f"@@\n{declared}\n@@\nf(1);\n").metavariables["x"].constraints
    assert (constraint.negative, constraint.values) == (negative, values)


def test_alternatives_of_constraints() -> None:
    (constraint,) = (
        rule('@@\nidentifier x = a && != b || =~ "^c";\n@@\nf(x);\n').metavariables["x"].constraints
    )
    assert [len(choice) for choice in constraint.choices] == [2, 1]


TWO = "@r@\nidentifier x;\n@@\nf(x);\n\n"


@pytest.mark.parametrize(
    ("head", "depends"),
    [
        ("@depends on r@", "rule"),
        ("@depends on !r@", "not"),
        ("@depends on r && !r@", "and"),
        ("@depends on r || never r@", "or"),
        ("@depends on ever r@", "ever"),
        ('@depends on file in "drivers"@', "file"),
        ("@@", "always"),
        ("@s extends r@", "and"),
        ("@s depends on r disable paren, drop_cast exists@", "rule"),
    ],
)
def test_heads(head: str, depends: str) -> None:
    assert rule(f"{TWO}{head}\n@@\ng();\n", 1).depends.kind == depends


def test_extends_takes_the_names_along() -> None:
    found = rule(f"{TWO}@s extends r@\nidentifier y;\n@@\ng(x, y);\n", 1)
    assert found.metavariables["x"].origin == "r"
    assert found.used == {"x", "y"}


def test_what_is_used_and_what_is_needed() -> None:
    found = rule("@@\nexpression a, b, c, d;\nposition p;\n@@\nf@p(a);\n(\ng(b);\n|\nh(c);\n)\n")
    assert found.used == {"a", "b", "c", "p"}
    assert found.needed == {"a", "p"}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("f(x);\n", "1:1", "a rule begins with @@"),
        ("@@\nf(x);\n", "1", "the declarations of this rule do not end with @@"),
        ("@@\nexpression;\n@@\nf(x);\n", "2:11", "the name of a metavariable is expected here"),
        ("@@\nidentifier x, x;\n@@\nf(x);\n", "2:15", "x is declared twice"),
        ("@@\nidentifier r.x;\n@@\nf(x);\n", "2:12", "rule r has no x"),
        ("@@\nidentifier x =~ \"(\";\n@@\nf(x);\n", "2:20", "expression cannot be read"),
        ("@@\nstatement S : script:python() { 1 };\n@@\nS\n", "2:13", "by a script"),
        ("@@\nidentifier x : script:python(y) { 1 };\n@@\nf(x);\n", "2:14", "names of its own"),
        ("@@\n@@\n(\nf();\n|\ng();\n", "3", "this group is not closed"),
        ("@@\n@@\nf();\n)\n", "4", "closes nothing"),
        ("@@\n@@\n<...\nf();\n", "3:1", "this nest is not closed"),
        ("@@\n@@\nf();\n...>\n", "4", "closes no nest"),
        ("@@\n@@\nf();\n...\n...\n- g();\n", "5:1", "dots beside dots are not supported"),
        ("@@\n@@\n<...\nf();\n<...\n- g();\n...>\n...>\n", "5:1", "dots beside dots"),
        ("@@\n@@\n<...\n...\n- g();\n...>\n", "4:1", "dots beside dots"),
        ("@@\n@@\n<...\n(\nf();\n|\n...\n...\n)\n...>\n", "8:1", "dots beside dots"),
        ("@@\n@@\nf();\n... when != { ... <+...x...+> }\nh();\n", "4:19", "dots beside dots"),
        ("@@\n@@\nf();\n... when x\ng();\n", "4:5", "is expected behind when"),
        ("@@\nexpression E;\n@@\nf(E) g(E)\n", "4:6", "a semicolon is expected here"),
        ("@@\n@@\nif (x\n  f();\n", "4:3", ") is expected here"),
        ("@r@\n@@\nf();\n@r@\n@@\ng();\n", "4:1", "there are two rules r"),
        ("@x using \"own.iso\"@\n@@\nf();\n", "1", "own.iso"),
        ("# spatch --long-bits 32\n@@\n@@\nf();\n", "1:10", "--long-bits 32 is not supported"),
        ("@@\n@@\nf();\n...\n?- a();\n<...\n- b();\n...>\n", "6:1", "an optional line between dots"),
        ("// Options: --int-bits 16\n@@\n@@\nf();\n", "1:13", "--int-bits 16 is not"),
        ("#include \"other.cocci\"\n@@\n@@\nf();\n", "1", "other.cocci is not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_said(text: str, place: str, message: str) -> None:
    with pytest.raises(RuleError) as error:
        compile_patch(read("x.cocci", text))
    assert message in error.value.message
    assert str(error.value.place).startswith(f"x.cocci:{place}")


@pytest.mark.parametrize("sort", ["binary", "assignment"])
def test_alternatives_go_on_with_an_operator(sort: str) -> None:
    (item,) = nodes(f"expression E;\n{sort} operator op;", "\\(a\\|b\\) op E")
    assert item.kind == {"binary": "binary", "assignment": "assign"}[sort]


@pytest.mark.parametrize("marks", ["?*", "*"])
def test_an_optional_line_can_be_looked_for(marks: str) -> None:
    found = rule("@@\n@@\n* f();\n... when any\nMARKSreturn;\n".replace("MARKS", marks))
    (last,) = [token for token in found.tokens if token.text == b"return"]
    assert found.is_search
    assert last.optional == ("?" in marks)


def test_dots_are_a_value_before_dots() -> None:
    items = rule("@@\nexpression x;\n@@\n* x = ...\n  ...\n* x\n").tokens
    assert [token.kind for token in items].count("dots") == 2


def test_the_width_of_a_long_may_be_said() -> None:
    assert read("x.cocci", "# spatch --int-bits 32 --long-bits 64\n@@\n@@\nf();\n").rules


def included(text: str, **files: str) -> SemanticPatch:
    return read("x.cocci", text, lambda name: files.get(name.partition(".")[0]))


def test_an_included_file_comes_first() -> None:
    found = included('#include "a.cocci"\n@s@\nidentifier r.x;\n@@\ng(x);\n', a=TWO)
    assert [each.name for each in found.rules] == ["r", "s"]


def test_a_file_without_isomorphisms_is_read() -> None:
    assert included('@r using "e.iso"@\n@@\nf();\n', e="// none\n").rules


def test_what_stands_in_a_comment_begins_no_rule() -> None:
    found = read("x.cocci", "@@\n@@\n- f();\n/*\n@@\nexpression E;\n@@\n- g(E);\n*/\n")
    assert len(found.rules) == 1
