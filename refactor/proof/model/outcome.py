"""What the programs of the model report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    confined: Mapping[str, bool] = field(default_factory=dict)
    """What the program was to give up before it ran what strangers wrote, and whether it could."""

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


def execute(program: Path, arguments: Sequence[str], work: Path) -> Outcome:
    """Run a program of the model and read its report, one JSON object a line.

    It runs in an empty folder below `work`, with nothing of our environment, and confines itself
    before it runs what strangers wrote. Its output is a file, not a pipe: so its size is limited.
    """
    with (
        tempfile.TemporaryDirectory(dir=work) as empty,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        try:
            ended = subprocess.run(
                [str(program), *arguments],
                cwd=empty,
                env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT & os.environ.keys()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            said = f"the model ran longer than {TIMEOUT} seconds"
            return Outcome(0, (), (Complaint(None, said),))
        output.seek(0)
        errors.seek(0)
        return _outcome(output, errors.read(), ended.returncode)


_ENVIRONMENT = {
    "LC_ALL": "C",
    # Looking for leaks and for the names of functions takes other processes.
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=0:symbolize=0",
    "UBSAN_OPTIONS": "exitcode=99:symbolize=0",
}
_KEPT = {"LD_LIBRARY_PATH"}

_KILLED = {
    signal.SIGSYS: "it asked for a system call that it had given up",
    signal.SIGXCPU: "it used more time than it may",
    signal.SIGXFSZ: "it wrote more than it may",
    signal.SIGKILL: "it used more time than it may, or was killed by somebody else",
}


def _outcome(report: Iterable[bytes], errors: bytes, status: int) -> Outcome:
    complaints: list[Complaint] = []
    failures: list[Failure] = []
    scenarios = 0
    confined: Mapping[str, bool] = {}
    if status < 0:
        name = signal.Signals(-status).name
        why = _KILLED.get(signal.Signals(-status), "it crashed")
        complaints.append(Complaint(None, f"the program was ended by {name}: {why}"))
    for line in report:
        try:
            record = json.loads(line)
        except ValueError:
            complaints.append(Complaint(None, "the report breaks off"))
            break
        if record["type"] == "program":
            confined = record["confined"]
        elif record["type"] == "self-test" and record["status"] != "pass":
            complaints += [Complaint(None, f"self-test: {name}") for name in record["failed"]]
        elif record["type"] == "scenario":
            scenarios += 1
            failures += _failures(record)
    if status not in (0, 1) and not complaints:
        words = errors.decode(errors="replace").strip("= \n").splitlines()
        complaints.append(Complaint(None, words[0] if words else f"status {status}"))
    return Outcome(scenarios, tuple(failures), tuple(complaints), confined)


def _failures(record: Mapping[str, Any]) -> Iterator[Failure]:
    events = tuple(record.get("events", ()))
    for name, check in record["checks"].items():
        if check["status"] == "fail":
            yield Failure(record["id"], name, check.get("detail", ""), events)
