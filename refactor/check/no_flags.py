"""The finding `no-flags`: an allocator that takes none."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.area_by_hand import by_hand
from refactor.check.evidence import Evidence, exclusive
from refactor.check.finding import Code, Finding, at
from refactor.match.verdict import Reason
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """Allocators without flags; those that only help to put memory together are no matter."""
    argument = evidence.rule.flags.argument
    what = f"{evidence.call} has no way in" if evidence.is_converted else "none can be passed"
    for file, definition in evidence.definitions():
        helped = [call for _, _, call in by_hand(evidence, definition.reached)]
        for skipped in definition.skipped:
            helps = any(
                not exclusive(file.source, call.start_byte, skipped.where.start) for call in helped
            )
            if skipped.reason is Reason.UNFLAGGED and not helps:
                message = f"{skipped.about[0]}() takes no {argument}, so {what}"
                yield at(
                    file.source, skipped.where, Code.NO_FLAGS, message,
                    component_of(file.blob.path), skipped.function,
                )  # fmt: skip
