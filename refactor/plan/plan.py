"""From a tree and a rule to an ordered list of patches, and a word on everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TypeVar, overload

from refactor.c.tables import TypeTable
from refactor.errors import NothingError, Place, RefusedError
from refactor.match.mentions import concerns
from refactor.match.verdict import Change, Conforming, NotApplicable, Reason, Refused
from refactor.plan.divide import ANY_WAY, Splitting, divided
from refactor.plan.facts import options_of, vintage_of
from refactor.plan.headers import Headers
from refactor.plan.prototypes import Done, change_heads, follow
from refactor.plan.resolve import Resolved, check_policy, resolve
from refactor.plan.scan import Progress, behind, scan, unread
from refactor.plan.search import Searches, search
from refactor.plan.split import (
    FileChange,
    Made,
    Patch,
    Placed,
    Placer,
    component_of,
    place_in,
    relabelled,
    split,
)
from refactor.rewrite.file import Rewritten
from refactor.rewrite.pool import spread
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program, Smpl
from refactor.rule.model import HelperRule, Policy, Rule, Vintage
from refactor.tree.kconfig import Selection
from refactor.tree.tree import Blob, KernelTree

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

V = TypeVar("V", Change, Conforming, NotApplicable, Refused)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rule does to a tree."""

    rule: Rule
    vintage: Vintage
    base: str | None
    patches: tuple[Patch, ...]
    refused: tuple[Placed[Refused], ...]
    skipped: tuple[Placed[NotApplicable], ...]
    conforming: tuple[Placed[Conforming], ...]
    notes: tuple[str, ...]
    quiet: tuple[Placed[NotApplicable], ...] = field(default=(), kw_only=True)
    """Mentions that nobody would take for a place to change."""
    divided_by: str = field(default="arch", kw_only=True)
    """How it is divided into patches: `arch`, `maintainer`, `file` or `one`."""

    @property
    def is_empty(self) -> bool:
        """True if the rule has matched nothing: nothing to change, and nothing changed already."""
        return not (self.patches or self.refused or self.conforming)

    @property
    def has_carriage_returns(self) -> bool:
        """True if a file that changes has CR LF line ends, which `git am` takes away by itself."""
        return any(change.has_carriage_returns for each in self.patches for change in each.files)


@dataclass(frozen=True, slots=True)
class HelperPlan(Plan):
    """What a rule with a helper does to a tree, and what it was resolved to."""

    rule: HelperRule
    resolved: Resolved
    options: Mapping[str, Mapping[str, Selection]]
    """For each option of the rule: the architectures that select it."""
    definitions: Mapping[Place, tuple[frozenset[str], ...]]
    """Every definition of the entry that reaches a call, and the flags of each call before."""


@overload
def make(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy | None = None,
    progress: Progress = ...,
    searches: Searches | None = None,
    jobs: int = ...,
    splitting: Splitting = ...,
    write: Write | None = ...,
) -> HelperPlan: ...


@overload
def make(
    tree: KernelTree,
    rule: Rule,
    policy: Policy | None = None,
    progress: Progress = ...,
    searches: Searches | None = None,
    jobs: int = ...,
    splitting: Splitting = ...,
    write: Write | None = ...,
) -> Plan: ...


def make(
    tree: KernelTree,
    rule: Rule,
    policy: Policy | None = None,
    progress: Progress = lambda _: None,
    searches: Searches | None = None,
    jobs: int = 1,
    splitting: Splitting = ANY_WAY,
    write: Write | None = None,
) -> Plan:
    """Apply `rule` to `tree`, where the `searches` for it may have begun.

    With `write`, each file that changes is handed over as soon as it is done, in the order of the
    paths, and the plan does not have its bytes: all of them may not fit in memory.

    Raises RefusedError where the rule has nothing to do with this tree, TreeError and UsageError as
    the tree and the policy demand. What cannot be rewritten is in `Plan.refused`, not raised.
    """
    progress("searching the tree")
    searches = searches or search(tree, rule.outline)
    vintage = vintage_of(tree, rule)
    if vintage.refuse:
        raise RefusedError(vintage.refuse, place=Place(str(tree.root)), hint=vintage.hint)
    work = apply(tree, rule, policy, vintage, searches, progress, jobs=jobs, write=write)
    if not work.has_something:
        raise _nothing(tree, rule, work.files)
    division = divided(tree, rule, work.made, splitting, component_of)
    work.rename(division.component_of)
    plan = Plan(
        rule=rule,
        vintage=vintage,
        base=tree.base,
        patches=tuple(split(work.made, division.groups)),
        refused=_in_order(work.refused),
        skipped=_in_order(work.skipped),
        conforming=_in_order(work.conforming),
        notes=tuple(work.notes(rule)),
        quiet=_in_order(work.quiet),
        divided_by=division.by,
    )
    if not isinstance(rule, HelperRule) or work.resolved is None:
        return plan
    return HelperPlan(
        **{each.name: getattr(plan, each.name) for each in fields(plan)},
        resolved=work.resolved,
        options=work.options,
        definitions=_definitions(work.rewritten),
    )


