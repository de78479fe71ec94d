"""From a tree to its findings: what it has, the checks, the levels, the fixes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from refactor.c.syntax import Node, parse
from refactor.check import calls, helper, redundant
from refactor.check.catalog import HelperCatalog
from refactor.check.evidence import CheckedFile, Evidence
from refactor.check.finding import Code, Finding, at, fingerprints
from refactor.check.fixes import attach
from refactor.check.plain import nothing_to_check
from refactor.errors import Place
from refactor.match.entry import find
from refactor.match.file import File
from refactor.match.mentions import concerns
from refactor.match.verdict import Reason
from refactor.plan.facts import macros_of, options_of, vintage_of
from refactor.plan.resolve import check_policy
from refactor.plan.scan import Progress, behind, scan
from refactor.plan.search import Searches
from refactor.plan.split import component_of
from refactor.rule.edits import Program
from refactor.rule.model import GENERIC, HelperRule, Policy
from refactor.text import Span
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
    unread = behind(tree.outward_links(rule.paths))
    options = options_of(tree, catalog.options.keys(), searches.kconfigs)
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
        words = [word.encode() for word in catalog.redundant.rule.words]
        for blob in used:
            if any(word in blob.data for word in words):
                look(blob)
    checked.sort(key=lambda file: file.blob.path)
    known = frozenset[str]().union(*macros.values())
    return Evidence(rule, policy, catalog, vintage, known, checked, unread, options)


def judge(evidence: Evidence) -> list[Finding]:
    """Every finding, by path, line and column, with its level, its fix and its fingerprint."""
    found = list(_refused_vintage(evidence) if evidence.vintage.refuse else _findings(evidence))
    docs = evidence.catalog.docs
    levelled = [replace(finding, level=docs[finding.code].level) for finding in found]
    found = sorted(attach(evidence, levelled), key=_by_place)
    names = fingerprints(found)
    return [replace(each, fingerprint=name) for each, name in zip(found, names, strict=True)]


def _findings(evidence: Evidence) -> Iterator[Finding]:
    yield from calls.check(evidence)
    yield from helper.check(evidence)
    yield from redundant.check(evidence)
    if not evidence.is_converted:
        yield from _not_converted(evidence)


def _not_converted(evidence: Evidence) -> Iterator[Finding]:
    """Said once, where the helper would go."""
    message = f"there is no {evidence.call} in this tree, so only the flags themselves are checked"
    for file, definition in evidence.definitions():
        if component_of(file.blob.path) == GENERIC:
            name = definition.function.name_node
            yield at(
                file.source, name, Code.NOT_CONVERTED, message, GENERIC, definition.function.name
            )
            return
    place = Place(evidence.rule.helper.header, 1, 1)
    yield Finding(Code.NOT_CONVERTED, message, place, place, GENERIC)


def _refused_vintage(evidence: Evidence) -> Iterator[Finding]:
    """A tree that the rule has nothing to do with, and definitions that should be gone from it."""
    vintage = evidence.vintage
    yield nothing_to_check(evidence.rule, vintage)
    if vintage.name not in evidence.catalog.unified:
        return
    entry = evidence.rule.entry
    message = f"nothing calls {entry}() in this tree any more: {vintage.hint or vintage.refuse}"
    for file in evidence.checked:
        found = file.found
        skipped = [each for each in found.skipped if each.reason is not Reason.DISABLED]
        places: list[Node | Span] = [each.function.name_node for each in found.definitions]
        places += [each.where for each in found.refused]
        places += [each.where for each in skipped]
        for where in places:
            component = component_of(file.blob.path)
            yield at(file.source, where, Code.STALE_ENTRY, message, component, entry)


def _by_place(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return place.path, place.line or 0, place.column or 0, finding.code
