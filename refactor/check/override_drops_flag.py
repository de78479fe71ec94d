"""The finding `override-drops-flag`, and what the generic helper lacks."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence, Helper
from refactor.check.finding import Code, Finding, Related
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """What the definitions of the helper return, and should return."""
    for helper in evidence.helpers:
        yield from _returned(evidence, helper)


def _returned(evidence: Evidence, helper: Helper) -> Iterator[Finding]:
    name = evidence.call
    if helper.flags.unknown:
        message = f"nobody can tell what {name} returns: {', '.join(helper.flags.unknown)}"
        yield helper.finding(Code.CANNOT_JUDGE, message)
        return
    generic = [each for each in evidence.helpers if each.component == GENERIC]
    if helper.component == GENERIC or not generic:
        missing = sorted(evidence.required - helper.flags.possible)
        if missing:
            yield helper.finding(
                Code.MISSING_FLAG, f"{name} does not return {' and '.join(missing)}"
            )
        return
    dropped = sorted(generic[0].flags.always - helper.flags.always)
    if dropped:
        place = generic[0].source.place(generic[0].function.name_node.start_byte)
        message = f"{name} of {helper.component} drops {' and '.join(dropped)}"
        related = Related(place, f"the generic one returns {generic[0].flags}")
        yield helper.finding(Code.OVERRIDE_DROPS_FLAG, message, related)
