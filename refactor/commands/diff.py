"""`treewide diff`: what a series would change, as one diff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refactor.commands.common import Prepared, Request, check_committed, prepared
from refactor.errors import UsageError
from refactor.plan.plan import Plan
from refactor.plan.scan import Progress
from refactor.series.commits import Identity, Series, build, diff

if TYPE_CHECKING:
    from refactor.series.message import Message

NOBODY = Identity("treewide", "treewide@localhost")
"""The author of commits that nobody will see."""


@dataclass(frozen=True, slots=True)
class Diffed:
    """The plan, narrowed to what was asked for, and its diff."""

    plan: Plan
    diff: bytes
    messages: tuple[Message, ...] = ()


def run(
    request: Request,
    archs: tuple[str, ...],
    git_options: tuple[str, ...],
    progress: Progress,
    *,
    with_messages: bool = False,
) -> Diffed:
    """Diff the tree against what the rule makes of it; `archs` narrows to some components."""
    ready = prepared(request, progress, with_facts=with_messages)
    plan = narrowed(ready.plan, archs)
    if not plan.patches:
        return Diffed(plan, b"")
    check_committed(ready.tree, plan)
    messages = _messages(ready, plan) if with_messages else ()
    subjects = tuple(f"{patch.component}\n" for patch in plan.patches)
    with build(ready.tree, Series(plan.patches, subjects), NOBODY) as repository:
        return Diffed(plan, diff(repository, *git_options), messages)


def _messages(ready: Prepared, plan: Plan) -> tuple[Message, ...]:
    from refactor.series.message import Writer

    return tuple(Writer(plan, ready.facts(), ready.templates).messages())


def narrowed(plan: Plan, archs: tuple[str, ...]) -> Plan:
    """The plan for some components only. Raises UsageError for one that the rule does not meet."""
    if not archs:
        return plan
    every = {patch.component for patch in plan.patches}
    for told in (plan.refused, plan.skipped, plan.conforming):
        every |= {each.component for each in told}
    for arch in archs:
        if arch not in every:
            known = ", ".join(sorted(every)) or "none"
            raise UsageError(f"the rule meets no {arch!r} in this tree", hint=f"it meets: {known}")
    return replace(
        plan,
        patches=tuple(patch for patch in plan.patches if patch.component in archs),
        refused=tuple(each for each in plan.refused if each.component in archs),
        skipped=tuple(each for each in plan.skipped if each.component in archs),
        conforming=tuple(each for each in plan.conforming if each.component in archs),
    )
