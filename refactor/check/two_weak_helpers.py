"""The finding `two-weak-helpers`: the linker takes either."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence, Helper, exclusive
from refactor.check.finding import Code, Finding, Related
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """Weak definitions of the helper that can meet another one in a kernel."""
    weak = [helper for helper in evidence.helpers if helper.weak]
    weak.sort(key=lambda each: each.component != GENERIC)
    for number, helper in enumerate(weak):
        for other in weak[:number]:
            if not _excluded(helper, other):
                place = other.source.place(other.function.name_node.start_byte)
                message = (
                    f"{evidence.call} has another weak definition, and the linker takes either"
                )
                related = Related(place, "it is here")
                yield helper.finding(Code.TWO_WEAK_HELPERS, message, related)
                break


def _excluded(one: Helper, other: Helper) -> bool:
    """True if at most one of the two is compiled."""
    components = {one.component, other.component}
    if len(components) == 2 and GENERIC not in components:
        return True
    offsets = one.function.node.start_byte, other.function.node.start_byte
    return one.source.path == other.source.path and exclusive(one.source, *offsets)
