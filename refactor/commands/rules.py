"""`treewide rules`: list them, show one, run its cases."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.commands.common import find_rule, rule_ids
from refactor.proof import cases
from refactor.rule.model import HelperRule, Rule


def every() -> list[Rule]:
    """The rules that ship with the program."""
    return [find_rule(name)[0] for name in rule_ids()]


def policies(rule: Rule) -> list[str]:
    """The names of a rule's policies, if it has any."""
    return [policy.name for policy in rule.policies] if isinstance(rule, HelperRule) else []


def source(name: str) -> str:
    """The text of a rule's file: it is written to be read."""
    rule, _ = find_rule(name)
    return rule.text


def test(name: str | None) -> Iterator[tuple[Rule, list[cases.Verdict]]]:
    """The verdicts on the cases of one rule, or of all."""
    rules = [find_rule(name)[0]] if name else every()
    for rule in rules:
        yield rule, list(cases.run(rule))
