"""A kernel tree that is a commit of a git repository, and how any tree is opened."""

from __future__ import annotations

import os
import shlex
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from refactor.errors import Place, TreeError, UsageError
from refactor.tree.git import OLDEST, SMALL_WINDOWS, Git, GitError, Running, records
from refactor.tree.plain import open_plain
from refactor.tree.tree import (
    LANDMARKS,
    LINK,
    SUBMODULE,
    Blob,
    Entry,
    KernelTree,
    Search,
    apart,
    in_batches,
    listed,
    looks_like_kernel,
    matches_any,
    no_kernel,
    read_regular,
    start_grep,
    why_unread,
)

OBJECT_FORMATS = ("sha1", "sha256")

LARGEST = 256 << 20
"""Bytes of the largest object that is asked for; a damaged one can claim any number of them."""


LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
"""For git: a path is a path, whatever characters it has."""


def open_tree(path: Path, revision: str | None = None, *, is_any: bool = False) -> KernelTree:
    """Open the kernel tree at `path`: `revision` of a git repository, or a plain directory.

    A directory below the top of a work tree stands for the whole tree, unless it is a kernel tree
    of its own or, for `is_any`, has nothing that is committed. Raises TreeError if there is no
    kernel, unless `is_any`, and UsageError for an unknown revision.
    """
    if not path.is_dir():
        raise TreeError("no such directory", place=Place(str(path)))
    repository = _discover(path)
    is_named = os.path.lexists(path / ".git")
    if repository is None and is_named:  # it would pass for a plain folder without a word
        raise TreeError(
            "there is a .git, but git does not take it for a repository",
            place=Place(str(path)),
            hint="repair it; without it, the folder counts as a plain one",
        )
    is_here = repository is not None and (is_named or repository.root == path.resolve())
    if repository is None or (looks_like_kernel(path) and not is_here):
        return open_plain(path, revision, is_any=is_any)
    if is_any and not is_here and not _is_committed(repository, path.resolve(), revision):
        return open_plain(path, revision, is_any=is_any)
    return _open_commit(repository, revision, is_any=is_any)


def whereabouts(path: Path, revision: str | None = None) -> tuple[Path, str]:
    """The tree that a folder or a file is in, and its path there, which is empty for all of it.

    It is the top of a work tree whose commit has it, or of an unpacked kernel, else the folder.
    Raises TreeError for a file of a work tree that no commit has.
    """
    is_file = path.is_file()
    folder = path.parent if is_file else path
    if not folder.is_dir() or os.path.lexists(path / ".git") or looks_like_kernel(path):
        return path, ""
    # Of a file that is a link the link is meant, which nobody follows out of the tree.
    real = folder.resolve() / path.name if is_file else path.resolve()
    repository = _discover(folder)
    if repository is None:
        top = next(filter(looks_like_kernel, real.parents), folder.resolve())
        inner = real.relative_to(top).as_posix()
        return (path, "") if inner == "." else (top, inner)
    if repository.bare or real == repository.root:
        return path, ""
    if _is_committed(repository, real, revision):
        return repository.root, real.relative_to(repository.root).as_posix()
    if is_file and _is_committed(repository, folder.resolve(), revision):
        raise TreeError("it is in no commit", place=Place(str(path)), hint="commit it first")
    return folder, path.name if is_file else ""


def _is_committed(repository: _Repository, real: Path, revision: str | None) -> bool:
    """True if a commit has a folder or a file; also if it is not known, and opening it tells."""
    if repository.bare:
        return True
    inner = os.path.relpath(real, repository.root)
    try:
        return bool(repository.git.run("ls-tree", "-z", revision or "HEAD", "--", inner))
    except GitError:
        return True


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
    answers = os.fsdecode(answer.removesuffix(b"\n")).split("\n", 3)
    if len(answers) != 4:
        raise TreeError("git gives no sense for the repository", place=Place(str(path)))
    object_format, is_bare, is_inside, rest = answers
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