def apply(
    tree: KernelTree,
    rule: Rule,
    policy: Policy | None,
    vintage: Vintage,
    searches: Searches,
    progress: Progress,
    memory: Memory | None = None,
    jobs: int = 1,
    write: Write | None = None,
) -> Work:
    """What becomes of every file that the rule is about, in a tree that it has to do with.

    What `memory` has of another state of the tree is taken from there where a file has the same
    bytes, and the same is to be done to it.
    """
    program = Program(rule.edits)
    # Where a file depends on others, none is done before all are.
    together = change_heads(program)
    if isinstance(rule, HelperRule) or rule.inserted or together:
        write = None
    work = Work(None if together else memory, write)
    work.refused += behind(tree.unread(rule.paths))
    if isinstance(rule, HelperRule):
        _apply_helper(tree, rule, policy or rule.default_policy, vintage, searches, work, progress)
        return work
    seen = set()
    headers = Headers(tree, rule.edits)
    known = (
        (blob, headers.of(blob)) for blob in work.read(scan(tree, searches.sources, rule.inserted))
    )
    made = spread(partial(_made, program, work.memory or {}), known, _size, jobs)
    # The bytes of a file itself need not travel.
    done: Iterator[Done] = (
        (known, replace(result, before=known[0].data)) for known, result in made
    )
    if together:
        every, said = follow(tree, rule, program, list(done))
        done = iter(every)
        work.told += said
    for (blob, table), result in done:
        seen.add(blob.path)
        work.add(blob, program, table, QUIET, result)
        progress(f"{len(seen)} files, {work.places} places: {blob.path}")
    for path in sorted(rule.inserted - seen):
        work.refused.append(unread(path, Reason.ANCHOR, "there is no such file"))
    work.elsewhere = sorted({*searches.everywhere()} - seen)
    return work


def _apply_helper(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy,
    vintage: Vintage,
    searches: Searches,
    work: Work,
    progress: Progress,
) -> None:
    """The same for a rule with a helper, which has to be resolved when all files are there."""
    check_policy(policy, vintage)
    work.options = options_of(tree, rule.options, searches.kconfigs)
    helper = rule.helper.name.encode()
    blobs = [
        blob
        for blob in work.read(scan(tree, searches.sources))
        if helper in blob.data or concerns(blob.path, blob.data, Program(rule.edits))
    ]
    if not blobs and not work.refused:
        return
    work.resolved = resolve(tree, rule, policy, vintage, blobs, work.refused)
    headers = Headers(tree, rule.edits)
    more = tree.read(work.resolved.also - {blob.path for blob in blobs})
    for blob in (*blobs, *more.values()):
        progress(blob.path)
        work.add(blob, work.resolved.program(blob.path), headers.of(blob))


Known = tuple[Blob, TypeTable]
"""A file, and what its headers declare."""

Memory = dict[str, tuple[Known, Program, Rewritten]]
"""By path what became of a file."""


Write = Callable[[FileChange], None]
"""Takes a file that changes."""


def _made(program: Program, memory: Memory, known: Known) -> Rewritten:
    """What becomes of a file, without its bytes before: taken from memory, if nothing has changed
    since."""
    blob, headers = known
    before, done, result = memory.get(blob.path, (None, None, None))
    if result is None or (before, done) != (known, program):
        result = rewrite_all(blob.path, blob.data, program, headers)
    return replace(result, before=b"")


def _nothing(tree: KernelTree, rule: Rule, files: int) -> NothingError:
    words, paths = " or ".join(rule.searched), ", ".join(rule.paths)
    if files:
        what = f"not in {files} {'files' if files > 1 else 'file'} with {words} under {paths}"
    else:
        what = f"no use of {words} under {paths}"
    hint = "" if files else "is this the whole kernel?"
    return NothingError(
        f"rule {rule.id} matches nothing: {what}", place=Place(str(tree.root)), hint=hint
    )


def _has_crlf(data: bytes) -> bool:
    # A single byte is looked for twenty times as quickly as two, and hardly any file has one.
    return b"\r" in data and b"\r\n" in data


def _size(known: Known) -> int:
    return len(known[0].data)


