"""A kernel tree, read-only: what a commit (`commit.py`) and a plain folder (`plain.py`) can do.

The only reader of trees. What a rule is applied to is what a commit holds; the work tree matters
only for the question whether it differs (`KernelTree.uncommitted`). Reading goes through git's
object store, so sparse checkouts, line-end conversion and filters have no say.
"""

from __future__ import annotations

import errno
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from refactor.errors import Place, TreeError
from refactor.tree.git import SMALL_WINDOWS, Git, GitError, Running
from refactor.tree.globs import matches

# What every kernel tree has had for twenty years, and no other project has all of.
LANDMARKS = ("arch", "include/linux", "kernel", "mm", "Makefile")

# The longest C file of Linux 6.12 outside of drivers/ has 0.4 MB; a parser has no business with
# more than this.
SIZE_LIMIT = 4 * 1024 * 1024


LINK = "120000"
SUBMODULE = "160000"
"""Git's modes for what is in a tree besides files."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of the tree: its bytes, and git's mode for it (`100644` or `100755`).

    A symbolic link, or a submodule, is one of another mode; see `KernelTree.specials`.
    """

    path: str
    data: bytes
    mode: str = "100644"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the tree that was not read, and why."""

    path: str
    note: str


class Search:
    """Paths that are being looked for. The first to ask waits for them, and they are kept."""

    def __init__(self, coming: Iterable[list[str]]) -> None:
        self._coming = iter(coming)
        self._found: list[str] = []

    def __call__(self) -> list[str]:
        """All of them, sorted."""
        return sorted(path for batch in self.batches() for path in batch)

    def batches(self) -> Iterator[list[str]]:
        """All of them, those that are found already at once, the others as they are found."""
        if self._found:
            yield list(self._found)
        for batch in self._coming:
            self._found += batch
            yield batch


class KernelTree(ABC):
    """What both kinds of tree can do. Paths are relative to `root`, with `/`."""

    root: Path
    base: str | None
    """The commit that is read, as full hexadecimal id; None for a plain directory."""

    @abstractmethod
    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        """Start looking for files that contain any of `words` as a whole word.

        `globs` are git's `:(glob)` patterns. No symbolic link is followed.
        """

    def foresee(self, paths: Iterable[str]) -> None:  # noqa: B027 - for those that can
        """Is told what will be asked about, so that it can be looked up in one go."""

    @abstractmethod
    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Read the regular files among `paths`; what is missing, or no file, is left out."""

    @abstractmethod
    def specials(self, paths: Iterable[str]) -> dict[str, Blob]:
        """Symbolic links (`LINK`) among `paths`, each with its target, not followed.

        In a commit also submodules (`SUBMODULE`), each with the id of its commit.
        """

    @abstractmethod
    def sizes(self, paths: Iterable[str]) -> dict[str, int]:
        """The size in bytes of each file among `paths` that exists."""

    @abstractmethod
    def has_folder(self, path: str) -> bool:
        """True if `path` is a folder of the tree."""

    @abstractmethod
    def unread(self, globs: Sequence[str]) -> list[Entry]:
        """What `globs` ask for and nobody reads, each with the reason.

        That is a symbolic link that leads out of the tree, or to where `globs` do not reach, a
        submodule, and in a plain folder what is no file, such as a pipe.
        """

    @abstractmethod
    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that differ from `base` in the index or the work tree."""


# ---------------------------------------------------------------------------- for both kinds


def start_grep(
    git: Git, words: Iterable[str], commit: Sequence[str], globs: Sequence[str]
) -> Running:
    patterns = [argument for word in sorted(words) for argument in ("-e", word)]
    pathspecs = [f":(glob){glob}" for glob in globs]
    where = "--no-recurse-submodules" if commit else "--no-index"
    options = ["-l", "-z", "-w", "-F", "--text", "--no-color", "--full-name", where]
    arguments = (*options, *patterns, *commit, "--", *pathspecs)
    return git.start("grep", *arguments, environment=SMALL_WINDOWS)


def apart(globs: Iterable[str]) -> list[list[str]]:
    """`globs` by their first folder, for one git each: of two at once neither waits for the other.

    All of them together where such a folder is itself a pattern.
    """
    parts: dict[str, list[str]] = {}
    for glob in globs:
        parts.setdefault(glob.partition("/")[0], []).append(glob)
    return [[*globs]] if any(set("*?[") & set(folder) for folder in parts) else [*parts.values()]


def listed_names(listing: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listed(listing)]


def listed(listing: bytes) -> list[bytes]:
    """The records of a listing, each of which ends with a NUL. Raises GitError if one does not."""
    *whole, rest = listing.split(b"\0")
    if rest:
        raise GitError("git has ended in the middle of an answer")
    return whole


def in_batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """A command line takes some two megabytes at most, so a hostile number of paths is cut."""
    return (paths[start : start + 400] for start in range(0, len(paths), 400))


def read_regular(file: Path | str) -> bytes:
    """Read a regular file; a link, or a pipe that nobody writes to, is an OSError and no wait."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        return stream.read()


def matches_any(path: str, globs: Sequence[str]) -> bool:
    """True if a link at `path` may hide files that `globs` ask for.

    That is, if it lies in the first folder of one of them and ends like it, or may be a folder.
    """
    folder, _, name = path.partition("/")
    return any(
        _may_begin(glob, folder)
        and (
            "." not in path.rsplit("/", 1)[-1]
            or PurePosixPath(name or path).match(glob.rsplit("/", 1)[-1])
        )
        for glob in globs
    )


def _may_begin(glob: str, folder: str) -> bool:
    """True if `glob` may find something in a folder of the top of a tree."""
    first = glob.split("/", 1)[0]
    return first == folder or not set("*?[").isdisjoint(first)


def why_unread(
    path: str, target: str, globs: Sequence[str], is_folder: Callable[[str], bool]
) -> str:
    """Why nobody reads what a link at `path` leads to; nothing if it is read at its own place."""
    if leads_out(path, target):
        return f"a symbolic link to {target}, out of the tree"
    real = os.path.normpath(os.path.join(os.path.dirname(path), target))
    hides = (
        not any(_may_begin(glob, real.split("/", 1)[0]) for glob in globs)
        if is_folder(real)
        else matches(path, globs) and not matches(real, globs)
    )
    return f"a symbolic link to {target}, out of the paths of the rule" if hides else ""


def leads_out(path: str, target: str) -> bool:
    """True if a link at `path` to `target` does not stay below the root of the tree."""
    resolved = os.path.normpath(os.path.join("/", os.path.dirname(path), target))
    depth = len(PurePosixPath(path).parent.parts)
    ups = os.path.normpath(target).split(os.sep).count("..")
    return os.path.isabs(target) or ups > depth or resolved == "/"


def looks_like_kernel(path: Path) -> bool:
    return all((path / name).exists() for name in LANDMARKS)


def no_kernel(where: str, missing: Sequence[str], what: str) -> TreeError:
    return TreeError(
        f"not a Linux kernel tree: there is no {', no '.join(missing)}",
        place=Place(where),
        hint=f"name the top folder of a kernel tree, {what}",
    )
