"""Every architecture of a tree at a glance: what its definition does, and what it selects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Finding, Level
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC
from refactor.tree.tree import KernelTree


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
    components |= {component_of(file.blob.path) for file in evidence.checked} - {GENERIC}
    return tuple(
        _row(evidence, component, evidence.files.get(component, ()), findings)
        for component in (GENERIC, *sorted(components - {GENERIC}))
    )


def _row(
    evidence: Evidence,
    component: str,
    files: Sequence[CheckedFile],
    findings: Sequence[Finding],
) -> Row:
    flags, through = [], []
    for file in files:
        for definition in file.found.definitions:
            reader = evidence.reader(file.source, definition.reached)
            for site in definition.sites:
                read = reader.read(site.argument, site.function)
                flags.append(str(read))
                through.append(evidence.call in read.possible)
            flags += [skipped.note for skipped in definition.skipped if skipped.note]
    verdict = _verdict(each for each in findings if evidence.concerns(each, component))
    return Row(
        component=component,
        own=", ".join(_places(files, evidence.rule.entry)),
        through_helper=all(through) if through else None,
        flags=tuple(dict.fromkeys(flags)),
        options={
            option: " or ".join(selected[component].conditions)
            for option, selected in evidence.options.items()
            if component in selected
        },
        verdict=verdict or ("-" if evidence.vintage.refuse else "ok"),
    )


def _places(files: Sequence[CheckedFile], entry: str) -> Iterator[str]:
    """Where files define `entry`; what was refused, if no definition can be seen."""
    for file in files:
        source = file.source
        names = [each.name_node.start_byte for each in source.functions if each.name == entry]
        offsets = [name for name in names if not source.is_disabled(name)]
        for offset in offsets or [refused.where.start for refused in file.found.refused]:
            yield str(source.place(offset))


def _verdict(findings: Iterable[Finding]) -> str:
    """The codes that count, the worst first."""
    counting = [each for each in findings if each.counts]
    counting.sort(key=lambda finding: list(Level).index(finding.level))
    return ", ".join(dict.fromkeys(finding.code for finding in counting))
