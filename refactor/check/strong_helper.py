"""The finding `strong-helper`: the generic one cannot be overridden."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence
from refactor.check.finding import Code, Finding
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """Generic definitions of the helper that are not weak."""
    message = f"the generic {evidence.call} is not weak, so no architecture can override it"
    for helper in evidence.helpers:
        if helper.component == GENERIC and not helper.weak:
            yield helper.finding(Code.STRONG_HELPER, message)
