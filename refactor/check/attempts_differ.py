"""The finding `attempts-differ`: two calls of one definition pass different flags."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from refactor.c.flags import FlagSet
from refactor.c.syntax import SourceFile
from refactor.check.evidence import CheckedFile, Evidence, exclusive
from refactor.check.finding import Code, Finding, Related, at
from refactor.match.entry import Definition
from refactor.match.flags import Site
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """The first call that differs from one before it, for each definition."""
    for file, definition in evidence.definitions():
        yield from _in_definition(evidence, file, definition)


def _in_definition(
    evidence: Evidence, file: CheckedFile, definition: Definition
) -> Iterator[Finding]:
    component = component_of(file.blob.path)
    for (first, one), (second, other) in combinations(evidence.passed(file, definition), 2):
        if one.unknown or other.unknown:
            continue
        starts = first.call.start_byte, second.call.start_byte
        if exclusive(file.source, *starts) or _alternatives(file.source, first, second):
            continue
        if _compared(evidence, one, component) != _compared(evidence, other, component):
            line = file.source.place(first.call.start_byte).line
            message = f"this attempt passes {other}, but the one in line {line} passes {one}"
            related = [Related(file.source.place(first.argument.start_byte), f"it passes {one}")]
            yield at(
                file.source, second.argument, Code.ATTEMPTS_DIFFER, message, component,
                second.function.name, related, second.call,
            )  # fmt: skip
            return


def _compared(evidence: Evidence, flags: FlagSet, component: str) -> tuple[frozenset[str], ...]:
    effective = evidence.effective(flags, component)
    neutral = evidence.catalog.neutral.keys()
    return effective.always - neutral, effective.maybe - neutral


def _alternatives(source: SourceFile, first: Site, second: Site) -> bool:
    """True for two functions of one name: only one of them is compiled."""
    same = first.function.name == second.function.name
    return same and first.function.node.start_byte != second.function.node.start_byte
