"""A kernel tree that is a plain folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from refactor.errors import Place, TreeError, UsageError
from refactor.tree.git import Git
from refactor.tree.globs import matches
from refactor.tree.tree import (
    LANDMARKS,
    LINK,
    Blob,
    Entry,
    KernelTree,
    Search,
    listed_names,
    matches_any,
    no_kernel,
    read_regular,
    start_grep,
    why_unread,
)


def open_plain(path: Path, revision: str | None, *, is_any: bool = False) -> PlainTree:
    """The folder at `path`, which has to be a kernel unless `is_any`."""
    if revision is not None:
        raise UsageError(f"{path} is no git repository, so it has no commit {revision!r}")
    missing = [name for name in LANDMARKS if not (path / name).exists()]
    if missing and not is_any:
        raise no_kernel(str(path), missing, "an unpacked tarball of it")
    return PlainTree(path.resolve())


def _odd_below(root: str, folder: str) -> Iterator[str]:
    """What is neither file nor folder in a folder of the tree, as paths below its root.

    Nothing is asked of the files: a folder's listing tells what its entries are, and a
    kernel has 80,000 others.
    """
    waiting = [folder] if set("*?[").isdisjoint(folder) else [""]
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(os.path.join(root, path)) as entries:
                for entry in entries:
                    below = f"{path}/{entry.name}" if path else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(below)
                    elif not entry.is_file(follow_symlinks=False):
                        yield below
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # as os.walk does; what cannot be read is git's to complain of


_Folders = dict[str, bool]
"""By path whether it is a folder to which no link leads."""


class PlainTree(KernelTree):
    """A directory as it is, for example an unpacked tarball."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = None

    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        outside = {"GIT_CEILING_DIRECTORIES": str(self.root.parent)}
        running = start_grep(Git(self.root, environment=outside), words, [], globs)

        def batches() -> Iterator[list[str]]:
            found = listed_names(running.finish(b"", (0, 1)))
            if running.complaint:  # git goes on without what it cannot read; a series must not
                raise TreeError(f"cannot read all of the tree: {running.complaint}")
            yield found

        return Search(batches())

    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        blobs = {}
        folders: _Folders = {}
        for path in sorted(set(paths)):
            status = self._regular(path, folders)
            if status:
                mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
                try:
                    blobs[path] = Blob(path, read_regular(f"{self.root}/{path}"), mode)
                except OSError as error:
                    raise TreeError(str(error.strerror), place=Place(path)) from error
        return blobs

    def specials(self, paths: Iterable[str]) -> dict[str, Blob]:
        found = {path: self._status(path) for path in sorted(set(paths))}
        return {
            path: Blob(path, os.fsencode(os.readlink(self.root / path)), LINK)
            for path, status in found.items()
            if status and stat.S_ISLNK(status.st_mode)
        }

    def sizes(self, paths: Iterable[str]) -> dict[str, int]:
        folders: _Folders = {}
        found = {path: self._regular(path, folders) for path in paths}
        return {path: status.st_size for path, status in found.items() if status}

    def has_folder(self, path: str) -> bool:
        status = self._status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def unread(self, globs: Sequence[str]) -> list[Entry]:
        odd = {
            path: self._why_unread(path, globs)
            for folder in {glob.split("/", 1)[0] for glob in globs}
            for path in _odd_below(str(self.root), folder)
            if matches_any(path, globs)
        }
        return [Entry(path, reason) for path, reason in sorted(odd.items()) if reason]

    def _why_unread(self, path: str, globs: Sequence[str]) -> str:
        try:
            target = os.readlink(self.root / path)
        except OSError:  # it is no link
            return "a pipe, a socket or a device" if matches(path, globs) else ""
        return why_unread(path, target, globs, self.has_folder)

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        return []

    def _regular(self, path: str, folders: _Folders) -> os.stat_result | None:
        """The status of a regular file; `folders` is what has been found out of others beside it.

        Thousands of files lie in a few hundred folders, and each of these is on the way to many.
        """
        folder = path.rpartition("/")[0]
        if folder not in folders:
            way = self._status(folder)
            folders[folder] = not folder or (way is not None and stat.S_ISDIR(way.st_mode))
        try:
            status = os.lstat(f"{self.root}/{path}") if folders[folder] else None
        except OSError:
            return None
        return status if status and stat.S_ISREG(status.st_mode) else None

    def _status(self, path: str) -> os.stat_result | None:
        """The status of what is at `path`, if no folder on the way to it is a link."""
        file = self.root
        status = None
        try:
            for part in PurePosixPath(path).parts:
                if status and not stat.S_ISDIR(status.st_mode):
                    return None
                file = file / part
                status = file.lstat()
        except OSError:
            return None
        return status
