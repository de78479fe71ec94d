"""A series for somebody to look at before it is sent: each patch with its words and recipients."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from refactor.commands.common import Prepared, Request, check_committed
from refactor.commands.diff import Diffed, narrowed
from refactor.commands.series import Options, command_line, maintainers, validated_in_model
from refactor.commands.spool import Spool, spooled
from refactor.plan.plan import Plan
from refactor.plan.scan import Progress
from refactor.series.mail import unique
from refactor.series.message import Message, Writer
from refactor.series.subjects import with_subjects
from refactor.tree.maintainers import maintainers_of


@dataclass(frozen=True, slots=True)
class Look:
    """The plan, narrowed to what was asked for, with what belongs to each of its patches."""

    plan: Plan
    tree: str
    """The name of its folder."""
    diff_of: Callable[[str], bytes] = lambda _: b""
    """From a path to the diff of that file; it is valid as long as the look is shown."""
    messages: Sequence[Message] = ()
    numbers: Sequence[int] = ()
    """The number of each patch in the whole series, from 1."""
    of: int = 0
    """How many patches the whole series has."""
    effects: Sequence[str] = ()
    """What each patch comes to, in a few words."""
    cc: Sequence[Sequence[str]] = ()
    """Whom MAINTAINERS names for each patch; nobody where there is none."""
    cover: Message | None = None
    """The cover letter, unless only some patches were asked for."""
    verdict: str = ""
    """How the series did in the model, if it was run."""


def run(
    request: Request,
    archs: tuple[str, ...],
    progress: Progress,
    show: Callable[[Look], None],
    *,
    validate: bool = False,
) -> Diffed:
    """Hand the series to `show`; `archs` narrows it to some components."""
    with spooled(request, progress, with_facts=True) as (ready, spool):
        tree = ready.tree
        ready = replace(ready, plan=with_subjects(tree, ready.plan))
        plan = narrowed(ready.plan, archs)
        if not plan.patches:
            show(Look(plan, tree.root.name))
            return Diffed(plan)
        check_committed(tree, plan)
        verdict = validated_in_model(ready, progress)[1] if validate else ""
        progress("writing the page")
        show(_look(request, ready, plan, spool, verdict))
        return Diffed(plan, is_written=True)


def _look(request: Request, ready: Prepared, plan: Plan, spool: Spool, verdict: str) -> Look:
    writer = Writer(ready.plan, ready.facts(), ready.templates, verdict)
    messages, effects = writer.messages(), writer.effects()
    cc = _recipients(ready, messages, spool)
    asked = {patch.component for patch in plan.patches}
    numbers = [
        number for number, patch in enumerate(ready.plan.patches) if patch.component in asked
    ]
    is_whole = len(numbers) == len(ready.plan.patches)
    return Look(
        plan,
        ready.tree.root.resolve().name,
        spool.diff_of,
        [messages[number] for number in numbers],
        [number + 1 for number in numbers],
        len(messages),
        [effects[number] for number in numbers],
        [cc.get(number, ()) for number in numbers],
        writer.cover(command_line(request, ready.plan, Options())) if is_whole else None,
        verdict,
    )


def _recipients(
    ready: Prepared, messages: Sequence[Message], spool: Spool
) -> Mapping[int, Sequence[str]]:
    """Whom MAINTAINERS names for each patch, as --auto-cc asks it."""
    if maintainers_of(ready.tree) is None:
        return {}
    whom = maintainers(ready, ready.plan.patches)
    texts = {}
    for number, (patch, message) in enumerate(zip(ready.plan.patches, messages, strict=True)):
        diffs = b"".join(spool.diff_of(change.path) for change in patch.files)
        lines = re.findall(rb"^(?:\+(?!\+\+ )|-(?!-- )).*\n", diffs, re.MULTILINE)
        paths = "\n".join(change.path for change in patch.files)
        texts[number] = f"{message}\n{paths}\n{b''.join(lines).decode(errors='replace')}"
    return {number: unique(every) for number, every in whom(texts).items()}
