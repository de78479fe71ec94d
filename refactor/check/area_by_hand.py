"""The finding `area-by-hand`: a definition puts its memory together by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refactor.c.syntax import Function, Node, SourceFile
from refactor.check.evidence import CheckedFile, Evidence, calls
from refactor.check.finding import Code, Finding, at
from refactor.match.verdict import Reason, Refused
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """The first such call of each definition, also of one that is refused for it."""
    for file, definition in evidence.definitions():
        for function, name, call in by_hand(evidence, definition.reached)[:1]:
            yield _finding(evidence, file, function, name, call)
    for file in evidence.checked:
        for refused in file.found.refused:
            for function, name, call in refused_for(evidence, file, refused)[:1]:
                yield _finding(evidence, file, function, name, call)


Call = tuple[Function, str, Node]


def by_hand(evidence: Evidence, functions: Iterable[Function]) -> list[Call]:
    """The calls with which memory is put together in some functions."""
    return [
        (function, name, call)
        for function in functions
        for name, call in calls(function)
        if name in evidence.catalog.by_hand
    ]


def refused_for(evidence: Evidence, file: CheckedFile, refused: Refused) -> list[Call]:
    """The same for a definition that is refused because nobody knows how it allocates."""
    function = file.source.function_at(refused.where.start)
    if refused.reason is not Reason.ALLOCATOR or function is None:
        return []
    return by_hand(evidence, _with_static(file.source, function))


def _finding(
    evidence: Evidence, file: CheckedFile, function: Function, name: str, call: Node
) -> Finding:
    message = f"{function.name}() puts its memory together by hand, beginning with {name}()"
    component = component_of(file.blob.path)
    return at(file.source, call, Code.AREA_BY_HAND, message, component, function.name)


def _with_static(source: SourceFile, function: Function) -> Iterator[Function]:
    """`function`, and the static functions that it calls, and so on."""
    queue, seen = [function], {function.name}
    for each in queue:
        yield each
        called = {name for name, _ in calls(each)} & source.static_names
        queue += [other for other in source.functions if other.name in called - seen]
        seen |= called
