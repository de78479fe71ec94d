"""Findings in the form of gcc's diagnostics, which editors and make understand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.commands.check import Checked
from refactor.errors import Place
from refactor.report.text import one_line


def lines(result: Checked) -> Iterator[str]:
    """`path:line:col: warning: message [code]`, and a note for each place related to it."""
    for finding in result.findings:
        brought = f" (brought by {finding.patch})" if finding.patch else ""
        message = one_line(f"{finding.message}{brought}")
        yield f"{_where(finding.place)}: {finding.level}: {message} [{finding.code}]"
        for related in finding.related:
            yield f"{_where(related.place)}: note: {one_line(related.message)}"


def _where(place: Place) -> str:
    """The path with the bytes that it has, for programs to find it, but no control characters."""
    return re.sub(r"[\0-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", str(place))
