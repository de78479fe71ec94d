"""The diff of many files, in portions: as git writes it, and never with all of them in memory.

git is given the files of a portion before and after, and asked for the diff of these. The pack that
they are in is removed again before the next portion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from refactor.output import temporary_folder
from refactor.plan.split import FileChange
from refactor.series.commits import DIFF_OPTIONS, init, object_format
from refactor.series.pack import packed
from refactor.tree.git import Git
from refactor.tree.tree import KernelTree

PORTION = 8 * 1024 * 1024
"""How much git is given at once, in bytes of files before and after."""


@contextmanager
def streamed(
    tree: KernelTree, options: tuple[str, ...], write: Callable[[bytes], object]
) -> Iterator[Differ]:
    """Takes files in the order of their paths, and hands their diff to `write` piece by piece.

    The last piece is written at the end of the `with`, unless that ends with an error.
    """
    with temporary_folder("treewide-") as folder:
        differ = Differ(tree, folder / "series.git", options, write)
        yield differ
        differ.flush()


class Differ:
    """The files of the present portion."""

    def __init__(
        self,
        tree: KernelTree,
        path: Path,
        options: tuple[str, ...],
        write: Callable[[bytes], object],
    ) -> None:
        self.tree = tree
        self.path = path
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
        packs = self.path / "objects/pack"
        before, after = packed(self._files, object_format(self.tree), packs)
        self._files, self._size = [], 0
        self.write(self._git.run("diff", *DIFF_OPTIONS, *self.options, before, after))
        for each in packs.iterdir():
            each.unlink()
