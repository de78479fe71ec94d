"""A rule is stable: each edit changes what it finds, and none changes what another has made.

The engine itself tells, so this is no part of loading a rule. It is about the edits that are made
of the same bytes: a semantic patch may feed itself, and is run once then.
"""

from __future__ import annotations

from dataclasses import replace

from refactor.c.syntax import parse
from refactor.match.verdict import Reason
from refactor.rewrite.file import rewrite
from refactor.rule.edits import Edit, Flags, Program, Rename, Smpl
from refactor.rule.model import Rule
from refactor.rule.toml import Table, parsed


def check_stable(rule: Rule) -> None:
    """Raise RuleError, with the line of the edit, for a rule that is not done after one run."""
    tables = parsed(rule.text, rule.source).tables("edit")
    for edit, table in zip(rule.edits, tables, strict=True):
        _check_once(rule, edit, table)


def _check_once(rule: Rule, edit: Edit, table: Table) -> None:
    sample = _sample(edit)
    if sample is None:
        return
    path = "f.c"
    loose = [
        _loosened(each)
        for each in rule.edits
        if edit.paths in ((), each.paths) and not isinstance(each, Smpl)
    ]
    alone = [each for each in loose if each.number == edit.number]
    first = rewrite(parse(path, sample), Program(tuple(alone)))
    if first.after == first.before and not first.refused:
        raise table.fail("it would change nothing, or takes what it finds for done already")
    second = rewrite(parse(path, first.after), Program(tuple(loose)))
    unstable = any(each.reason is Reason.RESULT for each in (*first.refused, *second.refused))
    if unstable or second.changes:
        raise table.fail("the rule would change what it has made, in a second run")


def _sample(edit: Edit) -> bytes | None:
    """Code in which an edit finds what it looks for."""
    if isinstance(edit, Flags):
        flags = " | ".join(edit.remove) or "x_flag"
        given = [flags if each == edit.argument else f"x_{each}" for each in edit.call.parameters]
        code = f"{edit.call.name}({', '.join(given)});"
    elif isinstance(edit, Rename):
        code = f"{edit.name}();"
    else:
        return None
    # With something beside it: what is looked for may be all that there is.
    return f"void f(void)\n{{\n\tg();\n\t{code}\n\tg();\n}}\n".encode()


def _loosened(edit: Edit) -> Edit:
    """The edit as it is where nothing else is asked for than its code."""
    return replace(edit, paths=(), within="f" if edit.within else "")
