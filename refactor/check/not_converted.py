"""The finding `not-converted`: there is no helper yet."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence
from refactor.check.finding import Code, Finding, at
from refactor.errors import Place
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """Said once, where the helper would go."""
    if evidence.is_converted:
        return
    message = f"there is no {evidence.call} in this tree, so only the flags themselves are checked"
    for file, definition in evidence.definitions():
        if component_of(file.blob.path) == GENERIC:
            name = definition.function.name_node
            yield at(
                file.source, name, Code.NOT_CONVERTED, message, GENERIC, definition.function.name
            )
            return
    place = Place(evidence.rule.helper.header, 1, 1)
    yield Finding(Code.NOT_CONVERTED, message, place, place, GENERIC)
