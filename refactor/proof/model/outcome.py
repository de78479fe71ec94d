"""What the programs of the model report."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refactor.proof.compile import Complaint

TIMEOUT = 120
"""Seconds that one program of the model may run."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed in one scenario, with the events that led to it."""

    scenario: str
    check: str
    detail: str
    events: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one program has reported in one state of the tree."""

    scenarios: int
    failures: tuple[Failure, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    """Why there is no program, or no report of it."""

    @property
    def holds(self) -> bool:
        """True if everything was checked, and nothing failed."""
        return self.scenarios > 0 and not self.failures and not self.complaints

    @property
    def checks(self) -> dict[str, int]:
        """In how many scenarios each failing check has failed."""
        counts: dict[str, int] = {}
        for failure in self.failures:
            counts[failure.check] = counts.get(failure.check, 0) + 1
        return counts


def execute(program: Path, arguments: Sequence[str]) -> Outcome:
    """Run a program of the model and read its report, one JSON object a line."""
    try:
        done = subprocess.run(
            [str(program), *arguments],
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"},
        )
    except subprocess.TimeoutExpired:
        return Outcome(0, (), (Complaint(None, f"the model ran longer than {TIMEOUT} seconds"),))
    complaints: list[Complaint] = []
    failures: list[Failure] = []
    scenarios = 0
    for line in done.stdout.decode(errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            complaints.append(Complaint(None, "the report breaks off"))
            break
        if record["type"] == "self-test" and record["status"] != "pass":
            complaints += [Complaint(None, f"self-test: {name}") for name in record["failed"]]
        elif record["type"] == "scenario":
            scenarios += 1
            failures += _failures(record)
    if done.returncode not in (0, 1) and not complaints:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        complaints.append(Complaint(None, words[0] if words else f"status {done.returncode}"))
    return Outcome(scenarios, tuple(failures), tuple(complaints))


def _failures(record: Mapping[str, Any]) -> Iterator[Failure]:
    events = tuple(record.get("events", ()))
    for name, check in record["checks"].items():
        if check["status"] == "fail":
            yield Failure(record["id"], name, check.get("detail", ""), events)
