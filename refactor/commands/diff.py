"""`treewide diff`: what a series would change, as one diff."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refactor.commands.common import (
    Prepared,
    Request,
    check_committed,
    open_requested,
    prepared,
)
from refactor.commands.spool import PLAIN, paths_of, spooled, whole_diff
from refactor.errors import UsageError
from refactor.plan.plan import Plan
from refactor.plan.scan import Progress
from refactor.series.stream import streamed

if TYPE_CHECKING:
    from refactor.series.message import Message


@dataclass(frozen=True, slots=True)
class Diffed:
    """The plan, narrowed to what was asked for, and its diff."""

    plan: Plan
    diff: bytes = b""
    messages: tuple[Message, ...] = ()
    is_written: bool = False
    """True if the diff has been written already."""

    @property
    def differs(self) -> bool:
        """True if there is a diff."""
        return bool(self.diff) or self.is_written


def run(
    request: Request,
    archs: tuple[str, ...],
    git_options: tuple[str, ...],
    progress: Progress,
    *,
    with_messages: bool = False,
) -> Diffed:
    """Diff the tree against what the rule makes of it; `archs` narrows to some components."""
    if with_messages or git_options == PLAIN:
        with spooled(request, progress, with_facts=with_messages) as (ready, spool):
            plan, messages = _asked(ready, archs, with_messages=with_messages)
            return Diffed(plan, spool.diff(paths_of(plan)), messages)
    # Of a diff with colours, or its figures, git is asked as a whole.
    ready = prepared(request, progress, with_facts=False)
    plan, _ = _asked(ready, archs, with_messages=False)
    return Diffed(plan, whole_diff(ready.tree, plan, git_options) if plan.patches else b"")


def _asked(
    ready: Prepared, archs: tuple[str, ...], *, with_messages: bool
) -> tuple[Plan, tuple[Message, ...]]:
    """What was asked for of a plan, and the messages of its patches."""
    if with_messages:
        from refactor.series.subjects import with_subjects

        ready = replace(ready, plan=with_subjects(ready.tree, ready.plan))
    plan = narrowed(ready.plan, archs)
    if not plan.patches:
        return plan, ()
    check_committed(ready.tree, plan)
    return plan, _messages(ready, plan) if with_messages else ()


def run_streamed(
    request: Request,
    git_options: tuple[str, ...],
    progress: Progress,
    write: Callable[[bytes], object],
    *,
    at_once: bool,
    in_pieces: bool = True,
) -> Diffed:
    """Hand the diff to `write`, the files as they come, so that memory does not grow with them.

    That begins at the end, when it is sure that there is one, and from which state of the tree;
    with `at_once`, where no commit has to be looked at, with the first file. `in_pieces` is False
    for options of git that say something of all files together.
    """
    tree = open_requested(request)
    with tempfile.TemporaryFile() as spool:
        is_direct = at_once and tree.base is None
        target = write if is_direct else spool.write
        with streamed(tree, git_options, target, in_pieces=in_pieces) as differ:
            ready = prepared(request, progress, with_facts=False, write=differ.add, tree=tree)
        plan = ready.plan
        if not plan.patches:
            return Diffed(plan)
        check_committed(tree, plan)
        if differ.is_empty:  # a rule that has to know all of its files first
            write(whole_diff(tree, plan, git_options))
        spool.seek(0)
        while chunk := spool.read(CHUNK):
            write(chunk)
        return Diffed(plan, is_written=True)


CHUNK = 1024 * 1024


def _messages(ready: Prepared, plan: Plan) -> tuple[Message, ...]:
    """Those of the patches that the plan is narrowed to, as the whole series has them."""
    from refactor.series.message import Writer

    every = Writer(ready.plan, ready.facts(), ready.templates).messages()
    asked = {patch.component for patch in plan.patches}
    return tuple(
        message
        for patch, message in zip(ready.plan.patches, every, strict=True)
        if patch.component in asked
    )


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