def _open_commit(repository: _Repository, revision: str | None, *, is_any: bool) -> GitTree:
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
    if missing and not is_any:
        raise no_kernel(str(repository.root), missing, "a commit of it")
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
        searching = [start_grep(self.git, wanted, [self.base], part) for part in apart(globs)]
        prefix = f"{self.base}:"

        def batches() -> Iterator[list[str]]:
            for batch in records(searching, (0, 1)):
                yield [os.fsdecode(name).removeprefix(prefix) for name in batch]
            for line in (line for each in searching for line in each.complaint.splitlines()):
                if line.startswith("error: "):  # git goes on without an object that it cannot read
                    raise TreeError(f"cannot read all of the tree: {line.removeprefix('error: ')}")

        return Search(batches())

    def foresee(self, paths: Iterable[str]) -> None:
        self._entries(paths)

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

    def has_folder(self, path: str) -> bool:
        return any(line.startswith(b"040000 ") for line in self._list([path], "-d"))

    def unread(self, globs: Sequence[str]) -> list[Entry]:
        folders = {glob.split("/", 1)[0] for glob in globs}
        if any(not set("*?[").isdisjoint(folder) for folder in folders):
            folders = self.names_at_top()
        if not folders <= self._listings.keys():
            self._listings |= dict.fromkeys(folders, self._list(sorted(folders), "-r"))
        lines = chain.from_iterable(self._listings[folder] for folder in folders)
        odd = {os.fsdecode(_path_of(line)) for line in lines if line.startswith(_ODD_LINES)}
        found = self._entries(path for path in odd if matches_any(path, globs))
        reasons = (
            (path, self._why_unread(path, entry, globs)) for path, entry in sorted(found.items())
        )
        return [Entry(path, reason) for path, reason in reasons if reason]

    def names_at_top(self) -> set[str]:
        """The files and folders at the top of the tree."""
        return {os.fsdecode(_path_of(line)) for line in self._list([])}

    def _why_unread(self, path: str, entry: _TreeEntry, globs: Sequence[str]) -> str:
        if entry.mode == SUBMODULE:
            return "a submodule, which is another repository"
        return why_unread(path, os.fsdecode(self._content(entry.oid)), globs, self.has_folder)

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
        for batch in in_batches(unknown):
            for line in self._list(batch):
                self._known[os.fsdecode(_path_of(line))] = line.partition(b"\t")[0].decode()
        return {path: _TreeEntry(*meta.split()) for path in wanted if (meta := self._known[path])}

    def _list(self, paths: Iterable[str], *options: str) -> list[bytes]:
        """The lines of `git ls-tree`, by path: mode, kind and object id, a tab, and the path."""
        options = ("-z", "--full-tree", *options)
        listing = self.git.run("ls-tree", *options, self.base, "--", *paths, environment=LITERAL)
        return listed(listing)

    def _size(self, oid: str) -> int:
        return self._ask("--batch-check", oid)[1]

    def _content(self, oid: str) -> bytes:
        running, size = self._ask("--batch", oid)
        if size > LARGEST:
            raise TreeError(f"object {oid} says that it has {size} bytes", place=self._place)
        content = running.output.read(size + 1)
        if len(content) != size + 1:
            raise GitError("git has ended in the middle of an answer", place=self._place)
        return content[:-1]  # a newline follows

    def _ask(self, how: str, oid: str) -> tuple[Running, int]:
        """Ask a `git cat-file` that goes on running for an object; returns its size."""
        running = self._readers.get(how)
        if running is None:
            running = self._readers[how] = self.git.start(
                "cat-file", how, environment=SMALL_WINDOWS
            )
        answer = running.ask(oid.encode()).split()
        if answer[-1] == b"missing":
            raise TreeError(
                f"object {oid} is missing from the repository",
                place=self._place,
                hint="if it is a partial clone, let git checkout fetch it first",
            )
        if len(answer) != 3 or not answer[2].isdigit() or len(answer[2]) > 18:
            raise GitError(f"git gives no sense for object {oid}", place=self._place)
        return running, int(answer[2])

    @property
    def _place(self) -> Place:
        return Place(str(self.root))

    def _index(self, paths: Sequence[str]) -> tuple[dict[str, tuple[str, str]], set[str]]:
        """Mode and object id of each path in the index, and those not checked out on purpose."""
        staged: dict[str, tuple[str, str]] = {}
        absent = set()
        for batch in in_batches(paths):
            options = ("-t", "-s", "-z", "--full-name")
            listing = self.git.run("ls-files", *options, "--", *batch, environment=LITERAL)
            for line in listed(listing):
                meta, _, name = line.partition(b"\t")
                tag, mode, oid, stage = meta.decode().split()
                path = os.fsdecode(name)
                staged[path] = (mode, oid if stage == "0" else "unmerged")
                if tag == "S":
                    absent.add(path)
        return staged, absent

    def _same_on_disk(self, path: str, oid: str) -> bool:
        try:
            data = read_regular(self.root / path)
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


_ODD_LINES = (f"{LINK} ".encode(), f"{SUBMODULE} ".encode())
"""How `git ls-tree` begins the lines of what is no file."""


def _path_of(line: bytes) -> bytes:
    return line.partition(b"\t")[2]


def _looked_up(lines: Sequence[bytes], path: str) -> str:
    """What `git ls-tree -r` has printed before `path`, if it has."""
    name = os.fsencode(path)
    at = bisect_left(lines, name, key=_path_of)
    meta, _, found = lines[at].partition(b"\t") if at < len(lines) else (b"", b"", b"")
    return meta.decode() if found == name else ""
