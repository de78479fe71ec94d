"""Every architecture of a tree at a glance: what its definition does, and what it selects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refactor.findings.evidence import Evidence
from refactor.findings.finding import Finding, Level
from refactor.match import Definition
from refactor.rules import GENERIC
from refactor.survey import File, component_of
from refactor.tree import KernelTree


@dataclass(frozen=True, slots=True)
class Row:
    """One architecture. `own` is where its definition of the entry is; empty: the generic one."""

    component: str
    own: str
    through_helper: bool | None
    """None if there is no call that could go through it."""
    flags: tuple[str, ...]
    """What the calls pass, each different answer once; the helper's flags are not written out."""
    options: Mapping[str, str]
    """For each option that is selected: the condition, or an empty text."""
    verdict: str


def matrix(evidence: Evidence, tree: KernelTree, findings: Sequence[Finding]) -> tuple[Row, ...]:
    """A row for generic code, and one for each architecture."""
    kconfigs = tree.search(["config", "menu", "source"], ["arch/*/Kconfig"])()
    components = {component_of(path) for path in kconfigs}
    components |= {component_of(file.blob.path) for file in evidence.survey.found} - {GENERIC}
    own: dict[str, list[tuple[File, Definition]]] = {}
    for file, definition in evidence.definitions():
        own.setdefault(component_of(file.blob.path), []).append((file, definition))
    return tuple(
        _row(evidence, component, own.get(component, []), findings)
        for component in (GENERIC, *sorted(components - {GENERIC}))
    )


def _row(
    evidence: Evidence,
    component: str,
    own: Sequence[tuple[File, Definition]],
    findings: Sequence[Finding],
) -> Row:
    flags, through = [], []
    for file, definition in own:
        reader = evidence.reader(file.source, definition.reached)
        for site in definition.sites:
            read = reader.read(site.argument, site.function)
            flags.append(str(read))
            through.append(evidence.call in read.possible)
        flags += [skipped.note for skipped in definition.skipped if skipped.note]
    places = [
        place
        for file in evidence.survey.found
        if component_of(file.blob.path) == component
        for place in _definitions(file, evidence.rule.entry)
    ]
    return Row(
        component=component,
        own=", ".join(places),
        through_helper=all(through) if through else None,
        flags=tuple(dict.fromkeys(flags)),
        options={
            option: " or ".join(selected[component].conditions)
            for option, selected in evidence.options.items()
            if component in selected
        },
        verdict=_verdict(component, findings) or ("-" if evidence.vintage.refuse else "ok"),
    )


def _definitions(file: File, entry: str) -> list[str]:
    """Where a file defines `entry`; what was refused, if no definition can be seen."""
    source = file.source
    names = [each.name_node.start_byte for each in source.functions if each.name == entry]
    offsets = [name for name in names if not source.is_disabled(name)]
    offsets = offsets or [refused.where.start for refused in file.found.refused]
    return [str(source.place(offset)) for offset in offsets]


def _verdict(component: str, findings: Sequence[Finding]) -> str:
    """The codes that count, the worst first."""
    own = [each for each in findings if each.component == component and each.counts]
    own.sort(key=lambda finding: list(Level).index(finding.level))
    return ", ".join(dict.fromkeys(finding.code for finding in own))
