"""The finding `weak-prototype`: it makes every definition weak."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence, is_weak, weak_word
from refactor.check.finding import Code, Finding, at
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """Prototypes of the helper that are weak."""
    message = f"a weak prototype makes every definition of {evidence.call} weak"
    for source, node in evidence.prototypes:
        if is_weak(source, node, node.end_byte):
            where = weak_word(source, node, node.end_byte)
            yield at(
                source, where, Code.WEAK_PROTOTYPE, message, component_of(source.path), subject=node
            )
