"""Regular expressions of a semantic patch: a search that comes to an end.

`(a+)+$` tries the letters of a name in all groupings, and doubles its time with each letter. That
is no matter of length, so it is the time that is limited: that of this process, not that of the
clock, because a loaded machine is no fault of a rule.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 2.0
"""Seconds of user time for one search, of which nearly all take microseconds."""


class EndlessError(ValueError):
    """A search has not come to an end; `line` and `column` are those of its metavariable."""

    def __init__(self, subject: str, line: int = 0, column: int = 0) -> None:
        super().__init__(subject, line, column)
        self.subject = subject
        self.line = line
        self.column = column

    def __str__(self) -> str:
        shown = self.subject if len(self.subject) <= 40 else f"{self.subject[:40]}..."
        return f"the regular expression comes to no end on {shown}"


HINT = "a repetition in a repetition, as in (a+)+, takes twice as long for each letter more"


def is_found(
    expression: str | re.Pattern[str], subject: str, line: int = 0, column: int = 0, *,
    at_start: bool = False,
) -> bool:  # fmt: skip
    """True if an expression matches somewhere in `subject`, or at its start.

    Raises EndlessError behind `PATIENCE`, with the place that is given.
    """
    search = re.match if at_start else re.search
    with _patience(subject, line, column):
        return search(expression, subject) is not None


def replaced(expression: str | re.Pattern[str], by: str, subject: str) -> str:
    """`subject` with `by` in the place of each match, as `re.sub` writes it.

    Raises EndlessError behind `PATIENCE`, and `re.error` if `by` names a group that is not there.
    """
    with _patience(subject):
        return re.sub(expression, by, subject)


@contextmanager
def _patience(subject: str, line: int = 0, column: int = 0) -> Iterator[None]:
    """Raise EndlessError behind `PATIENCE`.

    Only the main thread, where Python handles signals, can be stopped; all that is rewritten is
    rewritten there.
    """

    def stop(*_: object) -> None:
        raise EndlessError(subject, line, column)

    try:
        former = signal.signal(signal.SIGVTALRM, stop)
    except ValueError:
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)
