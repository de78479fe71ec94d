"""A series of commits, made by real git in a sealed scratch repository.

The scratch repository borrows the objects of the user's (objects/info/alternates), so the commits
have the real base as their parent, and every object id is the one that `git am` will look for.
Nothing is written to the user's repository but by `write_branch`.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from refactor.errors import Place, UsageError
from refactor.output import temporary_folder
from refactor.plan.split import FileChange, Patch
from refactor.series.tags import Tags
from refactor.tree.commit import GitTree
from refactor.tree.git import Git, GitError, scratch
from refactor.tree.tree import KernelTree

BRANCH = "refs/heads/series"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the patches are from."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class Part:
    """Patches that are sent together: from one number to another, with a cover letter."""

    first: int
    last: int
    """The number behind the last one."""
    cover: str
    needed: int = 0
    """How many patches, the first of all, it builds on."""


@dataclass(frozen=True, slots=True)
class Series:
    """Patches with their commit messages, ready to be put into git."""

    patches: tuple[Patch, ...]
    messages: tuple[str, ...]
    cover: str = ""
    tags: Tags = field(default_factory=Tags)
    parts: tuple[Part, ...] = ()
    """Series of their own that it is cut into; none for one of all patches, with `cover`."""
    given: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Tags of single patches, by their numbers from 0."""


def identity(tree: KernelTree) -> Identity:
    """The user's identity as git knows it. Raises UsageError if git would have to guess."""
    git = tree.git if isinstance(tree, GitTree) else Git(tree.root)
    try:
        line = git.run("var", "GIT_AUTHOR_IDENT", environment=NO_GUESSING).decode()
    except GitError as error:
        raise UsageError(
            "git does not know who you are",
            hint='git config --global user.name "Your Name"; '
            "git config --global user.email you@example.org",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError("git's user.name or user.email is not UTF-8") from error
    match = re.fullmatch(r"(.*) <(.*)> \d+ [-+]\d+\n?", line)
    if match is None or not match[1] or not match[2]:
        raise UsageError(f"git's idea of you is odd: {line.strip()}")
    return Identity(match[1], match[2])


NO_GUESSING = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.useConfigOnly",
    "GIT_CONFIG_VALUE_0": "true",
}


def date() -> str:
    """The date of the series in git's raw form: SOURCE_DATE_EPOCH, or the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        now = time.localtime()
        return f"{int(time.time())} {time.strftime('%z', now)}"
    if not re.fullmatch(r"[0-9]+", epoch):
        raise UsageError(f"SOURCE_DATE_EPOCH is no number of seconds: {epoch!r}")
    if len(epoch) > 12 or int(epoch) > LATEST:
        raise UsageError(f"SOURCE_DATE_EPOCH is behind the year 2099: {epoch[:40]}")
    return f"{int(epoch)} +0000"


LATEST = 4_102_444_799
"""The last second of 2099, in UTC: git writes no date behind it in a mail."""


@dataclass(frozen=True, slots=True)
class Range:
    """The commits of a part, as git names them, and its cover letter."""

    start: str
    """The commit before the first one."""
    branch: str
    cover: str
    first: int = 0
    """The number of its first patch in the whole series."""

    def __str__(self) -> str:
        return f"{self.start}..refs/heads/{self.branch}"


@dataclass(frozen=True, slots=True)
class Repository:
    """A scratch repository with the commits of a series in it."""

    git: Git
    path: Path
    base: str
    """The commit that the series starts from; in a plain directory one that was made up."""
    real_base: bool
    author: Identity
    when: str
    ranges: tuple[Range, ...]
    """For each part of the series, its commits."""


@contextmanager
def build(
    tree: KernelTree, series: Series, author: Identity, *, sign_off: bool = False
) -> Iterator[Repository]:
    """Make the commits of `series` on top of the tree's base, in a scratch repository.

    It is removed behind the `with`.
    """
    with temporary_folder("treewide-") as folder:
        path = folder / "series.git"
        git = init(path, tree)
        when = date()
        importing = git.start("fast-import", "--quiet", "--force", "--depth=0")
        importing.feed(_stream(tree, series, author, when, sign_off))
        importing.finish()
        base = tree.base or git.run("rev-list", "--max-parents=0", BRANCH).decode().strip()
        ranges = tuple(_ranges(git, series, base))
        yield Repository(git, path, base, tree.base is not None, author, when, ranges)


def _ranges(git: Git, series: Series, base: str) -> Iterator[Range]:
    if not series.parts:
        yield Range(base, BRANCH.rpartition("/")[2], series.cover)
        return
    for number, part in enumerate(series.parts):
        name = _part(number)
        # Of a part that begins further on, what it builds on is told as prerequisites.
        behind = f"{part.last - part.first}"
        start = git.run("rev-parse", f"refs/heads/{name}~{behind}").decode().strip()
        yield Range(start, name, part.cover, part.first)


def diff(repository: Repository, *options: str) -> bytes:
    """The whole change as `git diff` writes it."""
    return repository.git.run("diff", *DIFF_OPTIONS, *options, repository.base, BRANCH)


DIFF_OPTIONS = ("--full-index", "--text", "--no-ext-diff", "--no-textconv")
"""What makes git's diff the same everywhere, and complete."""


