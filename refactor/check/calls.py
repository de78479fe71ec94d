"""Findings about the calls of a definition: what they pass, or that they cannot pass anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from refactor.c.flags import FlagSet, or_terms
from refactor.c.syntax import Function, Node, SourceFile
from refactor.check.catalog import Guard
from refactor.check.evidence import CheckedFile, Evidence, calls, exclusive
from refactor.check.finding import Code, Finding, Related, at
from refactor.match.entry import Definition
from refactor.match.flags import Site
from refactor.match.verdict import Reason, Refused
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC
from refactor.tree.kconfig import Selection


def check(evidence: Evidence) -> Iterator[Finding]:
    """All findings about calls."""
    for file, definition in evidence.definitions():
        passed = _passed(evidence, file, definition)
        for site, flags in passed:
            yield from _check_site(evidence, file, site, flags)
        yield from _attempts(evidence, file, passed)
        yield from _without_flags(evidence, file, definition)
    for file in evidence.checked:
        for refused in file.found.refused:
            yield _refused(evidence, file, refused)
    yield from _outside(evidence)
    for guard in evidence.catalog.guards:
        if evidence.vintage.name in guard.vintages:
            yield from _guarded(evidence, guard)


Passed = list[tuple[Site, FlagSet]]


def _passed(evidence: Evidence, file: CheckedFile, definition: Definition) -> Passed:
    reader = evidence.reader(file.source, definition.reached)
    return [(site, reader.read(site.argument, site.function)) for site in definition.sites]


# ---------------------------------------------------------------------------- one call


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

    callee, argument = evidence.rule.flags.call.name, evidence.rule.flags.argument.removeprefix("$")
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


def _attempts(evidence: Evidence, file: CheckedFile, passed: Passed) -> Iterator[Finding]:
    """The first call that differs from one before it, for each definition."""
    component = component_of(file.blob.path)
    for (first, one), (second, other) in combinations(passed, 2):
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


# ---------------------------------------------------------------------------- no flags at all


def _without_flags(
    evidence: Evidence, file: CheckedFile, definition: Definition
) -> Iterator[Finding]:
    """Allocators without flags; those that only help to put memory together are no matter."""
    by_hand = [
        (function, name, call)
        for function in definition.reached
        for name, call in calls(function)
        if name in evidence.catalog.by_hand
    ]
    for function, name, call in by_hand[:1]:
        yield _by_hand(evidence, file, name, call, function.name)
    argument = evidence.rule.flags.argument.removeprefix("$")
    what = f"{evidence.call} has no way in" if evidence.is_converted else "none can be passed"
    for skipped in definition.skipped:
        helps = any(
            not exclusive(file.source, call.start_byte, skipped.where.start)
            for _, _, call in by_hand
        )
        if skipped.reason is Reason.UNFLAGGED and not helps:
            message = f"{skipped.about[0]}() takes no {argument}, so {what}"
            yield at(
                file.source, skipped.where, Code.NO_FLAGS, message, component_of(file.blob.path),
                skipped.function,
            )  # fmt: skip


def _by_hand(
    evidence: Evidence, file: CheckedFile, name: str, where: Node, function: str
) -> Finding:
    message = f"{function}() puts its memory together by hand, beginning with {name}()"
    component = component_of(file.blob.path)
    return at(file.source, where, Code.AREA_BY_HAND, message, component, function)


def _refused(evidence: Evidence, file: CheckedFile, refused: Refused) -> Finding:
    function = file.source.function_at(refused.where.start)
    if refused.reason is Reason.ALLOCATOR and function is not None:
        for each in _with_static(file.source, function):
            for name, call in calls(each):
                if name in evidence.catalog.by_hand:
                    return _by_hand(evidence, file, name, call, each.name)
    message = f"{evidence.rule.entry}() cannot be judged: {refused.message}"
    name = refused.function or evidence.rule.entry
    component = component_of(file.blob.path)
    return at(file.source, refused.where, Code.CANNOT_JUDGE, message, component, name)


def _with_static(source: SourceFile, function: Function) -> Iterator[Function]:
    """`function`, and the static functions that it calls, and so on."""
    queue, seen = [function], {function.name}
    for each in queue:
        yield each
        called = {name for name, _ in calls(each)} & source.static_names
        queue += [other for other in source.functions if other.name in called - seen]
        seen |= called


def _outside(evidence: Evidence) -> Iterator[Finding]:
    """Files that were not even read."""
    for each in evidence.unread:
        message = f"the file cannot be judged: {each.verdict.message}"
        yield Finding(Code.CANNOT_JUDGE, message, each.place, each.place, each.component)


# ---------------------------------------------------------------------------- options and flags


def _guarded(evidence: Evidence, guard: Guard) -> Iterator[Finding]:
    """Architectures that select an option while a call of theirs lacks the flag it takes."""
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
    for site, flags in _passed(evidence, file, definition):
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


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)


def _is(names: Iterable[str]) -> str:
    return "is" if len(list(names)) == 1 else "are"
