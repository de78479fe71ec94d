"""The moments of a series at which the model is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from refactor.c.flags import or_terms
from refactor.c.syntax import SourceFile, parse, span
from refactor.match.entry import find
from refactor.match.file import File
from refactor.plan.plan import HelperPlan
from refactor.plan.split import component_of
from refactor.rule.model import HelperRule
from refactor.text import EditSet, TextEdit
from refactor.tree.tree import KernelTree


@dataclass(frozen=True, slots=True)
class State:
    """The tree at one moment: its files that differ from the base, and who is converted."""

    name: str
    files: Mapping[str, bytes]
    converted: frozenset[str]
    is_last: bool = False
    without: str = ""
    """A flag that was taken away, to see what it is good for."""


def states_of(plan: HelperPlan) -> Iterator[State]:
    """Before the series, and after each of its patches."""
    settled = {each.component for each in plan.conforming}
    changing = {patch.component for patch in plan.patches if patch.calls}
    converted = frozenset(settled - changing)
    files: dict[str, bytes] = {}
    yield State("before", {}, converted, is_last=not plan.patches)
    for number, patch in enumerate(plan.patches, 1):
        files = files | {change.path: change.after for change in patch.files}
        converted |= {patch.component}
        last = number == len(plan.patches)
        name = "after" if last else f"patch {number} ({patch.component})"
        yield State(name, files, converted, is_last=last)


def ablations_of(plan: HelperPlan, tree: KernelTree) -> Iterator[State]:
    """The base with one flag taken out of the calls that have it: what is it good for?"""
    for flag in plan.rule.flags.remove:
        if not plan.rule.flags.comments[flag]:
            continue
        files = {}
        components = set()
        paths = {
            place.path
            for place, calls in plan.definitions.items()
            if any(flag in flags for flags in calls)
        }
        for path, blob in tree.read(paths).items():
            files[path] = _without(parse(path, blob.data), plan.rule, flag)
            components.add(component_of(path))
        if files:
            yield State(f"without {flag}", files, frozenset(components), without=flag)


def _without(source: SourceFile, rule: HelperRule, flag: str) -> bytes:
    edits = []
    for definition in find(File(source), rule.flags).definitions:
        for site in definition.sites:
            terms = [source.text(term) for term in or_terms(site.argument)]
            kept = b" | ".join(term for term in terms if term != flag.encode()) or b"0"
            edits.append(TextEdit(span(site.argument), kept))
    return EditSet(dict.fromkeys(edits)).apply(source.data)
