"""From a tree to its findings: the survey, the checks, the levels, the fixes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from refactor.c.syntax import Node
from refactor.check import calls, helper
from refactor.check import redundant as uses
from refactor.check.catalog import Catalog
from refactor.check.evidence import Evidence
from refactor.check.finding import Code, Finding, at, fingerprints
from refactor.check.fixes import attach
from refactor.errors import Place, UsageError
from refactor.match.verdict import Reason
from refactor.plan.facts import macros_of, options_of, vintage_of
from refactor.plan.scan import File, Progress, survey
from refactor.plan.search import Searches
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC, HelperRule, Policy
from refactor.text import Span
from refactor.tree.tree import KernelTree


def gather(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy,
    catalog: Catalog,
    progress: Progress,
    memory: dict[str, File] | None = None,
    searches: Searches | None = None,
) -> Evidence:
    """Read what the findings need to know of a tree. Raises as `refactor.plan.helper.make` does.

    `memory` is that of `refactor.plan.scan.survey`; `searches` are the catalog's, if they run.
    """
    progress("searching the tree")
    searches = searches or catalog.search(tree, rule)
    macros = macros_of(tree, rule)
    vintage = vintage_of(tree, rule, macros)
    if not vintage.refuse and policy.body(vintage.name) is None:
        raise UsageError(
            f"policy {policy.name} has no helper for a tree of the {vintage.name} vintage",
            hint="choose another one with --policy",
        )
    links = tree.outward_links(rule.paths)
    options = options_of(tree, catalog.options.keys(), searches.kconfigs)
    telling = partial(uses.may_have, rule, catalog)
    surveyed = survey(tree, rule, searches.sources, links, progress, telling, memory)
    known = frozenset[str]().union(*macros.values())
    return Evidence(rule, policy, catalog, vintage, known, surveyed, options)


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
    yield from uses.check(evidence)
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
    headers = [header for each in evidence.rule.vintages for header in each.macros]
    place = Place((*vintage.files, *headers)[0], 1, 1)
    yield Finding(Code.NOTHING_TO_CHECK, vintage.refuse, place, place, GENERIC)
    if vintage.name not in evidence.catalog.unified:
        return
    entry = evidence.rule.entry
    message = f"nothing calls {entry}() in this tree any more: {vintage.hint or vintage.refuse}"
    for file in evidence.survey.found:
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
