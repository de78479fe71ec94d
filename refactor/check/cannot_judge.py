"""The finding `cannot-judge`: definitions and files of which nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.area_by_hand import refused_for
from refactor.check.evidence import Evidence
from refactor.check.finding import Code, Finding, at
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """What is refused, unless it is known for what, and files that were not even read."""
    entry = evidence.rule.entry
    for file in evidence.checked:
        for refused in file.found.refused:
            if not refused_for(evidence, file, refused):
                message = f"{entry}() cannot be judged: {refused.message}"
                component = component_of(file.blob.path)
                name = refused.function or entry
                yield at(file.source, refused.where, Code.CANNOT_JUDGE, message, component, name)
    for each in evidence.unread:
        message = f"the file cannot be judged: {each.verdict.message}"
        yield Finding(Code.CANNOT_JUDGE, message, each.place, each.place, each.component)
