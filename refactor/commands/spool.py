"""The diffs of the files of a plan, in a temporary file: memory does not grow with them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from refactor.commands.common import Prepared, Request, open_requested, prepared
from refactor.plan.plan import Plan
from refactor.plan.scan import Progress
from refactor.plan.split import FileChange
from refactor.series.commits import Identity, Series, build, diff
from refactor.series.stream import streamed
from refactor.tree.tree import KernelTree

NOBODY = Identity("treewide", "treewide@localhost")
"""The author of commits that nobody will see."""

PLAIN = ("--color=never",)
"""The options of git for a diff that can be cut into those of its files."""


@contextmanager
def spooled(
    request: Request, progress: Progress, *, with_facts: bool
) -> Iterator[tuple[Prepared, Spool]]:
    """The plan without the bytes of its files, and their diffs."""
    tree = open_requested(request)
    with tempfile.TemporaryFile() as file:
        spool = Spool(file)
        with streamed(tree, PLAIN, spool.write) as differ:

            def write(change: FileChange) -> None:
                spool.expect(change.path)
                differ.add(change)

            ready = prepared(request, progress, with_facts=with_facts, write=write, tree=tree)
        if differ.is_empty and ready.plan.patches:  # a rule that has to know all files first
            for path in paths_of(ready.plan):
                spool.expect(path)
            spool.write(whole_diff(tree, ready.plan, PLAIN))
        yield ready, spool


class Spool:
    """Where the diff of each file is; the only object here with state."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._expected: list[str] = []
        self._places: dict[str, tuple[int, int]] = {}

    def expect(self, path: str) -> None:
        """The next piece that is written has this file."""
        self._expected.append(path)

    def write(self, diff: bytes) -> None:
        """Take the diff of all files that are expected."""
        paths = in_order(self._expected)
        self._expected = []
        for path, piece in zip(paths, _pieces(diff), strict=True):
            self._places[path] = (self._file.tell(), len(piece))
            self._file.write(piece)

    def diff_of(self, path: str) -> bytes:
        """The diff of a file; it can be had as long as the plan is looked at."""
        start, size = self._places[path]
        self._file.seek(start)
        return self._file.read(size)

    def diff(self, paths: Iterable[str]) -> bytes:
        """The diff of several files, as git would write it."""
        return b"".join(map(self.diff_of, in_order(paths)))


def whole_diff(tree: KernelTree, plan: Plan, git_options: tuple[str, ...]) -> bytes:
    """The diff of all patches as one, from files that the plan has kept."""
    subjects = tuple(f"{patch.component}\n" for patch in plan.patches)
    with build(tree, Series(plan.patches, subjects), NOBODY) as repository:
        return diff(repository, *git_options)


def paths_of(plan: Plan) -> list[str]:
    """The files that change."""
    return [change.path for patch in plan.patches for change in patch.files]


def in_order(paths: Iterable[str]) -> list[str]:
    """Paths as git sorts them, by their bytes; in the diff itself they may be quoted."""
    return sorted(paths, key=lambda path: path.encode(errors="surrogateescape"))


def _pieces(diff: bytes) -> list[bytes]:
    """A diff of several files, cut into one for each."""
    return re.split(rb"^(?=diff --git )", diff, flags=re.MULTILINE)[1:]
