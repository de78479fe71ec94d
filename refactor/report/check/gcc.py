"""Findings in the form of gcc's diagnostics, which editors and make understand."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.commands.check import Result
from refactor.report.check.people import printable


def lines(result: Result) -> Iterator[str]:
    """`path:line:col: warning: message [code]`, and a note for each place related to it."""
    for finding in result.findings:
        brought = f" (brought by {finding.patch})" if finding.patch else ""
        message = printable(f"{finding.message}{brought}")
        yield f"{finding.place}: {finding.level}: {message} [{finding.code}]"
        for related in finding.related:
            yield f"{related.place}: note: {printable(related.message)}"
