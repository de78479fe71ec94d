"""Run the cases of a rule: its examples are its tests."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.plan.resolve import flags_edit, override_edit
from refactor.plan.split import component_of, placed
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
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
    """What became of the case's code, and the code or the words that say why.

    One refusal counts for all of the case.
    """
    result = rewrite_all(case.path, case.before.encode(), _program(rule, case))
    if result.refused:
        first = result.refused[0]
        return "refused", f"{placed(result, first).place}: {first.reason}: {first.note}"
    if result.after != result.before:
        return "rewritten", result.after.decode()
    if result.conforming:
        return "conforming", ""
    if result.skipped:
        return "not-applicable", f"{result.skipped[0].reason}: {result.skipped[0].note}"
    return "not-a-definition", ""


def _program(rule: Rule, case: Case) -> Program:
    """What is done to the file of a case; that of a helper depends on vintage and policy."""
    if not isinstance(rule, HelperRule):
        return Program(rule.edits)
    policy = rule.policy(case.policy or None)
    component = component_of(case.path)
    own = policy.body(case.vintage, component) if component != GENERIC else None
    body = own or policy.body(case.vintage)
    override = [override_edit(rule, case.path, own)] if own is not None else []
    return Program((flags_edit(rule, body.returns if body else frozenset(), body), *override))


def _difference(expected: str, actual: str) -> str:
    lines = difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), "expected", "got", lineterm=""
    )
    return "\n".join(lines) or ("" if expected == actual else "line ends differ")
