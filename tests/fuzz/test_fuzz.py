"""A short run with a fixed seed. `make fuzz` is the long one."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import run


@pytest.mark.parametrize(("kind", "count"), [("files", 400), ("patches", 1000), ("meaning", 120)])
def test_nothing_is_found(kind: str, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    failures = run(kind, count, 1, None)
    assert failures == 0, capsys.readouterr().out
