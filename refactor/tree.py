"""A kernel tree, read-only: a commit of a git repository, or a plain directory.

The only reader of trees. What a rule is applied to is what a commit holds; the work tree matters
only for the question whether it differs (`KernelTree.uncommitted`). Reading goes through git's
object store, so sparse checkouts, line-end conversion and filters have no say.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from refactor.errors import Place, TreeError, UsageError
from refactor.sealed import OLDEST, Git, GitError, Running, records

# What every kernel tree has had for twenty years, and no other project has all of.
LANDMARKS = ("arch", "include/linux", "kernel", "mm", "Makefile")

# The longest C file of Linux 6.12 outside of drivers/ has 0.4 MB; a parser has no business with
# more than this.
SIZE_LIMIT = 4 * 1024 * 1024

OBJECT_FORMATS = ("sha1", "sha256")

LINK = "120000"
SUBMODULE = "160000"
"""Git's modes for what is in a tree besides files."""

LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
"""For git: a path is a path, whatever characters it has."""


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
    def outward_links(self, globs: Sequence[str]) -> list[Entry]:
        """Symbolic links under `globs` that lead out of the tree."""

    @abstractmethod
    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that differ from `base` in the index or the work tree."""


def open_tree(path: Path, revision: str | None = None) -> KernelTree:
    """Open the kernel tree at `path`: `revision` of a git repository, or a plain directory.

    A directory below the top of a work tree stands for the whole tree, unless it is a kernel tree
    of its own. Raises TreeError if there is no kernel, UsageError for an unknown revision.
    """
    if not path.is_dir():
        raise TreeError("no such directory", place=Place(str(path)))
    repository = _discover(path)
    if repository is None or (_looks_like_kernel(path) and repository.root != path.resolve()):
        return _open_plain(path, revision)
    return _open_commit(repository, revision)


# ---------------------------------------------------------------------------- a git commit


@dataclass(frozen=True, slots=True)
class _Repository:
    git: Git
    root: Path
    bare: bool
    object_format: str


def _discover(path: Path) -> _Repository | None:
    """Find the repository that `path` is in, as git does; None if there is none.

    The folder of a repository itself counts as a bare one.
    """
    git = Git(path)
    try:
        # The one answer that may have line breaks in it comes last.
        answer = git.run(
            "rev-parse", "--show-object-format", "--is-bare-repository", "--is-inside-git-dir",
            "--show-cdup", "--absolute-git-dir",
        )  # fmt: skip
    except GitError as error:
        if "not a git repository" in error.message:
            return None
        if "dubious ownership" in error.message:
            raise TreeError(
                "git does not trust this repository: it belongs to another user",
                place=Place(str(path)),
                hint=f"git config --global --add safe.directory {shlex.quote(str(path.resolve()))}",
            ) from error
        raise TreeError(error.message, place=Place(str(path)), hint=error.hint) from error
    object_format, is_bare, is_inside, rest = os.fsdecode(answer.removesuffix(b"\n")).split("\n", 3)
    if object_format not in OBJECT_FORMATS:
        raise TreeError(
            f"this git is too old, or too new: it speaks of objects by {object_format}",
            hint=f"treewide needs git {OLDEST} or newer",
        )
    bare = "true" in (is_bare, is_inside)
    # Where there is no work tree, there is no line for it.
    up, git_dir = ("", rest) if bare and Path(rest).is_dir() else rest.split("\n", 1)
    directory = Path(git_dir)
    root = directory if bare else (path / up).resolve()
    return _Repository(Git(root, directory), root, bare, object_format)


def _open_commit(repository: _Repository, revision: str | None) -> GitTree:
    wanted = revision or "HEAD"
    try:
        answer = repository.git.run(
            "rev-parse", "--verify", "--end-of-options", wanted + "^{commit}"
        )
    except GitError as error:
        if revision is not None:
            raise UsageError(
                f"no commit {revision!r} in {repository.root}",
                hint="git log --oneline --all shows what there is",
            ) from error
        raise TreeError(
            "the repository has no commit yet",
            place=Place(str(repository.root)),
            hint="commit the tree first, or remove .git and use it as a plain directory",
        ) from error
    tree = GitTree(repository, answer.decode().strip(), is_head=revision is None)
    names = tree.names(LANDMARKS)
    missing = [name for name in LANDMARKS if name not in names]
    if missing:
        raise _no_kernel(str(repository.root), missing, "a commit of it")
    return tree


class GitTree(KernelTree):
    """One commit of a git repository."""

    base: str

    def __init__(self, repository: _Repository, base: str, *, is_head: bool) -> None:
        self.git = repository.git
        self.root = repository.root
        self.base = base
        self.bare = repository.bare
        self.object_format = repository.object_format
        self._is_head = is_head
        self._known: dict[str, str] = {}
        self._listings: dict[str, list[bytes]] = {}
        self._readers: dict[str, Running] = {}

    @property
    def objects(self) -> Path:
        """The folder of objects, which linked work trees share."""
        git_dir = self.git.git_dir or self.root
        try:
            common = os.fsdecode((git_dir / "commondir").read_bytes().removesuffix(b"\n"))
        except FileNotFoundError:
            common = ""
        return git_dir / common / "objects"

    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        wanted = sorted(words)
        searching = [_grep(self.git, wanted, [self.base], part) for part in _apart(globs)]
        prefix = f"{self.base}:"

        def batches() -> Iterator[list[str]]:
            for batch in records(searching, (0, 1)):
                yield [os.fsdecode(name).removeprefix(prefix) for name in batch]
            for line in (line for each in searching for line in each.complaint.splitlines()):
                if line.startswith("error: "):  # git goes on without an object that it cannot read
                    raise TreeError(f"cannot read all of the tree: {line.removeprefix('error: ')}")

        return Search(batches())

    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        files = {path: entry for path, entry in self._entries(paths).items() if entry.is_file}
        return {
            path: Blob(path, self._content(entry.oid), entry.mode) for path, entry in files.items()
        }

    def specials(self, paths: Iterable[str]) -> dict[str, Blob]:
        entries = self._entries(paths)
        links = {
            path: Blob(path, self._content(entry.oid), LINK)
            for path, entry in entries.items()
            if entry.mode == LINK
        }
        return links | {
            path: Blob(path, entry.oid.encode(), SUBMODULE)
            for path, entry in entries.items()
            if entry.mode == SUBMODULE
        }

    def sizes(self, paths: Iterable[str]) -> dict[str, int]:
        entries = self._entries(paths)
        return {path: self._size(entry.oid) for path, entry in entries.items() if entry.is_file}

    def outward_links(self, globs: Sequence[str]) -> list[Entry]:
        folders = {glob.split("/", 1)[0] for glob in globs}
        if not folders <= self._listings.keys():
            self._listings |= dict.fromkeys(folders, self._list(sorted(folders), "-r"))
        lines = chain.from_iterable(self._listings[folder] for folder in folders)
        links = {os.fsdecode(_path_of(line)) for line in lines if line.startswith(_LINK_LINE)}
        found = self._entries(path for path in links if _matches_any(path, globs))
        targets = {path: os.fsdecode(self._content(entry.oid)) for path, entry in found.items()}
        return [
            Entry(path, f"a symbolic link to {target}, out of the tree")
            for path, target in targets.items()
            if _leads_out(path, target)
        ]

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        """See `KernelTree`; compared by content, without git's filters, which could run programs.

        A work tree with CR LF line ends for a file that is committed with LF counts as equal. The
        question makes sense only where the work tree is at `base`; elsewhere nothing differs.
        """
        if self.bare or not self._at_base():
            return []
        wanted = sorted(paths)
        committed = self._entries(wanted)
        staged, absent = self._index(wanted)
        return [
            path
            for path in wanted
            if staged.get(path) != ((entry := committed.get(path)) and (entry.mode, entry.oid))
            or not (path in absent or (entry and self._same_on_disk(path, entry.oid)))
        ]

    def names(self, paths: Iterable[str]) -> set[str]:
        """Those of `paths`, files or folders, that exist."""
        return set(self._entries(paths))

    def _at_base(self) -> bool:
        if self._is_head:
            return True
        try:
            return (
                self.git.run("rev-parse", "--verify", "HEAD^{commit}").decode().strip() == self.base
            )
        except GitError:
            return False

    def _entries(self, paths: Iterable[str]) -> dict[str, _TreeEntry]:
        """What the commit has at each of `paths`. It does not change, so git is asked once.

        In a folder that is listed already, only files and links are known.
        """
        wanted = sorted(set(paths))
        unknown = []
        for path in wanted:
            if path not in self._known:
                lines = self._listings.get(path.partition("/")[0])
                if lines is None:
                    unknown.append(path)
                self._known[path] = "" if lines is None else _looked_up(lines, path)
        for batch in _batches(unknown):
            for line in self._list(batch):
                self._known[os.fsdecode(_path_of(line))] = line.partition(b"\t")[0].decode()
        return {path: _TreeEntry(*meta.split()) for path in wanted if (meta := self._known[path])}

    def _list(self, paths: Iterable[str], *options: str) -> list[bytes]:
        """The lines of `git ls-tree`, by path: mode, kind and object id, a tab, and the path."""
        options = ("-z", "--full-tree", *options)
        listing = self.git.run("ls-tree", *options, self.base, "--", *paths, environment=LITERAL)
        return listing.split(b"\0")[:-1]

    def _size(self, oid: str) -> int:
        return self._ask("--batch-check", oid)[1]

    def _content(self, oid: str) -> bytes:
        running, size = self._ask("--batch", oid)
        return running.output.read(size + 1)[:-1]  # a newline follows

    def _ask(self, how: str, oid: str) -> tuple[Running, int]:
        """Ask a `git cat-file` that goes on running for an object; returns its size."""
        running = self._readers.get(how)
        if running is None:
            running = self._readers[how] = self.git.start("cat-file", how)
        answer = running.ask(oid.encode()).split()
        if answer[-1] == b"missing":
            raise TreeError(
                f"object {oid} is missing from the repository",
                place=Place(str(self.root)),
                hint="if it is a partial clone, let git checkout fetch it first",
            )
        return running, int(answer[2])

    def _index(self, paths: Sequence[str]) -> tuple[dict[str, tuple[str, str]], set[str]]:
        """Mode and object id of each path in the index, and those not checked out on purpose."""
        staged: dict[str, tuple[str, str]] = {}
        absent = set()
        for batch in _batches(paths):
            options = ("-t", "-s", "-z", "--full-name")
            listing = self.git.run("ls-files", *options, "--", *batch, environment=LITERAL)
            for line in listing.split(b"\0")[:-1]:
                meta, _, name = line.partition(b"\t")
                tag, mode, oid, stage = meta.decode().split()
                path = os.fsdecode(name)
                staged[path] = (mode, oid if stage == "0" else "unmerged")
                if tag == "S":
                    absent.add(path)
        return staged, absent

    def _same_on_disk(self, path: str, oid: str) -> bool:
        try:
            data = _read_regular(self.root / path)
        except OSError:
            return False
        return oid in (self._oid(data), self._oid(data.replace(b"\r\n", b"\n")))

    def _oid(self, data: bytes) -> str:
        import hashlib

        return hashlib.new(self.object_format, b"blob %d\0" % len(data) + data).hexdigest()


class _TreeEntry(NamedTuple):
    mode: str
    kind: str
    oid: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


_LINK_LINE = f"{LINK} ".encode()
"""How `git ls-tree` begins the line of a symbolic link."""


def _path_of(line: bytes) -> bytes:
    return line.partition(b"\t")[2]


def _looked_up(lines: Sequence[bytes], path: str) -> str:
    """What `git ls-tree -r` has printed before `path`, if it has."""
    name = os.fsencode(path)
    at = bisect_left(lines, name, key=_path_of)
    meta, _, found = lines[at].partition(b"\t") if at < len(lines) else (b"", b"", b"")
    return meta.decode() if found == name else ""


# ---------------------------------------------------------------------------- a plain directory


def _open_plain(path: Path, revision: str | None) -> PlainTree:
    if revision is not None:
        raise UsageError(f"{path} is no git repository, so it has no commit {revision!r}")
    missing = [name for name in LANDMARKS if not (path / name).exists()]
    if missing:
        raise _no_kernel(str(path), missing, "an unpacked tarball of it")
    return PlainTree(path.resolve())


class PlainTree(KernelTree):
    """A directory as it is, for example an unpacked tarball."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = None

    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        outside = {"GIT_CEILING_DIRECTORIES": str(self.root.parent)}
        running = _grep(Git(self.root, environment=outside), words, [], globs)

        def batches() -> Iterator[list[str]]:
            found = _names(running.finish(b"", (0, 1)))
            if running.complaint:  # git goes on without what it cannot read; a series must not
                raise TreeError(f"cannot read all of the tree: {running.complaint}")
            yield found

        return Search(batches())

    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        blobs = {}
        for path in sorted(set(paths)):
            status = self._regular(path)
            if status:
                mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
                try:
                    blobs[path] = Blob(path, _read_regular(self.root / path), mode)
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
        found = {path: self._regular(path) for path in paths}
        return {path: status.st_size for path, status in found.items() if status}

    def outward_links(self, globs: Sequence[str]) -> list[Entry]:
        links = []
        for folder in sorted({glob.split("/", 1)[0] for glob in globs}):
            for parent, folders, files in os.walk(self.root / folder):
                for name in (*folders, *files):
                    file = Path(parent, name)
                    path = file.relative_to(self.root).as_posix()
                    if _matches_any(path, globs) and file.is_symlink():
                        target = os.readlink(file)
                        if _leads_out(path, target):
                            links.append(
                                Entry(path, f"a symbolic link to {target}, out of the tree")
                            )
        return sorted(links, key=lambda entry: entry.path)

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        return []

    def _regular(self, path: str) -> os.stat_result | None:
        """The status of a regular file."""
        status = self._status(path)
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


