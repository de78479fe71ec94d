"""A rule: from its TOML file, through a check of everything in it, to a frozen `Rule`.

A rule is data. Whatever is wrong with it is said when it is loaded, with the file and the key:
a rule that loads can be applied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from refactor.rule.edits import Edit, Insert, Rename, Smpl
from refactor.rule.facts import read_facts
from refactor.rule.helper import check_bodies, read_helper, read_policies
from refactor.rule.kinds import read_call, read_edit, read_flags
from refactor.rule.model import SPLITS, Case, HelperRule, Rule, Vintage
from refactor.rule.toml import Table, lines_by_name, read, strings_by_name
from refactor.tree.globs import matches

ANY = Vintage("any", (), {}, {}, "", "")
"""What every tree is for a rule that tells no vintages apart."""


def load(file: Path) -> Rule:
    """Read and check a rule. Raises RuleError with the file, and the line where that is known."""
    return rule_of(read(file))


def rule_of(table: Table) -> Rule:
    """Check the file of a rule. One that has a helper says so; every other is a list of edits."""
    if "helper" in table.values:
        return _with_helper(table)
    scope, series = table.table("scope"), table.table("series")
    split = _read_split(series)
    tables = table.tables("edit")
    rule = Rule(
        **_common(table, scope, series, table.tables("vintage", [])),
        edits=tuple(read_edit(entry, number) for number, entry in enumerate(tables)),
        requires=table.strings("requires", []),
        single=series.take("single", bool, default=False),
        split=split,
        subject=series.line("subject"),
        why=series.string("why"),
        note=strings_by_name(series.table("note", {})),
    )
    for part in (scope, series, table):
        part.done()
    _check_edits(rule, table, tables)
    return rule


def _with_helper(table: Table) -> HelperRule:
    scope, series = table.table("scope"), table.table("series")
    common = _common(table, scope, series, table.tables("vintage"))
    helper = read_helper(table.table("helper"))
    names = [vintage.name for vintage in common["vintages"]]
    policies, default = read_policies(table.table("policy"), names)
    check_bodies(helper, policies, table)
    rule = HelperRule(
        **common,
        edits=(_edit_of_calls(table, scope.string("entry"), helper.header),),
        helper=helper,
        policies=policies,
        default_policy=default,
        options=series.strings("options", []),
        names=strings_by_name(series.table("names", {})),
        said_of=strings_by_name(series.table("words", {})),
    )
    for part in (scope, series, table):
        part.done()
    for case in rule.cases:
        if case.policy and case.policy not in [policy.name for policy in policies]:
            raise table.fail(f"case {case.name!r}: no policy {case.policy!r}", "case")
    return rule


def _edit_of_calls(table: Table, entry: str, header: str) -> Edit:
    """The one edit of a rule with a helper, of whole definitions of the entry."""
    called = table.table("call")
    call = read_call(called, "pattern", called.strings("unflagged", []))
    called.done()
    tables = table.tables("edit")
    if len(tables) != 1:
        raise table.fail("there has to be exactly one", "edit")
    common = Edit(number=0, paths=(), within=entry, about=(), says="")
    edit = read_flags(tables[0], common, call, "call.pattern")
    tables[0].done()
    # The words of a whole definition are the entry's: calls elsewhere are not asked about.
    return replace(edit, about=(), whole=True, header=header.removeprefix("include/"))


def _common(table: Table, scope: Table, series: Table, vintages: Sequence[Table]) -> dict[str, Any]:
    """What every rule has."""
    paths = scope.strings("paths")
    for path in paths:
        if "/" not in path or "*" in path.split("/", 1)[0]:
            raise scope.fail(f"a path begins with the name of a folder, {path!r} does not", "paths")
    known = tuple(read_vintage(entry) for entry in vintages) or (ANY,)
    names = [vintage.name for vintage in known]
    cases = [read_case(entry, names) for entry in table.tables("case", [])]
    for case in cases:
        if case.vintage not in names:
            raise table.fail(f"case {case.name!r}: no vintage {case.vintage!r}", "case")
    return {
        "id": _read_id(table),
        "summary": table.line("summary"),
        "source": table.file,
        "text": table.text,
        "paths": paths,
        "vintages": known,
        "prefix": _read_prefix(series),
        "prefixes": lines_by_name(series.table("prefixes", {})),
        "cases": tuple(cases),
        "facts": read_facts(table.table("fact", {})),
    }


def _read_id(table: Table) -> str:
    """The id of a rule: a plain name, and that of its file.

    It is the name of a folder as well, where a rule's templates are looked for, so one that says
    `../..` would take them from anywhere.
    """
    name = table.string("id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise table.fail("it is made of letters, digits, '.', '_' and '-'", "id")
    stem = Path(table.file).stem
    if name != stem:
        hint = f"rename the file to {name}.toml, or say id = {stem!r}"
        raise table.fail(f"it has to be the name of the file, {stem!r}", "id", hint)
    return name


def _read_split(series: Table) -> str:
    """By what it is divided; where it names components, these are architectures."""
    split = series.string("split", "arch" if {"prefixes", "note"} & set(series.values) else "")
    if split and split not in SPLITS:
        raise series.fail(f"it is one of {', '.join(SPLITS)}", "split")
    return split


def _read_prefix(series: Table) -> str:
    """How subjects begin. Only `{component}` is put in, and no other brace means anything."""
    prefix = series.line("prefix")
    if set("{}") & set(prefix.replace("{component}", "")):
        raise series.fail("the one thing that can be put in is {component}", "prefix")
    return prefix


def read_vintage(table: Table) -> Vintage:
    """One `[[vintage]]`."""
    macros = table.table("macros", {})
    words = table.table("words", {})
    vintage = Vintage(
        name=table.line("name"),
        files=table.strings("files", []),
        macros={header: macros.strings(header) for header in list(macros.values)},
        words={file: words.strings(file) for file in list(words.values)},
        refuse=table.string("refuse", ""),
        hint=table.string("hint", ""),
    )
    table.done()
    return vintage


def read_case(table: Table, vintages: Sequence[str]) -> Case:
    """One `[[case]]`, which has to name its vintage if there are several."""
    case = Case(
        name=table.string("name"),
        path=table.string("path"),
        vintage=table.string("vintage", vintages[0] if len(vintages) == 1 else None),
        policy=table.string("policy", ""),
        before=table.string("before"),
        after=table.string("after", "") or None,
        outcome=table.string("outcome", ""),
        says=table.string("says", ""),
    )
    if case.outcome not in ("", *OUTCOMES) or (case.after is None) == (case.outcome == ""):
        raise table.fail(f"it has either `after`, or an `outcome` of {', '.join(OUTCOMES)}")
    table.done()
    return case


OUTCOMES = ("conforming", "not-applicable", "refused", "not-a-definition")


def _check_edits(rule: Rule, table: Table, tables: Sequence[Table]) -> None:
    for case in rule.cases:
        if case.policy:
            raise table.fail(f"case {case.name!r}: there are no policies", "case")
    if not rule.edits:
        raise table.fail("there is no edit", "edit")
    for edit, entry in zip(rule.edits, tables, strict=True):
        if _is_atomic(edit) and not rule.single:
            raise entry.fail(
                "what it changes has to be changed everywhere at once: series.single has to be true"
            )
        if isinstance(edit, Insert) and not matches(edit.file, rule.paths):
            raise entry.fail(f"{edit.file} is not under scope.paths", "into")


def _is_atomic(edit: Edit) -> bool:
    """True if a tree builds only with all of the edit."""
    return isinstance(edit, Rename) or (isinstance(edit, Smpl) and bool(edit.heads))
