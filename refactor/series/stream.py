"""The diff of many files, in portions: as git writes it, and never with all of them in memory.

git is given the files of a portion before and after, and asked for the diff of these. The packs
that they are in are removed again before the next portion. Of a diffstat, whose columns depend on
all files, they stay, and git is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from refactor.output import temporary_folder
from refactor.plan.split import FileChange
from refactor.series.commits import DIFF_OPTIONS, init, object_format
from refactor.series.pack import Sides
from refactor.tree.git import Git
from refactor.tree.tree import KernelTree

PORTION = 8 * 1024 * 1024
"""How much git is given at once, in bytes of files before and after."""


@contextmanager
def streamed(
    tree: KernelTree,
    options: tuple[str, ...],
    write: Callable[[bytes], object],
    *,
    in_pieces: bool = True,
) -> Iterator[Differ]:
    """Takes files in the order of their paths, and hands their diff to `write` piece by piece.

    The last piece is written at the end of the `with`, unless that ends with an error; without
    `in_pieces` it is the only one.
    """
    with temporary_folder("treewide-") as folder:
        differ = Differ(tree, folder / "series.git", options, write, in_pieces=in_pieces)
        yield differ
        differ.finish()


class Differ:
    """The files of the present portion."""

    def __init__(
        self,
        tree: KernelTree,
        path: Path,
        options: tuple[str, ...],
        write: Callable[[bytes], object],
        *,
        in_pieces: bool,
    ) -> None:
        self.tree = tree
        self.path = path
        self.options = options
        self.write = write
        self.in_pieces = in_pieces
        self.is_empty = True
        """True if there was no file."""
        self._git: Git | None = None
        self._sides: Sides | None = None
        self._files: list[FileChange] = []
        self._size = 0

    def add(self, file: FileChange) -> None:
        """Take the next file."""
        self.is_empty = False
        self._files.append(file)
        self._size += len(file.before) + len(file.after)
        if self._size >= PORTION:
            self._pack()
            if self.in_pieces:
                self._flush()

    def finish(self) -> None:
        """Write the diff of what has been taken and not been written."""
        if self._files:
            self._pack()
        if self._sides is not None:
            self._flush()

    @property
    def _packs(self) -> Path:
        return self.path / "objects/pack"

    def _pack(self) -> None:
        """Put the files of the portion where git can read them."""
        if self._git is None:
            self._git = init(self.path, self.tree)
        if self._sides is None:
            self._sides = Sides(object_format(self.tree), self._packs)
        self._sides.add(self._files)
        self._files, self._size = [], 0

    def _flush(self) -> None:
        """Write the diff of all that is packed, and remove that."""
        assert self._git is not None
        assert self._sides is not None
        before, after = self._sides.trees()
        self.write(self._git.run("diff", *DIFF_OPTIONS, *self.options, before, after))
        self._sides = None
        for each in self._packs.iterdir():
            each.unlink()
