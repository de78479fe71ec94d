"""The ways to check a tree: for a rule with a helper, for semantic patches, for any other rule, and
for several of these one after the other. Each checks several states of one tree, and looks once at
what they have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from refactor.check.catalog import Catalog, Doc, HelperCatalog, load_plain
from refactor.check.finding import Code, Finding
from refactor.commands.common import Request, check_required, narrowed_to
from refactor.plan.search import KCONFIG, Searches, search
from refactor.resources import data_root
from refactor.rule.model import HelperRule, Policy, Rule
from refactor.tree.tree import KernelTree

if TYPE_CHECKING:  # What is imported in functions is needed no sooner than git is searching.
    from refactor.check.evidence import CheckedFile
    from refactor.check.kept import Kept
    from refactor.check.matrix import Row
    from refactor.check.patches import Checker
    from refactor.plan.plan import Memory
    from refactor.plan.scan import Progress


class Checking(ABC):
    """Checks several states of one tree, and reads each file of them once."""

    rule: Rule
    catalog: Catalog
    progress: Progress
    vintage = ""
    """What the tree is that was checked last."""
    found: list[Finding]
    """Every finding of it."""

    @abstractmethod
    def check(self, tree: KernelTree) -> list[Finding]:
        """Every finding of a tree."""

    def concerns(self, finding: Finding, component: str) -> bool:
        """True if a finding is about a component."""
        return finding.component == component

    def components(self) -> set[str]:
        """The components that are known to be in the tree."""
        return {finding.component for finding in self.found}

    def rows(self, tree: KernelTree, findings: Sequence[Finding]) -> tuple[Row, ...]:
        """The matrix, for a rule that has one."""
        return ()

    @property
    def globs(self) -> list[str]:
        """What is looked into."""
        landmarks = [file for vintage in self.rule.vintages for file in vintage.landmarks]
        return [*self.rule.paths, *landmarks]


class PlainChecking(Checking):
    """For a rule of which nothing is known but its edits."""

    def __init__(
        self, rule: Rule, policy: Policy | None, catalog: Catalog, progress: Progress
    ) -> None:
        self.rule = rule
        self.policy = policy
        self.catalog = catalog
        self.progress = progress
        self.memory: Memory = {}

    def check(self, tree: KernelTree) -> list[Finding]:
        self.progress("searching the tree")
        searches = search(tree, self.rule.outline)
        from refactor.check.plain import check
        from refactor.plan.facts import vintage_of

        vintage = vintage_of(tree, self.rule)
        if not vintage.refuse:
            check_required(tree, self.rule, self.progress)
        self.vintage = vintage.name
        self.found = check(
            tree, self.rule, self.policy, vintage,
            self.catalog, self.progress, searches, self.memory,
        )  # fmt: skip
        return self.found


class HelperChecking(Checking):
    """For a rule with a helper, and findings of its own."""

    def __init__(
        self,
        rule: HelperRule,
        policy: Policy,
        catalog: HelperCatalog,
        progress: Progress,
        begun: Searches | None,
    ) -> None:
        self.begun = begun
        """Of the first tree, if there is no other."""
        self.rule: HelperRule = rule
        self.policy = policy
        self.catalog: HelperCatalog = catalog
        self.progress = progress
        self.memory: dict[str, CheckedFile] = {}

    def check(self, tree: KernelTree) -> list[Finding]:
        self.progress("searching the tree")
        searches = self.begun or self.catalog.search(tree, self.rule)
        from refactor.check.check import gather, judge

        self.evidence = gather(
            tree, self.rule, self.policy, self.catalog, self.progress, self.memory, searches
        )
        self.vintage = self.evidence.vintage.name
        self.found = judge(self.evidence)
        return self.found

    def concerns(self, finding: Finding, component: str) -> bool:
        return self.evidence.concerns(finding, component)

    def components(self) -> set[str]:
        return self.evidence.components

    def rows(self, tree: KernelTree, findings: Sequence[Finding]) -> tuple[Row, ...]:
        from refactor.check.matrix import matrix

        return matrix(self.evidence, tree, findings)

    @property
    def globs(self) -> list[str]:
        return [*super().globs, *self.catalog.paths, *KCONFIG]


class PatchesChecking(Checking):
    """For semantic patches: what they match, in one pass for all of them."""

    def __init__(
        self,
        checkers: Sequence[Checker],
        request: Request,
        progress: Progress,
        *,
        fixes: bool,
        is_kept: bool,
    ) -> None:
        self.checkers = [
            replace(each, rule=narrowed_to(each.rule, request.paths)) for each in checkers
        ]
        self.rule = _together([each.rule for each in self.checkers])
        plain = plain_catalog()
        docs = {**patch_docs(checkers), Code.CANNOT_JUDGE: plain.docs[Code.CANNOT_JUDGE]}
        self.catalog = replace(plain, docs=docs)
        self.jobs = request.jobs
        self.fixes = fixes
        self.progress = progress
        self.is_kept = is_kept
        self.vintage = "any"

    def check(self, tree: KernelTree) -> list[Finding]:
        self.progress("searching the tree")
        from refactor.check.patches import check, words_of

        searched = tree.search(words_of(self.checkers), self.rule.paths)
        self.found = check(
            tree, self.checkers, searched, self._kept, self.progress,
            jobs=self.jobs, fixes=self.fixes,
        )  # fmt: skip
        return self.found

    @cached_property
    def _kept(self) -> Kept:
        """What was found in files by these patches, in other states of the tree too."""
        from refactor.check.kept import Kept, place

        about = [b"fixes" if self.fixes else b"", *(each.about for each in self.checkers)]
        return Kept(about, place() if self.is_kept else None)


class ManyChecking(Checking):
    """For rules of several kinds, one kind after the other."""

    def __init__(self, each: Sequence[Checking]) -> None:
        self.each = each
        self.rule = _together([one.rule for one in each])
        docs = {code: doc for one in each for code, doc in one.catalog.docs.items()}
        self.catalog = replace(plain_catalog(), docs=docs)
        self.progress = each[0].progress

    def check(self, tree: KernelTree) -> list[Finding]:
        from refactor.check.finding import fingerprints

        found = [finding for one in self.each for finding in one.check(tree)]
        found.sort(key=lambda one: (one.place.path, one.place.line or 0, one.place.column or 0))
        self.vintage = next((one.vintage for one in self.each if one.vintage), "any")
        named = zip(found, fingerprints(found), strict=True)
        self.found = [replace(one, fingerprint=name) for one, name in named]
        return self.found

    def concerns(self, finding: Finding, component: str) -> bool:
        return any(one.concerns(finding, component) for one in self.each)

    def components(self) -> set[str]:
        return set[str]().union(*(one.components() for one in self.each))

    @property
    def globs(self) -> list[str]:
        return [glob for one in self.each for glob in one.globs]


def _together(rules: Sequence[Rule]) -> Rule:
    """What stands for several rules where one is asked for: in a summary, or in a baseline."""
    if len(rules) == 1:
        return rules[0]
    paths = tuple(dict.fromkeys(path for rule in rules for path in rule.paths))
    vintages = tuple({each.name: each for rule in rules for each in rule.vintages}.values())
    name = ", ".join(rule.id for rule in rules) if len(rules) <= NAMED else f"{len(rules)} rules"
    return Rule(
        id=name, summary=name, source="", text="", paths=paths, vintages=vintages,
        prefix="", prefixes={}, cases=(), edits=(),
    )  # fmt: skip


NAMED = 3
"""How many rules a summary names."""


def patch_docs(checkers: Sequence[Checker]) -> dict[str, Doc]:
    """The pages of the findings of semantic patches."""
    return {doc.code: doc for each in checkers for doc in each.docs}


def plain_catalog() -> Catalog:
    return load_plain(data_root() / "rules" / "findings" / "every-rule.toml")
