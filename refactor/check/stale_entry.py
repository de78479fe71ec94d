"""The finding `stale-entry`: a definition that nothing calls in this vintage."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.syntax import Node
from refactor.check.evidence import Evidence
from refactor.check.finding import Code, Finding, at
from refactor.match.verdict import Reason
from refactor.plan.split import component_of
from refactor.text import Span


def check(evidence: Evidence) -> Iterator[Finding]:
    """Definitions that should be gone from the tree."""
    vintage = evidence.vintage
    if vintage.name not in evidence.catalog.unified:
        return
    entry = evidence.rule.entry
    message = f"nothing calls {entry}() in this tree any more: {vintage.hint or vintage.refuse}"
    for file in evidence.checked:
        found = file.found
        skipped = [each for each in found.skipped if each.reason is not Reason.DISABLED]
        places: list[Node | Span] = [each.function.name_node for each in found.definitions]
        places += [each.where for each in found.refused]
        places += [each.where for each in skipped]
        for where in places:
            component = component_of(file.blob.path)
            yield at(file.source, where, Code.STALE_ENTRY, message, component, entry)
