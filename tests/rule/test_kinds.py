"""Edits as a rule has them: what a faulty one is told."""

from __future__ import annotations

import re
import tomllib

import pytest

from refactor.errors import RuleError, Status
from refactor.rule.load import rule_of as loaded
from refactor.rule.toml import Table, parsed
from tests.edits import HEAD, rule_of, smpl

OLD = smpl("- f(x)\n+ g(x)")
CALL = 'call = "@@ expression a; @@\\nf(a)"\n'
FAULTY = {
    "no kind": ('about = ["x"]', "exactly one of smpl, rename, flags, insert"),
    "two kinds": (f'{OLD}\nrename = "f"\nto = "g"', "exactly one of"),
    "an unknown key": (f"{OLD}\nfoo = 1", "edit[0].foo: unknown key"),
    "no C": (smpl("- f(\n+ g()"), "edit[0].smpl: the pattern does not parse"),
    "no rule": ('smpl = "f(x)"', "edit[0].smpl: a rule begins with @@"),
    "nothing changes": (smpl("f(x)"), "smpl: it changes nothing"),
    "about something else": (f'{OLD}\nabout = ["h"]', "about: the semantic patch has no h"),
    "about a metavariable": (f'{OLD}\nabout = ["x"]', "about: the semantic patch has no x"),
    "within a function": (f'{OLD}\nwithin = "h"', "within: a semantic patch says itself"),
    "a file that is not there": ('smpl = "no.cocci"', "smpl: cannot read no.cocci"),
    "a file somewhere else": ('smpl = "../x.cocci"', "smpl: it has to be a file beside the rule"),
    "a name that is not virtual": (f'{OLD}\ndefined = ["h"]', "declares no virtual h"),
    "a name that is no name": ('rename = "a-b"\nto = "c"', "rename: 'a-b' is no name"),
    "the same name": ('rename = "a"\nto = "a"', "to: it has that name already"),
    "flags of no call": (
        'call = "@@ expression f; @@\\nx + f"\nflags = "f"\nadd = ["A"]',
        "call: it has to be a call",
    ),
    "a call that changes": (
        'call = "@@ expression f; @@\\n- x(f)\\n+ y(f)"\nflags = "f"\nadd = ["A"]',
        "call: it has to be a call",
    ),
    "flags that are not there": (
        f'{CALL}flags = "b"\nadd = ["A"]',
        "flags: `call` has no b",
    ),
    "flags that come and go": (
        f'{CALL}flags = "a"\nadd = ["A"]\nremove = [{{ flag = "A" }}]',
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
        f'{OLD}\ninclude = "<linux/a.h>"',
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
        pytest.param(smpl("  T f(\n- void\n+ int n\n  );", declared="type T;"), id="a head"),
    ],
)
def test_what_builds_only_as_a_whole_has_to_be_one_patch(edit: str) -> None:
    with pytest.raises(RuleError, match=r"series\.single has to be true"):
        rule_of(edit)
    assert rule_of(edit, single=True).single


PLACES = {
    "on the line behind the quotes": ("smpl = '''\n@@\n@@\n- f(\n'''", "- f(", 4),
    "behind the quotes": ("smpl = '''@@\n@@\n- f(\n'''", "- f(", 4),
    "in one line": ('smpl = "@@ @@\\n- f("', "f(", 1),
    "in a second edit": (
        f"{OLD}\n[[edit]]\nsmpl = '''\n@@\n@@\n- h(\n'''",
        "- h(",
        4,
    ),
}


@pytest.mark.parametrize(("edit", "near", "beyond"), PLACES.values(), ids=PLACES.keys())
def test_a_fault_of_a_semantic_patch_has_its_place(edit: str, near: str, beyond: int) -> None:
    """Line and column are those of the rule's file."""
    text = f"{HEAD}\n[[edit]]\n{edit}\n"
    with pytest.raises(RuleError) as caught:
        loaded(parsed(text, "test.toml"))
    place = caught.value.place
    assert place is not None
    assert place.line is not None
    assert place.column is not None
    above, _, line = text[: text.index(near) + beyond].rpartition("\n")
    assert (place.line, place.column) == (above.count("\n") + 2, len(line) + 1)


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
