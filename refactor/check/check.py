"""From a tree to its findings: what it has, the checks, the levels, the fixes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from refactor.c.syntax import parse
from refactor.check import (
    area_by_hand,
    attempts_differ,
    cannot_judge,
    no_flags,
    not_converted,
    override_drops_flag,
    passed_flags,
    redundant_call,
    stale_entry,
    strong_helper,
    two_weak_helpers,
    unguarded_option,
    weak_prototype,
)
from refactor.check.catalog import HelperCatalog
from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Finding, fingerprints
from refactor.check.fixes import attach
from refactor.check.plain import nothing_to_check
from refactor.match.entry import find
from refactor.match.file import File
from refactor.match.mentions import concerns
from refactor.match.verdict import Refused
from refactor.plan.facts import macros_of, options_of, vintage_of
from refactor.plan.resolve import check_policy
from refactor.plan.scan import Progress, behind, scan
from refactor.plan.search import Searches
from refactor.plan.split import Placed
from refactor.rule.edits import Program
from refactor.rule.model import HelperRule, Policy
from refactor.tree.tree import Blob, KernelTree


def gather(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy,
    catalog: HelperCatalog,
    progress: Progress,
    memory: dict[str, CheckedFile],
    searches: Searches | None = None,
) -> Evidence:
    """Read what the findings need to know of a tree. Raises as `refactor.plan.plan.make` does.

    What `memory` has of another state of the tree is taken from there where a file has the same
    bytes; `searches` are those of the catalog, if they run.
    """
    progress("searching the tree")
    searches = searches or catalog.search(tree, rule)
    macros = macros_of(tree, rule)
    vintage = vintage_of(tree, rule, macros)
    if not vintage.refuse:
        check_policy(policy, vintage)
    unread: list[Placed[Refused]] = []
    name = rule.helper.name.encode()
    program = Program(rule.edits)
    checked: list[CheckedFile] = []
    used: list[Blob] = []

    def look(blob: Blob) -> None:
        progress(blob.path)
        file = memory.get(blob.path)
        if file is None or file.blob != blob:
            source = parse(blob.path, blob.data)
            file = CheckedFile(blob, source, find(File(source), rule.flags))
            memory[blob.path] = file
        checked.append(file)

    # A file is looked at as soon as it is found, while git is searching for the others.
    for each in scan(tree, searches.sources):
        if not isinstance(each, Blob):
            unread.append(each)
        elif name in each.data or concerns(each.path, each.data, program):
            look(each)
        else:
            used.append(each)
    if any(name in file.blob.data for file in checked):
        words = [word.encode() for word in catalog.redundant.words]
        for blob in used:
            if any(word in blob.data for word in words):
                look(blob)
    # To ask git for more while it searches would be to wait for it.
    unread = [*behind(tree.unread(rule.paths)), *unread]
    options = options_of(tree, catalog.options.keys(), searches.kconfigs)
    checked.sort(key=lambda file: file.blob.path)
    known = frozenset[str]().union(*macros.values())
    return Evidence(rule, policy, catalog, vintage, known, checked, unread, options)


def judge(evidence: Evidence) -> list[Finding]:
    """Every finding, by path, line and column, with its level, its fix and its fingerprint."""
    docs = evidence.catalog.docs
    levelled = [replace(finding, level=docs[finding.code].level) for finding in _findings(evidence)]
    found = sorted(attach(evidence, levelled), key=_by_place)
    names = fingerprints(found)
    return [replace(each, fingerprint=name) for each, name in zip(found, names, strict=True)]


CHECKS = (
    passed_flags.check,
    attempts_differ.check,
    no_flags.check,
    area_by_hand.check,
    cannot_judge.check,
    unguarded_option.check,
    weak_prototype.check,
    strong_helper.check,
    two_weak_helpers.check,
    override_drops_flag.check,
    redundant_call.check,
    not_converted.check,
)
"""Each is named by the finding that it makes."""


def _findings(evidence: Evidence) -> Iterator[Finding]:
    if evidence.vintage.refuse:
        yield nothing_to_check(evidence.rule, evidence.vintage)
        yield from stale_entry.check(evidence)
    else:
        for check in CHECKS:
            yield from check(evidence)


def _by_place(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return place.path, place.line or 0, place.column or 0, finding.code
