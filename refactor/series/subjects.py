"""How the subjects of a divided change begin, and how no two of them come out the same."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from refactor.plan.divide import folder_of
from refactor.plan.plan import Plan
from refactor.plan.split import Patch
from refactor.rule.model import GENERIC, Rule
from refactor.tree.history import prefixes
from refactor.tree.tree import KernelTree

COLUMNS = 75
"""Width of a body and of a subject (Documentation/process/submitting-patches.rst)."""

TAIL = len(" (999/999)")
"""What a tail may take, in columns."""


def with_subjects(tree: KernelTree, plan: Plan) -> Plan:
    """The plan with a prefix for each patch that the rule has none for, and no subject twice.

    A prefix comes from the rule, else from the history of the files, else from their path.
    """
    if plan.divided_by in ("arch", "one"):
        return plan
    unsaid = {
        patch.component: [change.path for change in patch.files]
        for patch in plan.patches
        if not _is_said(plan.rule, patch)
    }
    if not unsaid:
        return plan
    known = prefixes(tree, unsaid)
    columns = COLUMNS - len(plan.rule.subject) - len(": ")
    named = [
        replace(patch, prefix=_fitting(plan.rule, known.get(patch.component), patch, columns))
        if patch.component in unsaid
        else replace(patch, prefix=plan.rule.subject_prefix(patch.component))
        for patch in plan.patches
    ]
    return replace(plan, patches=tuple(_told_apart(plan.rule, named, columns)))


def _is_said(rule: Rule, patch: Patch) -> bool:
    """True if the rule says how the subject begins: for this component, or for every one alike."""
    return patch.component in rule.prefixes or "{component}" not in rule.prefix


def _fitting(
    rule: Rule, prefix: str | None, patch: Patch, columns: int, *, is_whole: bool = False
) -> str:
    if prefix is not None and len(prefix) - 1 <= columns:
        return prefix
    folder = _of_path(patch, columns, is_whole)
    return f"{folder}:" if folder else rule.subject_prefix(GENERIC)


def _of_path(patch: Patch, columns: int, is_whole: bool) -> str:
    """The folder that the files share, or the one file, without the top folder unless `is_whole`.

    Its first parts go if it would be too long: the last ones tell the reader more.
    """
    paths = [change.path for change in patch.files]
    stem = os.path.splitext(paths[0])[0] if len(paths) == 1 else folder_of(paths)
    parts = stem.split("/")
    parts = parts[1:] if len(parts) > (2 if len(paths) == 1 else 1) and not is_whole else parts
    parts = parts[:-1] if parts[-1] in parts[-2:-1] else parts
    while len(parts) > 1 and len("/".join(parts)) > columns:
        parts = parts[1:]
    return "/".join(parts)


def _told_apart(rule: Rule, patches: Sequence[Patch], columns: int) -> Iterator[Patch]:
    """Patches with the same prefix get the one of their path, or a number behind the subject."""
    several = _doubled(patches)
    tried = [
        replace(patch, prefix=_fitting(rule, None, patch, columns - TAIL, is_whole=True))
        if patch.prefix in several
        else patch
        for patch in patches
    ]
    number, numbers = Counter[str](), Counter(patch.prefix for patch in tried)
    for patch in tried:
        of = numbers[patch.prefix]
        number[patch.prefix] += 1
        tail = f"({number[patch.prefix]}/{of})" if of > 1 else ""
        yield replace(patch, tail=tail)


def _doubled(patches: Sequence[Patch]) -> set[str]:
    return {prefix for prefix, n in Counter(patch.prefix for patch in patches).items() if n > 1}
