"""Several matches that add code in one place."""

from __future__ import annotations

import pytest

from tests.smpl import outcome

CALLS = """@one@
expression x;
@@
f(x);

@@
expression one.x;
@@
{body}
"""
CODE = "void m(void)\n{\n\tf(a);\n\tf(b);\n\tg(1);\n}\n"
MEMBERS = "struct s {\n\tchar a, b;\n};\n"


def test_twice_is_refused_where_once_is_asked_for() -> None:
    """Which one was meant, and in which order, nobody has said."""
    found = outcome(CALLS.format(body="  g(1);\n+ h(x);"), CODE)
    assert [trouble.reason for _, trouble in found.troubles] == ["again", "again"]
    assert found.after.decode() == CODE


@pytest.mark.parametrize("body", ["  g(1);\n++ h(x);", "++ h(x);\n  g(1);"])
def test_two_plus_signs_let_all_of_them_come(body: str) -> None:
    """The last match first: each is put right beside the code that stays. So does spatch."""
    found = outcome(CALLS.format(body=body), CODE)
    assert not found.troubles
    lines = [line.strip() for line in found.after.decode().splitlines()]
    assert [line for line in lines if line.startswith("h")] == ["h(b);", "h(a);"]


def test_the_same_code_comes_once() -> None:
    found = outcome(CALLS.format(body="  g(1);\n+ h(1);"), CODE)
    assert not found.troubles
    assert found.after.decode().count("h(1);") == 1


def test_names_of_one_declaration() -> None:
    text = "@@\nidentifier f, x;\n@@\n struct f { ...\n- char x;\n{} int y;\n ... };\n"
    refused = outcome(text.replace("{}", "+"), MEMBERS)
    assert [trouble.reason for _, trouble in refused.troubles] == ["again", "again"]
    assert refused.after.decode() == MEMBERS
    assert outcome(text.replace("{}", "++"), MEMBERS).after.decode().count("int y;") == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{\n  .k = 2,\n};", "{\n  .a = 1,\n  .b = 2,\n  .k = 2,\n};"),
        ("{\n};", "{\n\t.a = 1,\n\t.b = 2,\n};"),
    ],
)
def test_what_comes_into_a_list_without_an_item_is_its_beginning(before: str, after: str) -> None:
    text = "@@ symbol x; @@\n  struct s x = {\n+ .a = 1,\n+ .b = 2,\n  };\n"
    assert outcome(text, f"struct s x = {before}\n").after.decode() == f"struct s x = {after}\n"


@pytest.mark.parametrize(
    "code",
    [
        "struct s a = { .k = 2 };\n",
        "static struct s a = {\n\t.b = 3,\n\t.k = 2,\n};\n",
        "static struct s a[] = {\n\t{ .k = 2 },\n};\nstruct s b = {\n\t.k = 2,\t/* why */\n};\n",
    ],
)
def test_an_element_that_has_come_does_not_come_again(code: str) -> None:
    """It has none of the words by which a list is found, and is looked at all the same."""
    text = "@@\nidentifier v;\n@@\n  struct s v = {\n  .k = 2,\n+ .new = 1,\n  };\n"
    made = outcome(text, code).after.decode()
    assert made.count(".new = 1") == made.count("a = {") + made.count("b = {")
    assert outcome(text, made).after.decode() == made
