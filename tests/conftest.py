"""Fixtures, and the rule that nothing is skipped where CI says all is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from refactor.process import deepen
from tests import kernels, support

# The same code gives the same result. Who looks for a new example sets TREEWIDE_RANDOM.
settings.register_profile(
    "treewide",
    # A machine may have other work, and no test is one of speed.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="TREEWIDE_RANDOM" not in os.environ,
)
settings.load_profile("treewide")

# As the command line does it, and before any test: Hypothesis minds who changes it in one.
deepen()

IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")


@pytest.fixture(autouse=True)
def _sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the configuration, identity, hooks or clock of the person who runs it."""
    sealed = support.sealed_environment(tmp_path_factory.mktemp("home"))
    for name in os.environ.keys() - sealed.keys():
        monkeypatch.delenv(name)
    for name, value in sealed.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def kernel_tree() -> Callable[[str], Path]:
    """`kernel_tree("6.1")`: a real tree, shared and read-only; `support.clone` it to write."""

    def locate(version: str) -> Path:
        try:
            return kernels.kernel_tree(version)
        except kernels.MissingSourceError as missing:
            pytest.skip(str(missing))

    return locate


@pytest.fixture
def model_tree(tmp_path: Path) -> Path:
    """The model tree as a git work tree of its own, to write into."""
    return support.copy_model(tmp_path / "model")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that reads a real kernel is none of the fast ones (`make check`)."""
    for item in items:
        if "kernel_tree" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as skipped too; it did run.
    if not hasattr(report, "wasxfail"):
        fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_if_skipped(report)
    return report


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI a skipped test is a test that does not protect anything."""
    if IN_CI and report.skipped:
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"in CI nothing may be skipped: {reason}"