def check_branch(tree: KernelTree, name: str, *, force: bool) -> None:
    """Raise UsageError if a branch `name` cannot be written, before anything is done for it."""
    if not isinstance(tree, GitTree):
        raise UsageError(f"{tree.root} is no git repository, so --branch has no place to go")
    ref = f"refs/heads/{name}"
    try:
        tree.git.run("check-ref-format", ref)
    except GitError as error:
        raise UsageError(f"{name!r} is no name for a branch") from error
    if name.startswith("-") or name == "HEAD":
        raise UsageError(f"{name!r} is no name for a branch")
    in_use = tree.git.run("worktree", "list", "--porcelain").decode(errors="surrogateescape")
    if f"branch {ref}" in in_use.splitlines():
        raise UsageError(
            f"branch {name} is checked out",
            hint="index and work tree would not follow; choose another name",
        )
    existing = tree.git.run("for-each-ref", "--format=%(refname)", ref).decode().splitlines()
    if existing == [ref] and not force:
        raise UsageError(f"branch {name} is there already", hint="overwrite it with --force")


def write_branch(repository: Repository, tree: KernelTree, name: str, *, force: bool) -> str:
    """Put the commits into the user's repository as branch `name`, and return the new head.

    Neither index nor work tree are touched, and nothing of the repository is run: objects are
    copied as a pack, without a fetch. Raises UsageError as `check_branch` does.
    """
    check_branch(tree, name, force=force)
    assert isinstance(tree, GitTree)
    head = repository.git.run("rev-parse", BRANCH).decode().strip()
    wanted = f"{head}\n^{repository.base}\n".encode()
    pack = repository.git.run("pack-objects", "--quiet", "--revs", "--stdout", stdin=wanted)
    tree.git.run("unpack-objects", "-q", stdin=pack)
    options = ["--force"] if force else []
    try:
        tree.git.run("branch", "--no-track", *options, name, head)
    except GitError as error:
        raise UsageError(error.message, place=Place(str(tree.root))) from error
    return head


LONGEST = 100_000
"""Bytes of a cover letter that git config is given: one argument takes 128 KiB."""


def describe_branch(tree: KernelTree, name: str, cover: str, change_id: str, revision: int) -> None:
    """Keep the cover letter of a branch as its description, where git format-patch looks for it.

    So does b4, which takes the branch over with `b4 prep`: change-id, version and base are in the
    words of its own configuration. A cover letter that is too long for git config is left out.
    """
    assert isinstance(tree, GitTree)
    try:
        where = tree.git.run("symbolic-ref", "--short", "HEAD").decode().strip()
        if tree.git.run("rev-parse", where).decode().strip() != tree.base:
            where = tree.base
    except GitError:
        where = tree.base
    series = {"revision": revision, "change-id": change_id, "base-branch": where, "prefixes": []}
    text = cover if len(cover.encode()) <= LONGEST else ""
    for key, value in (
        ("description", text),
        ("b4-prep-cover-strategy", "branch-description"),
        ("b4-tracking", json.dumps({"series": series})),
    ):
        tree.git.run("config", "--local", f"branch.{name}.{key}", value)


# ---------------------------------------------------------------------------- the repository


