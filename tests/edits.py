"""Rules of edits for tests, made of a few lines each."""

from __future__ import annotations

from refactor.c.syntax import parse
from refactor.proof.stable import check_stable
from refactor.rewrite.file import Result, rewrite
from refactor.rule.edits import EditRule
from refactor.rule.load import edit_rule
from refactor.rule.toml import parsed

HEAD = """\
id = "test"
summary = "A rule of a test"
[scope]
paths = ["kernel/**/*.[ch]", "include/**/*.h"]
[series]
prefix = "{component}:"
prefixes = { generic = "core:" }
subject = "Do it"
why = "Because."
"""


def rule_of(edits: str, *, single: bool = False) -> EditRule:
    """A rule with these `[[edit]]` tables; the first one's heading can be left out."""
    edits = edits if edits.lstrip().startswith("[[") else f"[[edit]]\n{edits}"
    head = HEAD + ("single = true\n" if single else "")
    text = f"{head}\n{edits}\n"
    rule = edit_rule(parsed(text, "test.toml"))
    check_stable(rule)
    return rule


def applied(edits: str | EditRule, code: bytes, path: str = "kernel/a.c") -> Result:
    """What a rule makes of a file, checked: a second run changes nothing more."""
    rule = edits if isinstance(edits, EditRule) else rule_of(edits, single=True)
    result = rewrite(parse(path, code), rule)
    again = rewrite(parse(path, result.after), rule)
    assert again.after == result.after
    return result


def body(code: str) -> str:
    """A function with these lines, which are given without their indent of one tab."""
    lines = [
        f"\t{line}" if line and not line.startswith("#") else line for line in code.split("\n")
    ]
    return "void f(int a, int b)\n{\n" + "\n".join(lines) + "\n}\n"


def account(result: Result) -> list[str]:
    """Everything that was not changed: `refused REASON note`."""
    told = [("refused", each.where, each.reason, each.note) for each in result.refused]
    told += [("skipped", each.where, each.reason, each.note) for each in result.skipped]
    told += [("conforming", each.where, "", "") for each in result.conforming]  # type: ignore[misc]
    return [
        f"{kind} {getattr(reason, 'name', '')} {note}".strip()
        for kind, _, reason, note in sorted(told, key=lambda each: (each[1], each[0]))
    ]
