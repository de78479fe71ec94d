"""A rule with a helper: from its TOML file, through a check of everything in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from refactor.c.syntax import parse
from refactor.pattern.pattern import Pattern, compile_pattern
from refactor.rule.model import (
    GENERIC,
    Call,
    Case,
    FlagsEdit,
    Helper,
    HelperBody,
    HelperRule,
    Policy,
    Vintage,
)
from refactor.rule.toml import Table, read, suggest


def load(file: Path) -> HelperRule:
    """Read and check a rule. Raises RuleError with the file, and the line where that is known."""
    return helper_rule(read(file))


def helper_rule(table: Table) -> HelperRule:
    """Check the file of a rule that has a helper."""
    scope = table.table("scope")
    series = table.table("series")
    vintages = tuple(read_vintage(entry) for entry in table.tables("vintage"))
    call = _call(table.table("call"))
    policies, default = _policies(table.table("policy"), [vintage.name for vintage in vintages])
    edits = table.tables("edit")
    if len(edits) != 1:
        raise table.fail("there has to be exactly one", "edit")
    rule = HelperRule(
        id=read_id(table),
        summary=table.string("summary"),
        source=table.file,
        text=table.text,
        entry=scope.string("entry"),
        paths=scope.strings("paths"),
        vintages=vintages,
        call=call,
        edit=_edit(edits[0], call),
        helper=_helper(table.table("helper")),
        policies=policies,
        default_policy=default,
        prefix=read_prefix(series),
        prefixes=strings_by_name(series.table("prefixes", {})),
        options=series.strings("options", []),
        cases=tuple(read_case(entry) for entry in table.tables("case", [])),
    )
    for part in (scope, series, table):
        part.done()
    _cross_check(rule, table)
    return rule


def read_id(table: Table) -> str:
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


def read_prefix(series: Table) -> str:
    """How subjects begin. Only `{component}` is put in, and no other brace means anything."""
    prefix = series.string("prefix")
    if set("{}") & set(prefix.replace("{component}", "")):
        raise series.fail("the one thing that can be put in is {component}", "prefix")
    return prefix


def read_vintage(table: Table) -> Vintage:
    """One `[[vintage]]`."""
    macros = table.table("macros", {})
    words = table.table("words", {})
    vintage = Vintage(
        name=table.string("name"),
        files=table.strings("files", []),
        macros={header: macros.strings(header) for header in list(macros.values)},
        words={file: words.strings(file) for file in list(words.values)},
        refuse=table.string("refuse", ""),
        hint=table.string("hint", ""),
    )
    table.done()
    return vintage


def _call(table: Table) -> Call:
    call = read_call(table, "pattern", table.strings("unflagged", []))
    table.done()
    return call


def read_call(table: Table, key: str, unflagged: Iterable[str] = ()) -> Call:
    """The pattern of a call whose arguments are all metavariables."""
    text = table.string(key)
    pattern = _compiled(table, key, text)
    function = pattern.root.child_by_field_name("function")
    listed = pattern.root.child_by_field_name("arguments")
    if pattern.root.type != "call_expression" or function is None or listed is None:
        raise table.fail("it has to be a call", key)
    parameters = tuple(node.text.decode() for node in listed.named_children if node.text)
    for name in parameters:
        if not name.startswith("$") or parameters.count(name) > 1:
            raise table.fail(f"each argument has to be a $name of its own, {name} is not", key)
    name = function.text.decode() if function.text else ""
    return Call(name, pattern, parameters, frozenset(unflagged))


def read_flags(table: Table, call: Call, where: str) -> FlagsEdit:
    """The edit of an argument of `call`, whose pattern stands under `where`."""
    removed = {}
    for entry in table.tables("remove", []):
        removed[entry.string("flag")] = entry.strings("comment", [])
        entry.done()
    edit = FlagsEdit(table.string("flags"), table.strings("add", []), tuple(removed), removed)
    if edit.argument not in call.parameters:
        hint = suggest(edit.argument, call.parameters)
        raise table.fail(f"{where} has no {edit.argument}", "flags", hint)
    for text in edit.add:
        _compiled(table, "add", text)
    both = set(edit.add) & set(edit.remove)
    if both:
        raise table.fail(f"{min(both)} is added and removed as well", "add")
    if not edit.add and not edit.remove:
        raise table.fail("an edit has to add or to remove something")
    return edit


def _edit(table: Table, call: Call) -> FlagsEdit:
    edit = read_flags(table, call, "call.pattern")
    table.done()
    return edit


def _compiled(table: Table, key: str, text: str) -> Pattern:
    try:
        return compile_pattern(text)
    except ValueError as error:
        raise table.fail(f"{error}: {text}", key) from error


def _helper(table: Table) -> Helper:
    helper = Helper(table.string("name"), table.string("header"), table.string("prototype"))
    _check_code(table, "prototype", helper.prototype, helper.name)
    table.done()
    return helper


def _policies(table: Table, vintages: list[str]) -> tuple[tuple[Policy, ...], Policy]:
    policies = []
    defaults = []
    for name in list(table.values):
        entry = table.table(name)
        is_default = entry.take("default", bool, default=False)
        bodies = tuple(_body(body, vintages) for body in entry.tables("helper"))
        policy = Policy(name, entry.string("summary"), bodies)
        entry.done()
        policies.append(policy)
        defaults += [policy] if is_default else []
    if len(defaults) != 1:
        raise table.fail("exactly one policy has to be the default")
    return tuple(policies), defaults[0]


def _body(table: Table, vintages: list[str]) -> HelperBody:
    body = HelperBody(
        vintages=table.strings("vintages"),
        component=table.string("component", GENERIC),
        returns=frozenset(table.strings("returns")),
        may_return=strings_by_name(table.table("may_return", {})),
        code=table.string("code"),
        comment=table.string("comment", ""),
    )
    for name in body.vintages:
        if name not in vintages:
            raise table.fail(f"no vintage {name!r}", "vintages", suggest(name, vintages))
    if "${comment}" in body.code and not body.comment:
        raise table.fail("the code has ${comment}, so a comment has to be given", "comment")
    _check_code(table, "code", body.code.replace("${comment}", ""))
    table.done()
    return body


def _check_code(table: Table, key: str, code: str, name: str = "") -> None:
    if parse("", code.encode()).root.has_error:
        raise table.fail("it does not parse as C", key)
    if name not in code:
        raise table.fail(f"it does not declare {name}()", key)


def strings_by_name(table: Table) -> dict[str, str]:
    """Every key of a table, each with a string."""
    return {name: table.string(name) for name in list(table.values)}


def read_case(table: Table, vintage: str | None = None) -> Case:
    """One `[[case]]`; `vintage` is that of one which names none."""
    case = Case(
        name=table.string("name"),
        path=table.string("path"),
        vintage=table.string("vintage", vintage),
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


def _cross_check(rule: HelperRule, table: Table) -> None:
    for policy in rule.policies:
        for body in policy.bodies:
            name = rule.helper.name
            if name not in body.code:
                raise table.fail(
                    f"a helper's code does not define {name}()", f"policy.{policy.name}"
                )
            both = body.returns & body.may_return.keys()
            if both:
                raise table.fail(f"{min(both)} is returned always and sometimes", policy.name)
    names = [vintage.name for vintage in rule.vintages]
    for case in rule.cases:
        if case.vintage not in names:
            raise table.fail(f"case {case.name!r}: no vintage {case.vintage!r}", "case")
        if case.policy and case.policy not in [policy.name for policy in rule.policies]:
            raise table.fail(f"case {case.name!r}: no policy {case.policy!r}", "case")
