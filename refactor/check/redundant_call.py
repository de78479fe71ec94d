"""Findings about calls that the helper has made unnecessary: what another rule would drop."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Code, Finding, at
from refactor.match.verdict import Reason
from refactor.plan.split import component_of
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.model import GENERIC


def check(evidence: Evidence) -> Iterator[Finding]:
    """What the rule would drop where every allocation of the entry has the flag by now."""
    redundant = evidence.catalog.redundant
    settled = _settled(evidence)
    if not settled:
        return  # and the rule, which takes its time to load, has nothing to do
    program = Program(redundant.rule.edits)
    for file in evidence.checked:
        component = component_of(file.blob.path)
        if component not in settled or not _may_have(evidence, file):
            continue
        for change in rewrite_all(file.blob.path, file.blob.data, program).changes:
            message = f"{evidence.call} returns {redundant.flag}, so {change.before} does nothing"
            yield at(
                file.source, change.where, Code.REDUNDANT_CALL, message, component, change.function
            )


def _may_have(evidence: Evidence, file: CheckedFile) -> bool:
    """True for a file with a word that the rule is about."""
    return any(word.encode() in file.blob.data for word in evidence.catalog.redundant.words)


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
    for file in evidence.checked:
        component = component_of(file.blob.path)
        if file.found.refused:
            sound[component] = False
        elif component not in sound:  # it uses the generic definition
            sound[component] = sound.get(GENERIC, False)
    settled = {component for component, is_sound in sound.items() if is_sound}
    matter = evidence.options[redundant.option].keys() | {GENERIC}
    return settled if not (sound.keys() & matter) - settled else settled - {GENERIC}
