"""Rules on random code, of which the right result is known to the byte."""

from __future__ import annotations

from random import Random

import pytest

from tests.rewrite.generated import GENERATORS, Case
from tests.smpl import outcome


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("seed", range(3))
def test_the_result_is_that_of_a_careful_hand(name: str, seed: int) -> None:
    random = Random(f"{name} {seed}")
    cases = [case for _ in range(100) if (case := GENERATORS[name](random)) is not None]
    assert len(cases) > 50
    for case in cases:
        found = outcome(case.rule, case.before)
        assert (case, found.after.decode(), found.troubles) == (case, case.after, [])


def test_the_cases_are_of_all_kinds() -> None:
    """A generator that makes no change, or always the same one, would show nothing."""
    for name, generate in GENERATORS.items():
        random = Random(name)
        cases: list[Case] = [case for _ in range(300) if (case := generate(random)) is not None]
        assert len({case.rule for case in cases}) > 10
        assert len({case.before for case in cases}) > 100
        assert all(case.before != case.after for case in cases)
