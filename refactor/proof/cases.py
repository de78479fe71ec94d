"""Run the cases of a rule: its examples are its tests."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.syntax import SourceFile, parse
from refactor.match.entry import find
from refactor.plan.split import component_of
from refactor.rewrite.file import rewrite as edit
from refactor.rewrite.helper import Rewritten, rewrite
from refactor.rule.edits import EditRule
from refactor.rule.model import GENERIC, Case, HelperRule, Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case went; `problem` is empty if it went as it says."""

    case: Case
    problem: str


def run(rule: Rule) -> Iterator[Verdict]:
    """Run every case of `rule`, in order."""
    for case in rule.cases:
        yield Verdict(case, _problem(rule, case))


def _problem(rule: Rule, case: Case) -> str:
    outcome, text = _outcome(rule, case)
    if case.after is not None and outcome == "rewritten":
        return _difference(case.after, text)
    expected = case.outcome or "rewritten"
    if outcome != expected:
        return f"expected {expected}, got {outcome}: {text}"
    if case.says not in text:
        return f"expected it to say {case.says!r}, it says: {text}"
    return ""


def _outcome(rule: Rule, case: Case) -> tuple[str, str]:
    """What became of the case's code, and the code or the words that say why."""
    source = parse(case.path, case.before.encode())
    if isinstance(rule, EditRule):
        return _edited(source, rule)
    assert isinstance(rule, HelperRule)
    found = find(source, rule)
    if found.refused:
        first = found.refused[0]
        return "refused", f"{source.place(first.where.start)}: {first.reason}: {first.note}"
    if not found.definitions:
        if found.skipped:
            return "not-applicable", f"{found.skipped[0].reason}: {found.skipped[0].note}"
        return "not-a-definition", ""
    policy = rule.policy(case.policy or None)
    component = component_of(case.path)
    generic = policy.body(case.vintage)
    own = policy.body(case.vintage, component) if component != GENERIC else None
    body = own or generic
    result = rewrite(source, found, rule, body.returns if body else frozenset(), (), own)
    if not isinstance(result, Rewritten):
        return "refused", f"{source.place(result.where.start)}: {result.reason}: {result.note}"
    if result.after != result.before:
        return "rewritten", result.after.decode()
    skipped = [each for definition in found.definitions for each in definition.skipped]
    if skipped and not result.changes:
        return "not-applicable", f"{skipped[0].reason}: {skipped[0].note}"
    return "conforming", ""


def _edited(source: SourceFile, rule: EditRule) -> tuple[str, str]:
    """The same for a rule of edits. One refusal counts for all of the case."""
    result = edit(source, rule)
    if result.refused:
        first = result.refused[0]
        return "refused", f"{source.place(first.where.start)}: {first.reason}: {first.note}"
    if result.after != result.before:
        return "rewritten", result.after.decode()
    if result.conforming:
        return "conforming", ""
    if result.skipped:
        return "not-applicable", f"{result.skipped[0].reason}: {result.skipped[0].note}"
    return "not-a-definition", ""


def _difference(expected: str, actual: str) -> str:
    lines = difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), "expected", "got", lineterm=""
    )
    return "\n".join(lines) or ("" if expected == actual else "line ends differ")
