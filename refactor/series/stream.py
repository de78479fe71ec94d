"""The diff of many files, in portions: as git writes it, and never with all of them in memory.

git is given the files of a portion before and after, and asked for the diff of these. What it wrote
them into is removed again before the next portion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from refactor.output import temporary_folder
from refactor.plan.split import FileChange
from refactor.series.commits import (
    BRANCH,
    DIFF_OPTIONS,
    Identity,
    data_of,
    date,
    file_line,
    head,
    init,
)
from refactor.tree.git import Git
from refactor.tree.tree import KernelTree

PORTION = 8 * 1024 * 1024
"""How much git is given at once, in bytes of files before and after."""


@contextmanager
def streamed(
    tree: KernelTree, author: Identity, options: tuple[str, ...], write: Callable[[bytes], object]
) -> Iterator[Differ]:
    """Takes files in the order of their paths, and hands their diff to `write` piece by piece.

    The last piece is written at the end of the `with`, unless that ends with an error.
    """
    with temporary_folder("treewide-") as folder:
        differ = Differ(tree, folder / "series.git", author, options, write)
        yield differ
        differ.flush()


class Differ:
    """The files of the present portion."""

    def __init__(
        self,
        tree: KernelTree,
        path: Path,
        author: Identity,
        options: tuple[str, ...],
        write: Callable[[bytes], object],
    ) -> None:
        self.tree = tree
        self.path = path
        self.who = f"{author.name} <{author.email}> {date()}"
        self.options = options
        self.write = write
        self.is_empty = True
        """True if there was no file."""
        self._git: Git | None = None
        self._files: list[FileChange] = []
        self._size = 0

    def add(self, file: FileChange) -> None:
        """Take the next file."""
        self.is_empty = False
        self._files.append(file)
        self._size += len(file.before) + len(file.after)
        if self._size >= PORTION:
            self.flush()

    def flush(self) -> None:
        """Write the diff of what has been taken so far."""
        if not self._files:
            return
        if self._git is None:
            self._git = init(self.path, self.tree)
        git = self._git
        importing = git.start("fast-import", "--quiet", "--force", "--depth=0")
        importing.feed(self._stream())
        importing.finish()
        self._files, self._size = [], 0
        self.write(git.run("diff", *DIFF_OPTIONS, *self.options, f"{BRANCH}~1", BRANCH))
        for each in (self.path / "objects/pack").iterdir():
            each.unlink()

    def _stream(self) -> Iterator[bytes]:
        yield f"reset {BRANCH}\n\n".encode()
        parent = f"from {self.tree.base}\n"
        if self.tree.base is None:
            parent = ""
            yield from head(self.who, "base\n", BRANCH, "")
            for each in self._files:
                yield file_line(each, b"inline") + data_of(each.before)
        yield from head(self.who, "series\n", BRANCH, "", parent)
        for each in self._files:
            yield file_line(each, b"inline") + data_of(each.after)
