"""A series for somebody to look at before it is sent: each patch with its words and recipients."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from refactor.commands.common import (
    Prepared,
    Request,
    check_committed,
    open_requested,
    prepared,
)
from refactor.commands.diff import Diffed, narrowed, whole_diff
from refactor.commands.series import Options, command_line, maintainers, validated_in_model
from refactor.plan.plan import Plan
from refactor.plan.scan import Progress
from refactor.plan.split import FileChange
from refactor.series.mail import unique
from refactor.series.message import Message, Writer
from refactor.series.stream import streamed
from refactor.series.subjects import with_subjects
from refactor.tree.maintainers import maintainers_of
from refactor.values import dataclass

PLAIN = ("--color=never",)


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
    """Hand the series to `show`; `archs` narrows it to some components.

    The diffs wait in a temporary file, so that memory does not grow with them.
    """
    tree = open_requested(request)
    with tempfile.TemporaryFile() as file:
        spool = _Spool(file)
        with streamed(tree, PLAIN, spool.write) as differ:

            def write(change: FileChange) -> None:
                spool.expect(change.path)
                differ.add(change)

            ready = prepared(request, progress, with_facts=True, write=write, tree=tree)
        ready = replace(ready, plan=with_subjects(tree, ready.plan))
        plan = narrowed(ready.plan, archs)
        if not plan.patches:
            show(Look(plan, tree.root.name))
            return Diffed(plan)
        check_committed(tree, plan)
        verdict = validated_in_model(ready, progress)[1] if validate else ""
        if differ.is_empty:  # a rule that has to know all of its files first
            for patch in ready.plan.patches:
                for change in patch.files:
                    spool.expect(change.path)
            spool.write(whole_diff(tree, ready.plan, PLAIN))
        progress("writing the page")
        show(_look(request, ready, plan, spool, verdict))
        return Diffed(plan, is_written=True)


def _look(request: Request, ready: Prepared, plan: Plan, spool: _Spool, verdict: str) -> Look:
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
    ready: Prepared, messages: Sequence[Message], spool: _Spool
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


class _Spool:
    """The diff of each file, in a temporary file; the only object here with state."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._expected: list[str] = []
        self._places: dict[str, tuple[int, int]] = {}

    def expect(self, path: str) -> None:
        """The next piece that is written has this file."""
        self._expected.append(path)

    def write(self, diff: bytes) -> None:
        """Take the diff of all files that are expected."""
        # git sorts by the bytes of the paths, and quotes them in the diff.
        paths = sorted(self._expected, key=lambda path: path.encode(errors="surrogateescape"))
        self._expected = []
        for path, piece in zip(paths, pieces(diff), strict=True):
            self._places[path] = (self._file.tell(), len(piece))
            self._file.write(piece)

    def diff_of(self, path: str) -> bytes:
        """The diff of a file."""
        start, size = self._places[path]
        self._file.seek(start)
        return self._file.read(size)


def pieces(diff: bytes) -> list[bytes]:
    """A diff of several files, cut into one for each."""
    return re.split(rb"^(?=diff --git )", diff, flags=re.MULTILINE)[1:]
