"""Edits as a rule has them: what a faulty one is told."""

from __future__ import annotations

import re
import tomllib

import pytest

from refactor.errors import RuleError, Status
from refactor.rule.load import rule_of as loaded
from refactor.rule.toml import Table
from tests.edits import HEAD, rule_of

FAULTY = {
    "no kind": ('about = ["x"]', "exactly one of find, delete, rename, flags, insert"),
    "two kinds": ('find = "f()"\nreplace = "g()"\ndelete = "f();"', "exactly one of"),
    "an unknown key": ('find = "f()"\nreplace = "g()"\nfoo = 1', "edit[0].foo: unknown key"),
    "no replacement": ('find = "f()"', "there is no 'replace'"),
    "no C": ('find = "f("\nreplace = "g()"', "find: it does not parse as C: f("),
    "no C to put": ('find = "f()"\nreplace = "g)"', "replace: it does not parse as C: g)"),
    "an unbound name": ('find = "f($x)"\nreplace = "g($y)"', "replace: `find` has no $y"),
    "everything": ('find = "$x"\nreplace = "g($x)"', "it would match every expression"),
    "an expression for a statement": ('find = "f();"\nreplace = "g()"', "replace: it has to be"),
    "an expression goes": ('delete = "f()"', "delete: only statements can go"),
    "nothing changes": ('find = "f($x)"\nreplace = "f($x)"', "it would change nothing"),
    "arguments that change places": (
        'find = "f($x, $y)"\nreplace = "f($y, $x)"',
        "takes what it finds for done already",
    ),
    "nothing to look for": ('find = "$x + 1"\nreplace = "$x + 2"', "`within` has to name"),
    "about something else": ('find = "f()"\nreplace = "g()"\nabout = ["h"]', "about: what is"),
    "where there is none": (
        'delete = "f($x);"\n[[edit.where]]\nname = "$y"\nis = ["a"]',
        "edit[0].where[0].name: there is no $y",
    ),
    "where nothing is said": (
        'delete = "f($x);"\n[[edit.where]]\nname = "$x"',
        "it has neither `is` nor `from`",
    ),
    "an argument without its parameter": (
        'find = "f($x)"\nreplace = "f($x, 0)"',
        "it has to say what f() gets as its parameter",
    ),
    "a parameter without an argument": (
        'find = "f($x)"\nreplace = "g($x)"\nparameter = "int n"',
        "no argument is added",
    ),
    "a parameter that is none": (
        'find = "f($x)"\nreplace = "f($x, 0)"\nparameter = "int n;"',
        "parameter: it does not parse as C",
    ),
    "two arguments at once": (
        'find = "f($x)"\nreplace = "f($x, 0, 1)"',
        "one argument at a time",
    ),
    "a name that is no name": ('rename = "a-b"\nto = "c"', "rename: 'a-b' is no name"),
    "the same name": ('rename = "a"\nto = "a"', "to: it has that name already"),
    "flags of no call": ('call = "x"\nflags = "$f"\nadd = ["A"]', "call: it has to be a call"),
    "flags that are not there": (
        'call = "f($a)"\nflags = "$b"\nadd = ["A"]',
        "flags: `call` has no $b",
    ),
    "flags that come and go": (
        'call = "f($a)"\nflags = "$a"\nadd = ["A"]\nremove = [{ flag = "A" }]',
        "add: A is added and removed as well",
    ),
    "code without an anchor": (
        'insert = "int f(void);"\nname = "f"\ninto = "include/a.h"',
        "it has to say `before` or `behind`",
    ),
    "code without its name": (
        'insert = "int f(void);"\nname = "g"\ninto = "include/a.h"\nbehind = "h"',
        "name: the code has no g",
    ),
    "code that is none": (
        'insert = "int f("\nname = "f"\ninto = "include/a.h"\nbehind = "h"',
        "insert: it does not parse as C",
    ),
    "code for nowhere": (
        'insert = "int f(void);"\nname = "f"\ninto = "arch/a.h"\nbehind = "h"',
        "into: arch/a.h is not under scope.paths",
    ),
    "a header in brackets": (
        'find = "f()"\nreplace = "g()"\ninclude = "<linux/a.h>"',
        "include: it has to be a header without brackets",
    ),
}


@pytest.mark.parametrize(("edit", "message"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_edit_is_told_what_is_wrong(edit: str, message: str) -> None:
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        rule_of(edit, single=True)
    assert caught.value.status == Status.RULE
    assert caught.value.place


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param('rename = "a"\nto = "b"', id="a rename"),
        pytest.param('find = "f($x)"\nreplace = "f($x, 0)"\nparameter = "int n"', id="an argument"),
    ],
)
def test_what_builds_only_as_a_whole_has_to_be_one_patch(edit: str) -> None:
    with pytest.raises(RuleError, match=r"series\.single has to be true"):
        rule_of(edit)
    assert rule_of(edit, single=True).single


def test_a_vintage_is_named_where_there_are_several() -> None:
    case = '[[case]]\nname = "x"\npath = "kernel/a.c"\nbefore = "x;"\noutcome = "conforming"\n'
    edit = '[[edit]]\nrename = "old"\nto = "new"\n'
    rule = rule_of(edit + case, single=True)
    assert [rule.cases[0].vintage] == [vintage.name for vintage in rule.vintages] == ["any"]
    vintages = '[[vintage]]\nname = "a"\n[[vintage]]\nname = "b"\n'
    with pytest.raises(RuleError, match="there is no 'vintage'"):
        rule_of(edit + vintages + case, single=True)


def test_a_path_begins_with_a_folder() -> None:
    text = HEAD.replace('"kernel/**/*.[ch]"', '"**/*.c"') + "[[edit]]\n"
    table = Table(tomllib.loads(text), "", "test.toml", text)
    with pytest.raises(RuleError, match="a path begins with the name of a folder"):
        loaded(table)