# ---------------------------------------------------------------------------- helpers of both


def _grep(git: Git, words: Iterable[str], commit: Sequence[str], globs: Sequence[str]) -> Running:
    patterns = [argument for word in sorted(words) for argument in ("-e", word)]
    pathspecs = [f":(glob){glob}" for glob in globs]
    where = "--no-recurse-submodules" if commit else "--no-index"
    options = ["-l", "-z", "-w", "-F", "--text", "--no-color", "--full-name", where]
    return git.start("grep", *options, *patterns, *commit, "--", *pathspecs)


def _apart(globs: Iterable[str]) -> list[list[str]]:
    """`globs` by their first folder, for one git each: of two at once neither waits for the other.

    All of them together where such a folder is itself a pattern.
    """
    parts: dict[str, list[str]] = {}
    for glob in globs:
        parts.setdefault(glob.partition("/")[0], []).append(glob)
    return [[*globs]] if any(set("*?[") & set(folder) for folder in parts) else [*parts.values()]


def _names(listing: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listing.split(b"\0")[:-1]]


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """A command line takes some two megabytes at most, so a hostile number of paths is cut."""
    return (paths[start : start + 400] for start in range(0, len(paths), 400))


def _read_regular(file: Path) -> bytes:
    """Read a regular file; a link, or a pipe that nobody writes to, is an OSError and no wait."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        return stream.read()


def _matches_any(path: str, globs: Sequence[str]) -> bool:
    """True if a link at `path` may hide files that `globs` ask for.

    That is, if it lies in the first folder of one of them and ends like it, or may be a folder.
    """
    folder, _, name = path.partition("/")
    return any(
        glob.split("/", 1)[0] == folder
        and (
            "." not in path.rsplit("/", 1)[-1] or PurePosixPath(name).match(glob.rsplit("/", 1)[-1])
        )
        for glob in globs
    )


def _leads_out(path: str, target: str) -> bool:
    """True if a link at `path` to `target` does not stay below the root of the tree."""
    resolved = os.path.normpath(os.path.join("/", os.path.dirname(path), target))
    depth = len(PurePosixPath(path).parent.parts)
    ups = os.path.normpath(target).split(os.sep).count("..")
    return os.path.isabs(target) or ups > depth or resolved == "/"


def _looks_like_kernel(path: Path) -> bool:
    return all((path / name).exists() for name in LANDMARKS)


def _no_kernel(where: str, missing: Sequence[str], what: str) -> TreeError:
    return TreeError(
        f"not a Linux kernel tree: there is no {', no '.join(missing)}",
        place=Place(where),
        hint=f"name the top folder of a kernel tree, {what}",
    )
