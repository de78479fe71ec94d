"""Rules: the cases of those that ship, and what a faulty one is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from refactor.errors import RuleError, Status, UsageError
from refactor.proof import cases
from refactor.proof.cases import Verdict
from refactor.rule.load import load, rule_of
from refactor.rule.model import Case, HelperRule, Rule, Vintage
from refactor.rule.outline import outline_of
from refactor.rule.toml import read
from tests.support import PROJECT

RULES = [load(file) for file in sorted((PROJECT / "rules").glob("*.toml"))]
CASES = [(rule, case) for rule in RULES for case in rule.cases]


@pytest.mark.parametrize(
    ("rule", "case"), CASES, ids=[f"{rule.id}: {case.name}" for rule, case in CASES]
)
def test_a_case_of_a_shipped_rule(rule: Rule, case: Case) -> None:
    (verdict,) = cases.run(replace(rule, cases=(case,)))
    assert not verdict.problem, verdict.problem


def test_names_of_cases_tell_them_apart() -> None:
    for rule in RULES:
        names = [case.name for case in rule.cases]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_named_as_its_file(rule: Rule) -> None:
    assert Path(rule.source).stem == rule.id


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_outline_of_a_file_is_that_of_its_rule(rule: Rule) -> None:
    """git begins with the former: what it does not look for would never be found."""
    table = read(Path(rule.source))
    found = outline_of(table)
    assert found == (rule.outline if isinstance(rule, HelperRule) else None)
    assert rule_of(table).words == rule.words  # nothing was taken out of it


# ---------------------------------------------------------------------------- cases can fail

RULE = next(rule for rule in RULES if isinstance(rule, HelperRule))
BEFORE = """
void *module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, A, B, GFP, PROT, VM_A, -1, NULL);
}
"""


def verdict(**parts: str | None) -> Verdict:
    case = Case("a case", "arch/x/a.c", "opt-out", "", BEFORE, None, "", "")
    (found,) = cases.run(replace(RULE, cases=(replace(case, **parts),)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        pytest.param({"after": BEFORE}, "+++ got", id="another result"),
        pytest.param({"outcome": "conforming"}, "expected conforming, got rewritten", id="outcome"),
        pytest.param(
            {"before": "int a;\n", "after": BEFORE}, "got not-a-definition", id="nothing found"
        ),
        pytest.param(
            {"before": BEFORE.replace("VM_A, ", ""), "outcome": "refused", "says": "macro"},
            "expected it to say 'macro', it says: arch/x/a.c:4:9: the number of arguments differs",
            id="another reason",
        ),
        pytest.param(
            {"before": BEFORE.replace("VM_A", "VM_A /* */ | 0"), "outcome": "conforming"},
            "got refused: arch/x/a.c:4:56: a comment stands between the flags",
            id="refused while rewriting",
        ),
    ],
)
def test_a_case_that_goes_another_way_fails(parts: dict[str, str], problem: str) -> None:
    assert problem in verdict(**parts).problem


# ---------------------------------------------------------------------------- faulty rules

MINIMAL = """\
id = "minimal"
summary = "Take the flags from the helper"

[scope]
entry = "get_area"
paths = ["arch/**/*.c"]

[[vintage]]
name = "new"
macros = { "include/area.h" = ["FLAG_A"] }

[call]
pattern = "@@ expression size, flags; @@\\narea_range(size, flags)"
unflagged = ["area_plain"]

[[edit]]
flags = "flags"
add = ["area_flags()"]
remove = [{ flag = "FLAG_A", comment = ["because"] }]

[helper]
name = "area_flags"
header = "include/area.h"
prototype = "unsigned long area_flags(void);"

[policy.plain]
default = true
summary = "the one flag"

[[policy.plain.helper]]
vintages = ["new"]
returns = ["FLAG_A"]
code = "unsigned long area_flags(void) { return FLAG_A; }"

[series]
prefix = "{component}: area:"

