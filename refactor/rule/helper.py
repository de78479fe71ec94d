"""The helper of a rule and its policies: from tables of TOML, through a check of all they say."""

from __future__ import annotations

from refactor.rule.model import GENERIC, Helper, HelperBody, Policy
from refactor.rule.toml import Table, strings_by_name, suggest


def read_helper(table: Table) -> Helper:
    """`[helper]`: what is brought, and where its prototype goes."""
    helper = Helper(table.string("name"), table.string("header"), table.string("prototype"))
    _check_code(table, "prototype", helper.prototype, helper.name)
    table.done()
    return helper


def read_policies(table: Table, vintages: list[str]) -> tuple[tuple[Policy, ...], Policy]:
    """`[policy]`: all of them, and the one that is the default."""
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
    from refactor.c.syntax import parse  # while git is searching

    if parse("", code.encode()).root.has_error:
        raise table.fail("it does not parse as C", key)
    if name not in code:
        raise table.fail(f"it does not declare {name}()", key)


def check_bodies(helper: Helper, policies: tuple[Policy, ...], table: Table) -> None:
    """Raise RuleError for a body that is no definition of the helper, or contradicts itself."""
    for policy in policies:
        for body in policy.bodies:
            if helper.name not in body.code:
                raise table.fail(
                    f"a helper's code does not define {helper.name}()", f"policy.{policy.name}"
                )
            both = body.returns & body.may_return.keys()
            if both:
                raise table.fail(f"{min(both)} is returned always and sometimes", policy.name)
