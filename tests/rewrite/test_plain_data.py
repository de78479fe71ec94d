"""Rules, programs and results are plain data: they can be sent to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from refactor.plan.resolve import flags_edit
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.load import load
from refactor.rule.model import HelperRule
from tests.support import PROJECT

RULES = sorted((PROJECT / "rules").glob("*.toml"))


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_a_rule_its_program_and_its_results_can_be_pickled(file: Path) -> None:
    rule = load(file)
    again = pickle.loads(pickle.dumps(rule))
    program = Program(rule.edits)
    if isinstance(rule, HelperRule):
        program = Program((flags_edit(rule, frozenset(rule.flags.remove)),))
        assert again == rule
    sent = pickle.loads(pickle.dumps(program))
    for case in rule.cases:
        before = case.before.encode()
        result = rewrite_all(case.path, before, program)
        assert pickle.loads(pickle.dumps(result)) == result
        assert rewrite_all(case.path, before, sent) == result
