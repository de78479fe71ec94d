"""Findings about calls that the helper has made unnecessary."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.assignments import values_of
from refactor.c.syntax import Function, Node, SourceFile, arguments, callee, walk
from refactor.check.catalog import Catalog
from refactor.check.evidence import Evidence, calls
from refactor.check.finding import Code, Finding, at
from refactor.match.verdict import Reason
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC, HelperRule


def check(evidence: Evidence) -> Iterator[Finding]:
    """Calls for memory of the entry where every allocation of it has the flag by now."""
    redundant = evidence.catalog.redundant
    settled = _settled(evidence)
    for file in evidence.survey.found:
        component = component_of(file.blob.path)
        if component not in settled or redundant.call.encode() not in file.blob.data:
            continue
        for function in file.source.functions:
            for name, call in calls(function):
                if name == redundant.call and _is_for_entry(evidence, file.source, function, call):
                    message = f"{evidence.call} returns {redundant.flag}, so {name}() does nothing"
                    yield at(
                        file.source, call, Code.REDUNDANT_CALL, message, component, function.name
                    )


def may_have(rule: HelperRule, catalog: Catalog, data: bytes) -> bool:
    """True for a file that may have a call to find, by its words alone."""
    redundant = catalog.redundant
    origins = (rule.entry, *(pattern.text for pattern in redundant.arguments))
    return redundant.call.encode() in data and any(each.encode() in data for each in origins)


def _settled(evidence: Evidence) -> set[str]:
    """The components whose every allocation has the flag from the helper.

    Generic code counts if that is so for all architectures, but those that do not matter.
    """
    if not evidence.is_converted:
        return set()
    redundant = evidence.catalog.redundant
    sound: dict[str, bool] = {}
    for file, definition in evidence.definitions():
        component = component_of(file.blob.path)
        reader = evidence.reader(file.source, definition.reached)
        through = all(
            evidence.call in reader.read(site.argument, site.function).always
            for site in definition.sites
        )
        flagged = all(skipped.reason is not Reason.UNFLAGGED for skipped in definition.skipped)
        returned = redundant.flag in evidence.in_force(component).always
        sound[component] = sound.get(component, True) and through and flagged and returned
    for file in evidence.survey.found:
        component = component_of(file.blob.path)
        if file.found.refused:
            sound[component] = False
        elif component not in sound:  # it uses the generic definition
            sound[component] = sound.get(GENERIC, False)
    settled = {component for component, is_sound in sound.items() if is_sound}
    matter = evidence.options[redundant.option].keys() | {GENERIC}
    return settled if not (sound.keys() & matter) - settled else settled - {GENERIC}


def _is_for_entry(evidence: Evidence, source: SourceFile, function: Function, call: Node) -> bool:
    passed = arguments(call)
    if len(passed) != 1:
        return False
    if any(
        pattern.match(source, passed[0]) is not None
        for pattern in evidence.catalog.redundant.arguments
    ):
        return True
    makers = {evidence.rule.entry, *_wrappers(evidence, source)}
    values = list(values_of(source, function, passed[0]))
    return bool(values) and all(_called(source, value) in makers for value in values)


def _wrappers(evidence: Evidence, source: SourceFile) -> Iterator[str]:
    """Static functions that return what the entry has given them, and nothing else."""
    for function in source.functions:
        if function.name not in source.static_names:
            continue
        returned = [node for node in walk(function.body) if node.type == "return_statement"]
        values = [node.named_children[0] for node in returned if node.named_children]
        if values and all(_called(source, value) == evidence.rule.entry for value in values):
            yield function.name


def _called(source: SourceFile, value: Node) -> str:
    while value.type in ("parenthesized_expression", "cast_expression") and value.named_children:
        value = value.named_children[-1]
    name = callee(value) if value.type == "call_expression" else None
    return source.text(name).decode(errors="replace") if name is not None else ""
