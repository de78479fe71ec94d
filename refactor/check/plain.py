"""Findings of a rule of which nothing is known but its edits: what it would do in a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from refactor.c.syntax import parse
from refactor.check.catalog import Catalog
from refactor.check.finding import Code, Finding, at, fingerprints
from refactor.check.fixes import share_out
from refactor.errors import Place
from refactor.match.verdict import Change, NotApplicable, Refused
from refactor.plan.plan import QUIET, Memory, Work, apply
from refactor.plan.scan import Progress
from refactor.plan.search import Searches
from refactor.plan.split import component_of
from refactor.rewrite.file import Rewritten
from refactor.rule.model import GENERIC, Policy, Rule, Vintage
from refactor.tree.tree import Blob, KernelTree


def check(
    tree: KernelTree,
    rule: Rule,
    policy: Policy | None,
    vintage: Vintage,
    catalog: Catalog,
    progress: Progress,
    searches: Searches,
    memory: Memory,
) -> list[Finding]:
    """Every finding in a tree, by path, line and column.

    `memory` has what became of the files of another state of the tree.
    """
    if vintage.refuse:
        found = [nothing_to_check(rule, vintage)]
    else:
        work = apply(tree, rule, policy, vintage, searches, progress, memory)
        found = list(_findings(work))
    found = [replace(each, level=catalog.docs[each.code].level) for each in found]
    found.sort(key=lambda each: (each.place.path, each.place.line or 0, each.place.column or 0))
    names = fingerprints(found)
    named = zip(found, names, strict=True)
    return [replace(each, fingerprint=name) for each, name in named]


def nothing_to_check(rule: Rule, vintage: Vintage) -> Finding:
    """Said of a tree that the rule has nothing to do with, where that can be seen."""
    landmarks = [header for each in rule.vintages for header in each.landmarks]
    place = Place((*vintage.landmarks, *landmarks)[0], 1, 1)
    return Finding(Code.NOTHING_TO_CHECK, vintage.refuse, place, place, GENERIC)


def _findings(work: Work) -> Iterator[Finding]:
    for _, result in work.rewritten:
        found = list(_in_file(result))
        blob = Blob(result.path, result.before)
        yield from share_out(found, {Code.NOT_FOLLOWED}, blob, partial(_after, result))
    files = {result.path for _, result in work.rewritten}
    for each in work.refused:
        if each.place.path not in files:
            message = f"the file cannot be judged: {each.verdict.message}"
            yield Finding(Code.CANNOT_JUDGE, message, each.place, each.place, each.component)


def _after(result: Rewritten) -> bytes:
    return result.after


def _in_file(result: Rewritten) -> Iterator[Finding]:
    source = None
    for verdict in result.verdicts:
        match verdict:
            case Change(before=before, after=after):
                code, message = Code.NOT_FOLLOWED, _told(before, after)
            case Refused():
                code, message = Code.CANNOT_JUDGE, f"this cannot be judged: {verdict.message}"
            case NotApplicable(reason=reason) if reason not in QUIET:
                code, message = Code.NOT_APPLICABLE, verdict.message
            case _:
                continue
        source = source or parse(result.path, result.before)
        component = component_of(result.path)
        yield at(source, verdict.where, code, message, component, verdict.function)


def _told(before: str, after: str) -> str:
    """What the rule would do, in one line."""
    if before and after:
        return f"the rule makes `{before}` into `{after}`"
    if after:
        return f"the rule brings `{after}`"
    return f"the rule drops `{before}`" if before else "the rule changes this"
