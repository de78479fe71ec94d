"""`treewide check`: does a tree, or a patch that is not applied yet, follow the pattern?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.check.catalog import Catalog, Doc, HelperCatalog, begin, load
from refactor.check.finding import Finding
from refactor.commands.checking import (
    Checking,
    HelperChecking,
    ManyChecking,
    PatchesChecking,
    PlainChecking,
    patch_docs,
    plain_catalog,
)
from refactor.commands.common import (
    Request,
    find_rule,
    narrowed_to,
    open_requested,
    outline_to_begin_with,
    patch_file,
    policy_of,
    toml_file,
)
from refactor.errors import RuleError, UsageError
from refactor.plan.search import Searches
from refactor.rule.model import GENERIC, HelperRule, Policy, Rule
from refactor.tree.tree import KernelTree

if TYPE_CHECKING:  # What is imported in functions is needed no sooner than git is searching.
    from refactor.check.matrix import Row
    from refactor.check.patches import Checker
    from refactor.plan.scan import Progress
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
    cache: bool = True
    """Look again only at files that are not as they were, where semantic patches are checked."""

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
class Checked:
    """The findings, by path and line, and what goes with them."""

    rule: Rule
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
    unloaded: tuple[RuleError, ...] = ()
    """Why rules of a folder are not among those that were checked."""

    @property
    def is_clean(self) -> bool:
        """True if there is no error and no warning."""
        return not any(finding.counts for finding in self.findings)


def run(request: Request, options: Options, progress: Progress) -> Checked:
    """Check a tree, or what patches on top of it bring."""
    base = open_requested(request)
    begun = _begun(base, request) if not options.patches else None
    checking, unloaded = _all_checking(request, options, progress, begun)
    rule = checking.rule
    if options.matrix and not isinstance(checking, HelperChecking):
        raise UsageError(
            f"rule {rule.id} has no matrix", hint="only one with a helper and its findings has"
        )
    notes: tuple[str, ...] = ()
    if options.patches:
        found, tree, notes = _of_patches(base, checking, options.patches)
    else:
        tree = base
        found = checking.check(tree)
    everything = found if not options.patches else checking.found
    _known_archs(options.archs, tree, checking)
    if options.archs:
        concerns = checking.concerns
        found = [each for each in found if any(concerns(each, arch) for arch in options.archs)]
    from refactor.check import baseline
    from refactor.check.fixes import diffs, patch

    left, accepted, more = baseline.settle(
        found, options.baseline, rule.id,
        write=options.write_baseline, whole=not (options.patches or options.archs),
    )  # fmt: skip
    rows = checking.rows(tree, everything) if options.matrix else ()
    return Checked(
        rule=rule,
        catalog=checking.catalog,
        vintage=checking.vintage,
        base=base.base,
        findings=tuple(left),
        diffs=tuple(diffs(tree, left)) if options.diffs else (),
        rows=tuple(row for row in rows if not options.archs or row.component in options.archs),
        fix=patch(tree, left) if options.fix else b"",
        accepted=accepted,
        notes=(*notes, *more),
        unloaded=unloaded,
    )


def explain(code: str, rule: str) -> Doc:
    """The page of a finding. Raises UsageError for a code that there is not."""
    file = patch_file(rule)
    if file is not None:
        own = patch_docs([_checker(file, file.stem, {})])
    else:
        own = dict(catalog_of(find_rule(rule)[0]).docs)
    docs = {**own, **{name: doc for name, doc in plain_catalog().docs.items() if name not in own}}
    if code not in docs:
        raise UsageError(f"no finding {code!r}", hint=f"known: {', '.join(docs)}")
    return docs[code]


def catalog_of(rule: Rule) -> Catalog:
    """What is known of a rule's findings; it lies in a folder beside the rule.

    Of a rule without such a file, or without a helper, there are the findings that every rule has.
    """
    file = _findings_beside(Path(rule.source))
    if isinstance(rule, HelperRule) and file.is_file():
        return load(file, rule)
    return plain_catalog()


def _findings_beside(file: Path) -> Path:
    """Where the findings of the rule in a file would stand."""
    return file.parent / "findings" / file.name


def _begun(tree: KernelTree, request: Request) -> Searches | None:
    """The search for what a rule with a helper and findings is about; the rule is loaded meanwhile.

    None for any other.
    """
    outline, file = outline_to_begin_with(request), toml_file(request)
    if outline is None or file is None or not _findings_beside(file).is_file():
        return None
    return begin(_findings_beside(file), tree, outline)


def _all_checking(
    request: Request, options: Options, progress: Progress, begun: Searches | None
) -> tuple[Checking, tuple[RuleError, ...]]:
    """What checks all rules that are asked for, and why some of a folder are not among them."""
    names, unloaded = _expanded(request.rules or (request.rule,))
    checkers: list[Checker] = []
    others: list[Checking] = []
    stems = [Path(name).stem for name in names]
    for name in names:
        try:
            file = patch_file(name)
            if file is not None:
                is_alone = stems.count(file.stem) == 1
                code = file.stem if is_alone else f"{file.parent.name}/{file.stem}"
                checkers.append(_checker(file, code, request.defined))
            else:
                # What -D gives is for the semantic patches among several rules.
                rule, _ = find_rule(name, request.defined if len(names) == 1 else None)
                rule = narrowed_to(rule, request.paths)
                others.append(_checking(rule, policy_of(rule, request.policy), progress, begun))
        except RuleError as error:
            if name in unloaded:
                unloaded[name] = error
            else:
                raise
    failed = tuple(each for each in unloaded.values() if each is not None)
    if checkers:
        fixes = options.fix or options.diffs
        many = PatchesChecking(checkers, request, progress, fixes=fixes, is_kept=options.cache)
        others.append(many)
    if not others:
        raise failed[0] if failed else UsageError("there is no rule in this folder")
    return (others[0] if len(others) == 1 else ManyChecking(others)), failed


def _expanded(names: Sequence[str]) -> tuple[list[str], dict[str, RuleError | None]]:
    """The rules, folders replaced by what is in them; those of folders may fail to load."""
    found: list[str] = []
    optional: dict[str, RuleError | None] = {}
    for name in names:
        folder = Path(name)
        if not folder.is_dir():
            found.append(name)
            continue
        inside = sorted(map(str, (*folder.rglob("*.cocci"), *folder.glob("*.toml"))))
        optional |= dict.fromkeys(inside)
        found += inside
    return list(dict.fromkeys(found)), optional


def _checker(file: Path, code: str, defined: Mapping[str, str]) -> Checker:
    """A semantic patch in the mode that reports, with its patch mode for the fix.

    What keeps that from being loaded is no matter here: then there is no fix.
    """
    from refactor.check.patches import checker
    from refactor.rule.smpl.load import load as load_patch

    rule = load_patch(file, defined, ("report", "context", "patch"))
    try:
        fixing = load_patch(file, {}, ("patch",)) if not defined else None
    except RuleError:
        fixing = None
    return checker(code, rule, fixing)


def _checking(
    rule: Rule, policy: Policy | None, progress: Progress, begun: Searches | None
) -> Checking:
    catalog = catalog_of(rule)
    if isinstance(rule, HelperRule) and isinstance(catalog, HelperCatalog):
        chosen = policy or rule.default_policy
        return HelperChecking(rule, chosen, catalog, progress, begun)
    return PlainChecking(rule, policy, catalog, progress)


# ---------------------------------------------------------------------------- patches


def _of_patches(
    tree: KernelTree, checking: Checking, sources: Sequence[str]
) -> tuple[list[Finding], KernelTree, tuple[str, ...]]:
    """The findings that patches bring, each with its patch, and the tree with all of them."""
    from refactor.tree.globs import matches
    from refactor.tree.patched import RememberingTree, apply
    from refactor.tree.patches import read

    patchset = read(sources)
    checking.progress("applying the patches")
    base = RememberingTree(tree)
    steps = apply(base, patchset)
    states = [checking.check(base)]
    for step in steps:
        checking.progress(step.patch.label)
        matter = any(matches(path, checking.globs) for path in step.touched)
        states.append(checking.check(step.tree) if matter else states[-1])
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


def _known_archs(archs: Sequence[str], tree: KernelTree, checking: Checking) -> None:
    """Raise UsageError for an architecture that the tree does not have."""
    known = checking.components() | {GENERIC}
    for arch in archs:
        if arch not in known and not tree.sizes([f"arch/{arch}/Kconfig"]):
            raise UsageError(
                f"there is no arch/{arch} in this tree",
                hint=f"for example: {', '.join(sorted(known))}",
            )
