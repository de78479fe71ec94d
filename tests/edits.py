"""Rules of edits for tests, made of a few lines each."""

from __future__ import annotations

from refactor.proof.stable import check_stable
from refactor.rewrite.file import Rewritten
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.load import rule_of as loaded
from refactor.rule.model import Rule
from refactor.rule.toml import parsed
from refactor.text import Span

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


def smpl(patch: str, more: str = "", declared: str = "expression x, y, z;") -> str:
    """The keys of an edit with a semantic patch of one rule, and `more` keys."""
    return f"{more}\nsmpl = '''\n@@\n{declared}\n@@\n{patch}\n'''"


def rule_of(edits: str, *, single: bool = False) -> Rule:
    """A rule with these `[[edit]]` tables; the first one's heading can be left out."""
    edits = edits if edits.lstrip().startswith("[[") else f"[[edit]]\n{edits}"
    head = HEAD + ("single = true\n" if single else "")
    text = f"{head}\n{edits}\n"
    rule = loaded(parsed(text, "test.toml"))
    check_stable(rule)
    return rule


def applied(edits: str | Rule, code: bytes, path: str = "kernel/a.c") -> Rewritten:
    """What a rule makes of a file, checked: a second run changes nothing more."""
    rule = edits if isinstance(edits, Rule) else rule_of(edits, single=True)
    program = Program(rule.edits)
    result = rewrite_all(path, code, program)
    again = rewrite_all(path, result.after, program)
    assert again.after == result.after
    return result


def body(code: str) -> str:
    """A function with these lines, which are given without their indent of one tab."""
    lines = [
        f"\t{line}" if line and not line.startswith("#") else line for line in code.split("\n")
    ]
    return "void f(int a, int b)\n{\n" + "\n".join(lines) + "\n}\n"


def told_of(result: Rewritten) -> list[str]:
    """Everything that was not changed: `refused REASON note`."""
    told: list[tuple[str, Span, str, str]] = []
    told += [("refused", each.where, each.reason, each.note) for each in result.refused]
    told += [("skipped", each.where, each.reason, each.note) for each in result.skipped]
    told += [("conforming", each.where, "", "") for each in result.conforming]
    return [
        f"{kind} {getattr(reason, 'name', '')} {note}".strip()
        for kind, _, reason, note in sorted(told, key=lambda each: (each[1], each[0]))
    ]
