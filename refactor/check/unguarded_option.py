"""The finding `unguarded-option`: an option is selected, and a call lacks the flag it takes."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.check.catalog import Guard
from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Code, Finding, Related, at
from refactor.match.entry import Definition
from refactor.match.flags import Site
from refactor.match.verdict import Reason
from refactor.rule.model import GENERIC
from refactor.tree.kconfig import Selection


def check(evidence: Evidence) -> Iterator[Finding]:
    """Architectures that select an option while a call of theirs lacks the flag it takes."""
    for guard in evidence.catalog.guards:
        if evidence.vintage.name in guard.vintages:
            yield from _guarded(evidence, guard)


def _guarded(evidence: Evidence, guard: Guard) -> Iterator[Finding]:
    for component, selection in evidence.options[guard.option].items():
        if component not in evidence.files:
            yield from _unguarded_generic(evidence, guard, component, selection)
        for file in evidence.files.get(component, ()):
            for definition in file.found.definitions:
                yield from _unguarded(evidence, guard, component, selection, file, definition)


def _unguarded(
    evidence: Evidence,
    guard: Guard,
    component: str,
    selection: Selection,
    file: CheckedFile,
    definition: Definition,
) -> Iterator[Finding]:
    condition = f" (if {', or if '.join(selection.conditions)})" if selection.conditions else ""
    why = f"{component} selects {guard.option}{condition}"
    related = [Related(selection.place, f"{guard.option} is selected here")]
    for site in _lacking(evidence, guard, component, file, definition):
        message = f"{why}, but this call passes no {guard.flag}"
        yield at(
            file.source, site.argument, Code.UNGUARDED_OPTION, message, component,
            site.function.name, related, site.call,
        )  # fmt: skip
    for skipped in definition.skipped:
        if skipped.reason is Reason.UNFLAGGED and not guard.through.isdisjoint(skipped.about):
            message = f"{why}, but {skipped.about[0]}() cannot pass {guard.flag}"
            yield at(
                file.source, skipped.where, Code.UNGUARDED_OPTION, message, component,
                skipped.function, related,
            )  # fmt: skip


def _lacking(
    evidence: Evidence, guard: Guard, component: str, file: CheckedFile, definition: Definition
) -> Iterator[Site]:
    for site, flags in evidence.passed(file, definition):
        effective = evidence.effective(flags, component)
        if guard.flag not in effective.possible and not effective.unknown:
            yield site


def _unguarded_generic(
    evidence: Evidence,
    guard: Guard,
    component: str,
    selection: Selection,
) -> Iterator[Finding]:
    """The same for an architecture that uses the generic definition: it is said at the select."""
    lacking = [
        (file, site)
        for file in evidence.files.get(GENERIC, ())
        for definition in file.found.definitions
        for site in _lacking(evidence, guard, component, file, definition)
    ]
    for file, site in lacking[:1]:
        place = file.source.place(site.argument.start_byte)
        message = (
            f"{component} selects {guard.option} and uses the generic {evidence.rule.entry}(), "
            f"which does not pass {guard.flag}"
        )
        yield Finding(
            Code.UNGUARDED_OPTION, message, selection.place, selection.place, component,
            site.function.name, guard.option.encode(),
            related=(Related(place, f"the generic call, without {guard.flag}"),),
        )  # fmt: skip
