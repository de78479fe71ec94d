"""From a tree and a rule of edits to an ordered list of patches, and an account of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refactor.c.syntax import SourceFile, parse
from refactor.errors import Place, RefusedError
from refactor.match.file import Conforming, Hit
from refactor.match.verdict import Reason
from refactor.plan.facts import vintage_of
from refactor.plan.helper import FileChange, Patch, Plan
from refactor.plan.scan import Progress, Remark, behind, remark_on, too_large
from refactor.plan.split import component_of
from refactor.rewrite.file import Result, rewrite
from refactor.rule.edits import EditRule
from refactor.rule.model import GENERIC
from refactor.tree.tree import KernelTree

# Mentions that nobody would take for a place to edit: they are counted, and told of in one line.
QUIET = (
    Reason.DECLARED,
    Reason.TEXT,
    Reason.CONDITION,
    Reason.REFERENCE,
    Reason.MEMBER,
    Reason.DISABLED,
)

SHOWN = 3
"""How many places a note names."""

EVERYWHERE = ("**",)


@dataclass(frozen=True, slots=True)
class Change:
    """One place that was changed; `before` and `after` are code, in one line each."""

    number: int
    """Of the edit in the rule."""
    place: Place
    function: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditPatch(Patch):
    """What a rule of edits changes for one component, or for all of them."""

    changes: tuple[Change, ...]

    @property
    def places(self) -> int:
        """How many places are changed."""
        return len(self.changes)


@dataclass(frozen=True, slots=True)
class EditPlan(Plan):
    """What a rule of edits does to a tree."""

    rule: EditRule
    patches: tuple[EditPatch, ...]


def make(tree: KernelTree, rule: EditRule, progress: Progress = lambda _: None) -> EditPlan:
    """Apply `rule` to `tree`.

    Raises RefusedError where the rule has nothing to do with this tree. What cannot be rewritten is
    in `EditPlan.refused`, not raised.
    """
    vintage = vintage_of(tree, rule)
    if vintage.refuse:
        raise RefusedError(vintage.refuse, place=Place(str(tree.root)), hint=vintage.hint)
    progress("searching the tree")
    searching = tree.search(rule.searched, rule.paths)
    everywhere = tree.search(rule.replaced, EVERYWHERE) if rule.replaced else list
    refused = behind(tree.outward_links(rule.paths))
    paths = {*searching(), *rule.inserted}
    outside = sorted({*everywhere()} - paths)
    sizes = tree.sizes(paths)
    large = too_large(sizes)
    refused += large.values()
    work = _Work()
    for path, blob in tree.read(paths - large.keys()).items():
        progress(path)
        source = parse(path, blob.data)
        work.add(source, blob.mode, rewrite(source, rule))
    for path in sorted(rule.inserted - sizes.keys()):
        work.refused.append(
            Remark(Place(path), Reason.ANCHOR, "there is no such file", "", GENERIC)
        )
    if not (work.changed or work.conforming or work.refused or refused or work.skipped):
        raise RefusedError(
            f"rule {rule.id} matches nothing: no use of {' or '.join(rule.words)} under "
            + ", ".join(rule.paths),
            place=Place(str(tree.root)),
            hint="is this the whole kernel?",
        )
    return EditPlan(
        rule=rule,
        vintage=vintage,
        base=tree.base,
        patches=tuple(_patches(rule, work)),
        refused=tuple(sorted((*refused, *work.refused), key=_by_place)),
        skipped=tuple(sorted(work.skipped, key=_by_place)),
        conforming=tuple(sorted(work.conforming, key=_by_place)),
        mentions=work.mentions,
        notes=(*_notes(work.quiet), *_elsewhere(rule, outside)),
    )


class _Work:
    """What was found so far."""

    def __init__(self) -> None:
        self.changed: list[tuple[FileChange, tuple[Change, ...]]] = []
        self.refused: list[Remark] = []
        self.skipped: list[Remark] = []
        self.quiet: list[Remark] = []
        self.conforming: list[Remark] = []
        self.mentions = 0

    def add(self, source: SourceFile, mode: str, result: Result) -> None:
        self.mentions += 1
        self.refused += [remark_on(source, each) for each in result.refused]
        for each in result.skipped:
            kept = self.quiet if each.reason in QUIET else self.skipped
            kept.append(remark_on(source, each))
        for one in result.conforming:
            self.conforming.append(_conforming(source, one))
        if result.after != result.before:
            change = FileChange(source.path, mode, result.before, result.after)
            self.changed.append((change, tuple(_change(source, hit) for hit in result.hits)))


def _conforming(source: SourceFile, one: Conforming) -> Remark:
    place = source.place(one.where.start)
    return Remark(place, Reason.CONFORMING, "", one.function, component_of(source.path))


def _change(source: SourceFile, hit: Hit) -> Change:
    return Change(hit.number, source.place(hit.where.start), hit.function, hit.before, hit.after)


def _patches(rule: EditRule, work: _Work) -> Iterator[EditPatch]:
    """One patch for each component, or one for all of them if no part would build alone."""
    groups: dict[str, list[tuple[FileChange, tuple[Change, ...]]]] = {}
    for change, changes in sorted(work.changed, key=lambda one: one[0].path):
        component = GENERIC if rule.single else component_of(change.path)
        groups.setdefault(component, []).append((change, changes))
    for component in sorted(groups, key=lambda name: (name != GENERIC, name)):
        yield EditPatch(
            component=component,
            files=tuple(change for change, _ in groups[component]),
            changes=tuple(each for _, changes in groups[component] for each in changes),
        )


def _elsewhere(rule: EditRule, paths: Sequence[str]) -> Iterator[str]:
    """The files that the rule does not look into, and that mention what it changes."""
    if paths:
        shown = ", ".join(paths[:SHOWN])
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        names = " or ".join(rule.replaced)
        count = f"{len(paths)} file{'s' if len(paths) > 1 else ''}"
        yield f"{count} outside of the rule's paths with {names}, not changed: {shown}{more}"


def _notes(quiet: Sequence[Remark]) -> Iterator[str]:
    """For each reason: how many mentions there are for it, and where the first ones are."""
    by_reason: dict[Reason, list[Remark]] = {}
    for remark in sorted(quiet, key=_by_place):
        by_reason.setdefault(remark.reason, []).append(remark)
    for reason, remarks in by_reason.items():
        shown = ", ".join(f"{each.place.path}:{each.place.line}" for each in remarks[:SHOWN])
        more = f" and {len(remarks) - SHOWN} more" if len(remarks) > SHOWN else ""
        yield f"{len(remarks)} mentioned only, {reason}: {shown}{more}"


def _by_place(remark: Remark) -> tuple[str, int, int]:
    return remark.place.path, remark.place.line or 0, remark.place.column or 0