[[case]]
name = "one"
path = "arch/x/a.c"
vintage = "new"
before = "void *get_area(int size) { return area_range(size, 0); }"
after = "void *get_area(int size) { return area_range(size, area_flags()); }"
"""


def loaded(tmp_path: Path, text: str) -> HelperRule:
    file = tmp_path / "minimal.toml"
    file.write_text(text)
    rule = load(file)
    assert isinstance(rule, HelperRule)
    return rule


def test_a_rule_can_be_this_short(tmp_path: Path) -> None:
    rule = loaded(tmp_path, MINIMAL)
    assert [each.problem for each in cases.run(rule)] == [""]
    assert rule.subject_prefix("arm") == "arm: area:"


# What is replaced in the rule, by what; then the line and a part of the message and of the hint.
FAULTY = {
    "no TOML": ('entry = "get_area"', "entry = get_area", "5:9", "no TOML", ""),
    "unknown key": ("paths =", "path =", 4, "there is no 'paths'", ""),
    "unknown key besides": (
        'id = "',
        'idea = 1\nid = "',
        1,
        "idea: unknown key",
        "did you mean 'id'",
    ),
    "unknown key in a table": (
        'entry = "get_area"',
        'entry = "get_area"\nentries = 1',
        6,
        "scope.entries: unknown key",
        "did you mean 'entry'?",
    ),
    "unknown key of a case": (
        'name = "one"',
        'name = "one"\nsay = "x"',
        40,
        "unknown key",
        "did you mean 'says'?",
    ),
    "missing key": ('summary = "Take the flags from the helper"\n', "", None, "no 'summary'", ""),
    "a number for a string": ('id = "minimal"', "id = 1", 1, "id: it has to be a string", ""),
    "a string for a list": (
        'add = ["area_flags()"]',
        'add = "area_flags()"',
        18,
        "it has to be a list",
        "",
    ),
    "a number in a list": ('["area_plain"]', "[1]", 14, "it has to be a list of strings", ""),
    "a table for a list of tables": ("[[vintage]]", "[vintage]", 8, "it has to be a list", ""),
    "undefined metavariable": (
        'flags = "flags"',
        'flags = "flag"',
        17,
        "call.pattern has no flag",
        "did you mean 'flags'?",
    ),
    "pattern that does not parse": (
        "area_range(size, flags)",
        "area_range(size, flags",
        "13:64",
        "call.pattern: the pattern does not parse",
        "",
    ),
    "pattern that is no call": (
        "area_range(size, flags)",
        "size",
        13,
        "call.pattern: it has to be a call",
        "",
    ),
    "pattern with a fixed argument": (
        "area_range(size, flags)",
        "area_range(0, flags)",
        13,
        "a metavariable of its own, 0 is not",
        "",
    ),
    "pattern with a name twice": (
        "area_range(size, flags)",
        "area_range(flags, flags)",
        13,
        "a metavariable of its own, flags is not",
        "",
    ),
    "add that does not parse": (
        '["area_flags()"]',
        '["area_flags("]',
        18,
        "does not parse as C",
        "",
    ),
    "add what is removed": (
        'add = ["area_flags()"]',
        'add = ["FLAG_A"]',
        18,
        "FLAG_A is added and removed as well",
        "",
    ),
    "an edit of nothing": (
        'add = ["area_flags()"]\nremove = [{ flag = "FLAG_A", comment = ["because"] }]\n',
        "",
        16,
        "has to add or to remove something",
        "",
    ),
    "no policy is the default": ("default = true\n", "", 26, "exactly one policy", ""),
    "a policy for an unknown vintage": (
        'vintages = ["new"]',
        'vintages = ["now"]',
        31,
        "no vintage 'now'",
        "did you mean 'new'?",
    ),
    "code that does not parse": (
        "{ return FLAG_A; }",
        "{ return FLAG_A; ",
        33,
        "it does not parse as C",
        "",
    ),
    "code that defines something else": (
        'code = "unsigned long area_flags(void)',
        'code = "unsigned long other_flags(void)',
        None,
        "does not define area_flags()",
        "",
    ),
    "a prototype of something else": (
        'prototype = "unsigned long area_flags(void);"',
        'prototype = "unsigned long flags(void);"',
        24,
        "it does not declare area_flags()",
        "",
    ),
    "a case with neither": ("after = ", "after_ = ", None, "either `after`, or an `outcome`", ""),
    "a case of an unknown vintage": (
        'path = "arch/x/a.c"\nvintage = "new"',
        'path = "arch/x/a.c"\nvintage = "old"',
        None,
        "case 'one': no vintage 'old'",
        "",
    ),
    "a case of an unknown policy": (
        'path = "arch/x/a.c"\n',
        'path = "arch/x/a.c"\npolicy = "plane"\n',
        None,
        "case 'one': no policy 'plane'",
        "",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "where", "message", "hint"), FAULTY.values(), ids=FAULTY.keys()
)
def test_a_faulty_rule_is_told_what_and_where(
    tmp_path: Path, old: str, new: str, where: int | str | None, message: str, hint: str
) -> None:
    assert MINIMAL.count(old) == 1
    with pytest.raises(RuleError) as caught:
        loaded(tmp_path, MINIMAL.replace(old, new))
    error = caught.value
    assert message in error.message
    assert hint in error.hint
    assert error.status == Status.RULE
    assert str(error.place).startswith(str(tmp_path / "minimal.toml"))
    if where is not None:
        assert str(error.place).endswith(f":{where}"), error.place


def test_a_rule_has_to_be_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b'id = "\xe9"\n')
    with pytest.raises(RuleError, match="UTF-8"):
        load(file)


def test_a_rule_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="cannot read"):
        load(tmp_path / "none.toml")


def test_an_unknown_policy_is_a_mistake_of_the_user() -> None:
    with pytest.raises(UsageError) as caught:
        RULE.policy("never-hug")
    assert "did you mean 'never-huge'?" in caught.value.hint
    assert RULE.policy(None) is RULE.default_policy


@pytest.mark.parametrize("rule", [RULE], ids=lambda rule: rule.id)
def test_metavariables_of_a_shipped_rule_are_used(rule: HelperRule) -> None:
    assert rule.flags.argument in rule.flags.call.parameters


def test_vintage_is_told_by_files_headers_and_words() -> None:
    """What is not among these, `check --patch` need not look at for the vintage."""
    told = Vintage("x", ("mm/a.c",), {"b.h": ("B",)}, {"c.h": ("c",)}, "", "")
    assert told.landmarks == ("mm/a.c", "b.h", "c.h")