@dataclass
class Work:
    """What was found so far; the only object here with state."""

    memory: Memory | None = None
    write: Write | None = None
    """Takes the files that change, which are not kept then."""
    resolved: Resolved | None = None
    options: Mapping[str, Mapping[str, Selection]] = field(default_factory=dict)
    elsewhere: Sequence[str] = ()
    """Files that the rule does not look into, and that mention what it takes away."""
    files: int = 0
    """How many have been looked at."""
    places: int = 0
    """How many of them are changed."""
    rewritten: list[tuple[str, Rewritten]] = field(default_factory=list)
    """Files with their modes, if they are kept."""
    made: list[Made] = field(default_factory=list)
    """Those that change."""
    told: list[str] = field(default_factory=list)
    """What has to be said of changes."""
    refused: list[Placed[Refused]] = field(default_factory=list)
    skipped: list[Placed[NotApplicable]] = field(default_factory=list)
    quiet: list[Placed[NotApplicable]] = field(default_factory=list)
    conforming: list[Placed[Conforming]] = field(default_factory=list)

    @property
    def has_something(self) -> bool:
        """False if nothing at all was found."""
        return bool(self.made or self.refused or self.skipped or self.conforming)

    def read(self, scanned: Iterable[Blob | Placed[Refused]]) -> Iterator[Blob]:
        """The files; what could not be read is refused."""
        for each in scanned:
            if isinstance(each, Blob):
                yield each
            else:
                self.refused.append(each)

    def add(
        self,
        blob: Blob,
        program: Program,
        headers: TypeTable,
        counted: Sequence[Reason] = (),
        result: Rewritten | None = None,
    ) -> None:
        """Rewrite a file, and put down what became of it; some reasons are only counted."""
        self.files += 1
        if result is None:
            result = replace(_made(program, self.memory or {}, (blob, headers)), before=blob.data)
        if self.memory is not None:
            self.memory[blob.path] = ((blob, headers), program, result)
        if self.write is None:
            self.rewritten.append((blob.mode, result))
        placer = Placer(blob.path, blob.data)
        self.refused += placer.placed(result.refused)
        self.conforming += placer.placed(result.conforming)
        for each in placer.placed(result.skipped):
            (self.quiet if each.verdict.reason in counted else self.skipped).append(each)
        made: list[Change | Conforming] = [*result.changes, *result.conforming]
        told = dict.fromkeys(each.note for each in made if each.note)
        self.told += [f"{result.path}: {note}" for note in told]
        if result.after != result.before:
            file = FileChange(
                blob.path, blob.mode, result.before, result.after, _has_crlf(result.before)
            )
            changes = tuple(placer.placed(result.changes))
            self.places += len(changes)
            if self.write is not None:
                self.write(file)
                file = file.without_bytes()
            self.made.append(Made(file, changes, result.comments))

    def rename(self, component_of: Callable[[str], str] | None) -> None:
        """Name the components of all places as the patches are divided."""
        if component_of is not None:
            self.refused = list(relabelled(self.refused, component_of))
            self.skipped = list(relabelled(self.skipped, component_of))
            self.quiet = list(relabelled(self.quiet, component_of))
            self.conforming = list(relabelled(self.conforming, component_of))

    def notes(self, rule: Rule) -> Iterator[str]:
        """What has to be said of the changes, and how many mentions there are besides."""
        if any(isinstance(edit, Smpl) and edit.compiled.feeds_itself for edit in rule.edits):
            yield f"what {rule.id} writes it would change again, so it is run once"
        yield from self.told
        by_reason: dict[Reason, list[Placed[NotApplicable]]] = {}
        for one in _in_order(self.quiet):
            by_reason.setdefault(one.verdict.reason, []).append(one)
        for reason, some in by_reason.items():
            shown = ", ".join(f"{each.place.path}:{each.place.line}" for each in some[:SHOWN])
            more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
            yield f"{len(some)} mentioned only, {reason}: {shown}{more}"
        yield from _elsewhere(rule, self.elsewhere)


def _definitions(
    rewritten: Iterable[tuple[str, Rewritten]],
) -> dict[Place, tuple[frozenset[str], ...]]:
    """Every definition that reaches a call, and the flags of each of its calls before."""
    found: dict[Place, tuple[frozenset[str], ...]] = {}
    for _, result in sorted(rewritten, key=lambda one: one[1].path):
        verdicts: list[Change | Conforming] = [*result.changes, *result.conforming]
        for each in sorted(verdicts, key=lambda one: one.where):
            if each.flags is not None and each.unit is not None:
                place = place_in(result.path, result.before, each.unit)
                found[place] = (*found.get(place, ()), frozenset(each.flags.before))
    return found


def _elsewhere(rule: Rule, paths: Sequence[str]) -> Iterator[str]:
    """The files that the rule does not look into, and that mention what it changes."""
    if paths:
        shown = ", ".join(paths[:SHOWN])
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        names = " or ".join(rule.replaced)
        count = f"{len(paths)} file{'s' if len(paths) > 1 else ''}"
        yield f"{count} outside of the rule's paths with {names}, not changed: {shown}{more}"


def _in_order(every: Iterable[Placed[V]]) -> tuple[Placed[V], ...]:
    return tuple(
        sorted(every, key=lambda one: (one.place.path, one.place.line or 0, one.place.column or 0))
    )
