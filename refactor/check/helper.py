"""Findings about the helper itself: its definitions, what they return, and its prototypes."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import Evidence, Helper, exclusive, is_weak, weak_word
from refactor.check.finding import Code, Finding, Related, at
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """All findings about the helper."""
    name = evidence.call
    for source, node in evidence.prototypes:
        if is_weak(source, node, node.end_byte):
            where = weak_word(source, node, node.end_byte)
            message = f"a weak prototype makes every definition of {name} weak"
            yield at(
                source, where, Code.WEAK_PROTOTYPE, message, component_of(source.path), subject=node
            )
    for helper in evidence.helpers:
        if helper.component == GENERIC and not helper.weak:
            message = f"the generic {name} is not weak, so no architecture can override it"
            yield _on(helper, Code.STRONG_HELPER, message)
        yield from _returned(evidence, helper)
    yield from _two_weak(evidence)


def _on(helper: Helper, code: Code, message: str, *related: Related) -> Finding:
    function = helper.function
    return at(
        helper.source, function.name_node, code, message, helper.component, function.name, related
    )


def _returned(evidence: Evidence, helper: Helper) -> Iterator[Finding]:
    name = evidence.call
    if helper.flags.unknown:
        message = f"nobody can tell what {name} returns: {', '.join(helper.flags.unknown)}"
        yield _on(helper, Code.CANNOT_JUDGE, message)
        return
    generic = [each for each in evidence.helpers if each.component == GENERIC]
    if helper.component == GENERIC or not generic:
        missing = sorted(evidence.required - helper.flags.possible)
        if missing:
            yield _on(helper, Code.MISSING_FLAG, f"{name} does not return {' and '.join(missing)}")
        return
    dropped = sorted(generic[0].flags.always - helper.flags.always)
    if dropped:
        place = generic[0].source.place(generic[0].function.name_node.start_byte)
        message = f"{name} of {helper.component} drops {' and '.join(dropped)}"
        related = Related(place, f"the generic one returns {generic[0].flags}")
        yield _on(helper, Code.OVERRIDE_DROPS_FLAG, message, related)


def _two_weak(evidence: Evidence) -> Iterator[Finding]:
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
                yield _on(helper, Code.TWO_WEAK_HELPERS, message, related)
                break


def _excluded(one: Helper, other: Helper) -> bool:
    """True if at most one of the two is compiled."""
    components = {one.component, other.component}
    if len(components) == 2 and GENERIC not in components:
        return True
    offsets = one.function.node.start_byte, other.function.node.start_byte
    return one.source.path == other.source.path and exclusive(one.source, *offsets)
