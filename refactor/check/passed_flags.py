"""The findings about flags of one call: `bypasses-helper`, `open-coded-flag`, `missing-flag`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refactor.c.flags import FlagSet, or_terms
from refactor.c.syntax import Node
from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Code, Finding, at
from refactor.match.flags import Site
from refactor.plan.split import component_of


def check(evidence: Evidence) -> Iterator[Finding]:
    """What each call passes, and should pass."""
    for file, definition in evidence.definitions():
        for site, flags in evidence.passed(file, definition):
            yield from _check_site(evidence, file, site, flags)


def _check_site(
    evidence: Evidence, file: CheckedFile, site: Site, flags: FlagSet
) -> Iterator[Finding]:
    component = component_of(file.blob.path)
    effective = evidence.effective(flags, component)
    missing = sorted(evidence.required - effective.possible)
    through = evidence.call in flags.possible

    def finding(code: Code, message: str, where: Node = site.argument) -> Finding:
        return at(
            file.source, where, code, message, component, site.function.name, subject=site.call
        )

    callee, argument = evidence.rule.flags.call.name, evidence.rule.flags.argument
    if evidence.is_converted and not through:
        lacks = f", so {_and(missing)} {_is(missing)} missing" if missing else ""
        message = f"{callee}() gets its {argument} without {evidence.call}{lacks}"
        yield finding(Code.BYPASSES_HELPER, message)
    elif through:
        returned = evidence.in_force(component).always & set(evidence.rule.flags.remove)
        for term in or_terms(site.argument):
            name = file.source.text(term).decode(errors="replace")
            if name in returned:
                yield finding(Code.OPEN_CODED_FLAG, f"{evidence.call} returns {name} already", term)
    elif missing and not flags.unknown:
        yield finding(Code.MISSING_FLAG, f"{callee}() is called without {_and(missing)}")
    if missing and flags.unknown and not through:
        message = f"nobody can tell from here what {_and(flags.unknown)} {_is(flags.unknown)}"
        yield finding(Code.CANNOT_JUDGE, f"{message}, so {_and(missing)} may be missing")


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)


def _is(names: Iterable[str]) -> str:
    return "is" if len(list(names)) == 1 else "are"
