"""`treewide check`: does a tree, or a patch that is not applied yet, follow the pattern?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.check.catalog import Catalog, Doc, load
from refactor.check.finding import Code, Finding
from refactor.commands.common import Opened, Request, find_helper_rule, opened
from refactor.errors import UsageError
from refactor.plan.search import KCONFIG, Searches
from refactor.rule.model import GENERIC, HelperRule
from refactor.tree.tree import KernelTree

if TYPE_CHECKING:  # What is imported in functions is needed no sooner than git is searching.
    from refactor.check.matrix import Row
    from refactor.plan.scan import File, Progress
    from refactor.tree.patched import Step


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of `check` say. Raises UsageError for those that do not go together."""

    patches: tuple[str, ...] = ()
    archs: tuple[str, ...] = ()
    baseline: Path | None = None
    write_baseline: bool = False
    matrix: bool = False
    fix: bool = False
    diffs: bool = False
    """Give each finding's fix as a diff, too."""

    def __post_init__(self) -> None:
        if self.write_baseline and self.baseline is None:
            raise UsageError("--write-baseline needs the name of the file", hint="--baseline FILE")
        if "" in self.patches:
            raise UsageError("--patch names no file")
        instead = {
            "--fix": self.fix,
            "--matrix": self.matrix,
            "--write-baseline": self.write_baseline,
        }
        chosen = [name for name, given in instead.items() if given]
        if len(chosen) > 1:
            raise UsageError(f"{chosen[0]} and {chosen[1]} do not go together")


@dataclass(frozen=True, slots=True)
class Result:
    """The findings, by path and line, and what goes with them."""

    rule: HelperRule
    catalog: Catalog
    vintage: str
    base: str | None
    findings: tuple[Finding, ...]
    diffs: tuple[bytes, ...] = ()
    rows: tuple[Row, ...] = ()
    fix: bytes = b""
    accepted: int = 0
    """How many findings the baseline has taken away."""
    notes: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """True if there is no error and no warning."""
        return not any(finding.counts for finding in self.findings)


def run(request: Request, options: Options, progress: Progress) -> Result:
    """Check a tree, or what patches on top of it bring."""
    ready = opened(request)
    catalog = catalog_of(ready.rule)
    checking = _Checking(ready, catalog, progress)
    notes: tuple[str, ...] = ()
    if options.patches:
        found, tree, notes = checking.patches(options.patches)
    else:
        tree = ready.tree
        found = checking.tree(tree, catalog.search(tree, ready.rule))
    everything = checking.found
    _known_archs(options.archs, tree, checking)
    if options.archs:
        concerns = checking.evidence.concerns
        found = [each for each in found if any(concerns(each, arch) for arch in options.archs)]
    from refactor.check import baseline
    from refactor.check.fixes import diffs, patch
    from refactor.check.matrix import matrix

    left, accepted, more = baseline.settle(
        found, options.baseline, ready.rule.id,
        write=options.write_baseline, whole=not (options.patches or options.archs),
    )  # fmt: skip
    rows = matrix(checking.evidence, tree, everything) if options.matrix else ()
    return Result(
        rule=ready.rule,
        catalog=catalog,
        vintage=checking.evidence.vintage.name,
        base=ready.tree.base,
        findings=tuple(left),
        diffs=tuple(diffs(tree, left)) if options.diffs else (),
        rows=tuple(row for row in rows if not options.archs or row.component in options.archs),
        fix=patch(tree, left) if options.fix else b"",
        accepted=accepted,
        notes=(*notes, *more),
    )


def explain(code: str, rule: str) -> Doc:
    """The page of a finding. Raises UsageError for a code that there is not."""
    docs = catalog_of(find_helper_rule(rule)[0]).docs
    if code not in docs:
        raise UsageError(f"no finding {code!r}", hint=f"known: {', '.join(docs)}")
    return docs[Code(code)]


def catalog_of(rule: HelperRule) -> Catalog:
    """What is known of a rule's findings; it lies in a folder beside the rule.

    Raises UsageError if there is nothing.
    """
    name = f"{rule.id}.toml"
    file = Path(rule.source).parent / "findings" / name
    if not file.is_file():
        raise UsageError(
            f"rule {rule.id} has no findings to check for", hint=f"they would stand in {file}"
        )
    return load(file, rule)


class _Checking:
    """Checks several states of one tree, and reads each file of them once."""

    def __init__(self, ready: Opened, catalog: Catalog, progress: Progress) -> None:
        self.ready = ready
        self.catalog = catalog
        self.progress = progress
        self.memory: dict[str, File] = {}

    def tree(self, tree: KernelTree, searches: Searches | None = None) -> list[Finding]:
        """Every finding of a tree, which stay in `found`; `evidence` is what they come from."""
        from refactor.check.check import gather, judge

        ready = self.ready
        self.evidence = gather(
            tree, ready.rule, ready.policy, self.catalog, self.progress, self.memory, searches
        )
        self.found = judge(self.evidence)
        return self.found

    def patches(self, sources: Sequence[str]) -> tuple[list[Finding], KernelTree, tuple[str, ...]]:
        """The findings that patches bring, each with its patch, and the tree with all of them."""
        from refactor.tree.globs import matches
        from refactor.tree.patched import RememberingTree, apply
        from refactor.tree.patches import read

        patchset = read(sources)
        self.progress("applying the patches")
        base = RememberingTree(self.ready.tree)
        steps = apply(base, patchset)
        rule = self.ready.rule
        landmarks = [file for vintage in rule.vintages for file in vintage.landmarks]
        globs = [*rule.paths, *self.catalog.paths, *KCONFIG, *landmarks]
        states = [self.tree(base)]
        for step in steps:
            self.progress(step.patch.label)
            matter = any(matches(path, globs) for path in step.touched)
            states.append(self.tree(step.tree) if matter else states[-1])
        return _brought(states, steps), steps[-1].tree, patchset.notes


def _brought(states: Sequence[Sequence[Finding]], steps: Sequence[Step]) -> list[Finding]:
    """Those of the last state that were not there before the patch from which on they are."""
    named = [{each.fingerprint for each in state} for state in states]
    brought = []
    for finding in states[-1]:
        since = len(states) - 1
        while since > 0 and finding.fingerprint in named[since - 1]:
            since -= 1
        if since > 0:
            brought.append(replace(finding, patch=steps[since - 1].patch.label))
    return brought


def _known_archs(archs: Sequence[str], tree: KernelTree, checking: _Checking) -> None:
    """Raise UsageError for an architecture that the tree does not have."""
    from refactor.plan.split import component_of

    known = {component_of(file.blob.path) for file in checking.evidence.survey.found} | {GENERIC}
    for selected in checking.evidence.options.values():
        known |= selected.keys()
    for arch in archs:
        if arch not in known and not tree.sizes([f"arch/{arch}/Kconfig"]):
            raise UsageError(
                f"there is no arch/{arch} in this tree",
                hint=f"for example: {', '.join(sorted(known))}",
            )