def object_format(tree: KernelTree) -> str:
    """The hash of the tree's repository, in git's word for it."""
    return tree.object_format if isinstance(tree, GitTree) else "sha1"


def init(path: Path, tree: KernelTree) -> Git:
    """A bare repository in which the tree's base, if it is a commit, has no parents.

    So nothing walks the history, and it does not matter how much of it the user's repository has.
    """
    git = scratch(path.parent, path)
    named = f"--object-format={object_format(tree)}"
    git.run("init", "--quiet", "--bare", "--template=", named, str(path))
    # It is gone in a second: neither flush its files to the disk, nor unpack them one by one.
    with (path / "config").open("a") as config:
        config.write("[core]\n\tfsync = none\n[fastimport]\n\tunpackLimit = 0\n")
        config.write("[pack]\n\tcompression = 0\n")
    (path / "HEAD").write_text(f"ref: {BRANCH}\n")
    (path / "info").mkdir(exist_ok=True)
    if isinstance(tree, GitTree):
        (path / "shallow").write_text(f"{tree.base}\n")
        (path / "objects/info").mkdir(parents=True, exist_ok=True)
        (path / "objects/info/alternates").write_bytes(_quoted(os.fsencode(tree.objects)) + b"\n")
    attributes = tree.read([".gitattributes"]).get(".gitattributes")
    if attributes is not None:  # for hunk headings as the user's own git would write them
        (path / "info/attributes").write_bytes(attributes.data)
    return git


def _quoted(path: bytes) -> bytes:
    """A path as a line of objects/info/alternates: in C quotes where it would be misread."""
    if not path.startswith((b"#", b'"')) and b"\n" not in path:
        return path
    return _path(os.fsdecode(path))


def _stream(
    tree: KernelTree, series: Series, author: Identity, when: str, sign_off: bool
) -> Iterator[bytes]:
    """What `git fast-import` needs to make the commits, and a base where there is no real one."""
    who = f"{author.name} <{author.email}> {when}"
    start = tree.base
    if start is None:
        yield from head(who, "base\n", BRANCH, f"mark {BASE}\n")
        before: dict[str, FileChange] = {}
        for change in (change for patch in series.patches for change in patch.files):
            before.setdefault(change.path, change)  # a later patch begins with what this one makes
        for change in before.values():
            yield file_line(change, b"inline") + data_of(change.before)
        start = BASE
    for place, change in enumerate(change for patch in series.patches for change in patch.files):
        yield b"blob\nmark :%d\n" % (place + AFTER_BASE) + data_of(change.after)
    places = list(accumulate((len(patch.files) for patch in series.patches), initial=AFTER_BASE))
    own_tag = str(author) if sign_off else ""
    for branch, numbers in _branches(series):
        parent = f"from {start}\n"
        for number in numbers:
            given = series.given.get(number, ())
            message = series.tags.added_to(series.messages[number], own_tag, given)
            yield from head(who, message, branch, "", parent)
            for place, change in enumerate(series.patches[number].files, places[number]):
                yield file_line(change, b":%d" % place)
            yield b"\n"
            parent = ""


BASE = ":1"
"""The mark by which git fast-import knows the base that was made up."""

AFTER_BASE = 2
"""The mark of the first file."""


def _branches(series: Series) -> Iterator[tuple[str, Iterable[int]]]:
    """All patches as one branch, and each part as one, on top of what it needs."""
    yield BRANCH, range(len(series.patches))
    for number, part in enumerate(series.parts):
        needed = range(min(part.needed, part.first))
        yield f"refs/heads/{_part(number)}", [*needed, *range(part.first, part.last)]


def _part(number: int) -> str:
    return f"part-{number + 1}"


def head(who: str, message: str, branch: str, mark: str, parent: str = "") -> Iterator[bytes]:
    yield f"commit {branch}\n{mark}author {who}\ncommitter {who}\n".encode()
    yield data_of(message.encode()) + parent.encode()


def file_line(change: FileChange, where: bytes) -> bytes:
    return f"M {change.mode} ".encode() + where + b" " + _path(change.path) + b"\n"


def data_of(data: bytes) -> bytes:
    return f"data {len(data)}\n".encode() + data + b"\n"


def _path(path: str) -> bytes:
    raw = os.fsencode(path)
    escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
