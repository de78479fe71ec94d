"""A series of commits, and the mails of it, made by real git in a sealed scratch repository.

The scratch repository borrows the objects of the user's (objects/info/alternates), so the commits
have the real base as their parent, and every object id is the one that `git am` will look for.
Nothing is written to the user's repository but by `write_branch`.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from refactor.errors import Place, TreeError, UsageError
from refactor.message import Message
from refactor.plan import Patch
from refactor.sealed import Git, GitError, sealed
from refactor.tree import GitTree, KernelTree

BRANCH = "refs/heads/series"
MAIL_NAME = re.compile(r"(v\d+-)?\d{4}-[^/]*\.patch")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the patches are from."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class Series:
    """Patches with their messages, ready to be put into git."""

    patches: tuple[Patch, ...]
    messages: tuple[Message, ...]
    cover: Message | None = None


@dataclass(frozen=True, slots=True)
class MailOptions:
    """How the mails are written; the names are those of git-format-patch(1)."""

    reroll: int | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to: str | None = None
    cc_by_patch: tuple[tuple[str, ...], ...] = field(default=())
    """For each patch, who is on Cc of it; the cover gets all of them."""


def identity(tree: KernelTree) -> Identity:
    """The user's identity as git knows it. Raises UsageError if git would have to guess."""
    git = Git(tree.root, tree.git.git_dir if isinstance(tree, GitTree) else None)
    try:
        line = git.run("-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT").decode()
    except GitError as error:
        raise UsageError(
            "git does not know who you are",
            hint='git config --global user.name "Your Name"; '
            "git config --global user.email you@example.org",
        ) from error
    match = re.fullmatch(r"(.*) <(.*)> \d+ [-+]\d+\n?", line)
    if match is None or not match[1] or not match[2]:
        raise UsageError(f"git's idea of you is odd: {line.strip()}")
    return Identity(match[1], match[2])


def date() -> str:
    """The date of the series in git's raw form: SOURCE_DATE_EPOCH, or the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        now = time.localtime()
        return f"{int(time.time())} {time.strftime('%z', now)}"
    if not epoch.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH is no number of seconds: {epoch!r}")
    return f"{epoch} +0000"


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


@contextmanager
def build(
    tree: KernelTree, series: Series, author: Identity, *, sign_off: bool = False
) -> Iterator[Repository]:
    """Make the commits of `series` on top of the tree's base, in a scratch repository.

    It is removed behind the `with`.
    """
    with tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        path = Path(folder, "series.git")
        git = _init(path, tree)
        when = date()
        base, stream = _stream(tree, series, author, when, sign_off)
        git.run("fast-import", "--quiet", "--force", stdin=stream)
        if base is None:
            base = git.run("rev-list", "--max-parents=0", BRANCH).decode().strip()
        if series.cover is not None:
            text = f"{series.cover.subject}\n\n{series.cover.body}\n"
            git.run("config", "branch.series.description", text)
        yield Repository(git, path, base, tree.base is not None, author, when)


def diff(repository: Repository, *options: str) -> bytes:
    """The whole change as `git diff` writes it."""
    return repository.git.run(
        "diff", "--full-index", "--text", "--no-ext-diff", "--no-textconv", *options,
        repository.base, BRANCH,
    )  # fmt: skip


def write_mails(repository: Repository, folder: Path, options: MailOptions) -> list[Path]:
    """Write cover letter and patches into a new `folder`, as `git format-patch` names them."""
    arguments = [
        "format-patch", "--quiet", "--full-index", "--text", "--thread=shallow",
        "--cover-letter", "--cover-from-description=subject", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--encode-email-headers", "--output-directory", str(folder),
    ]  # fmt: skip
    arguments += [f"--reroll-count={options.reroll}"] if options.reroll else []
    arguments += [f"--to={address}" for address in options.to]
    arguments += [f"--cc={address}" for address in options.cc]
    arguments += [f"--in-reply-to={options.in_reply_to}"] if options.in_reply_to else []
    arguments += [f"--base={repository.base}"] if repository.real_base else []
    who = {
        "GIT_COMMITTER_NAME": repository.author.name,
        "GIT_COMMITTER_EMAIL": repository.author.email,
        "GIT_COMMITTER_DATE": repository.when,
        "GIT_AUTHOR_NAME": repository.author.name,
        "GIT_AUTHOR_EMAIL": repository.author.email,
        "TZ": "UTC" if repository.when.endswith("+0000") else os.environ.get("TZ", ""),
    }
    if not who["TZ"]:
        del who["TZ"]
    repository.git.run(*arguments, f"{repository.base}..{BRANCH}", environment=who)
    mails = sorted(folder.iterdir())
    _settle_headers(mails, repository.when.split()[0], options.cc_by_patch)
    return mails


def write_branch(repository: Repository, tree: KernelTree, name: str, *, force: bool) -> str:
    """Put the commits into the user's repository as branch `name`, and return the new head.

    Raises UsageError if there is such a branch already, or if the name is none.
    """
    if not isinstance(tree, GitTree):
        raise UsageError(f"{tree.root} is no git repository, so --branch has no place to go")
    ref = f"refs/heads/{name}"
    try:
        tree.git.run("check-ref-format", ref)
    except GitError as error:
        raise UsageError(f"{name!r} is no name for a branch") from error
    if not force and tree.git.run("for-each-ref", ref):
        raise UsageError(f"branch {name} is there already", hint="overwrite it with --force")
    importer = Git(tree.git.directory, tree.git.git_dir, ("protocol.file.allow=always",))
    importer.run(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
        "--no-recurse-submodules", "--no-auto-gc", str(repository.path),
        f"{'+' if force else ''}{BRANCH}:{ref}",
    )  # fmt: skip
    return repository.git.run("rev-parse", BRANCH).decode().strip()


# ---------------------------------------------------------------------------- the repository


def _init(path: Path, tree: KernelTree) -> Git:
    object_format = "sha1"
    if isinstance(tree, GitTree):
        object_format = tree.git.run("rev-parse", "--show-object-format").decode().strip()
    git = sealed(path.parent, path)
    git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", str(path))
    (path / "HEAD").write_text(f"ref: {BRANCH}\n")
    if isinstance(tree, GitTree):
        objects = _absolute(tree, tree.git.run("rev-parse", "--git-path", "objects"))
        (path / "objects/info").mkdir(parents=True, exist_ok=True)
        (path / "objects/info/alternates").write_bytes(_quoted(os.fsencode(objects)) + b"\n")
        shallow = _absolute(tree, tree.git.run("rev-parse", "--git-path", "shallow"))
        if shallow.is_file():
            shutil.copyfile(shallow, path / "shallow")
    attributes = tree.read([".gitattributes"]).get(".gitattributes")
    if attributes is not None:  # for hunk headings as the user's own git would write them
        (path / "info").mkdir(exist_ok=True)
        (path / "info/attributes").write_bytes(attributes.data)
    return git


def _absolute(tree: GitTree, answer: bytes) -> Path:
    return tree.git.directory / os.fsdecode(answer.removesuffix(b"\n"))


def _quoted(path: bytes) -> bytes:
    """A path as a line of objects/info/alternates: in C quotes where it would be misread."""
    if not path.startswith((b"#", b'"')) and b"\n" not in path:
        return path
    return b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _stream(
    tree: KernelTree, series: Series, author: Identity, when: str, sign_off: bool
) -> tuple[str | None, bytes]:
    """What `git fast-import` needs to make the commits, and the base if it is a real one."""
    pieces: list[bytes] = []
    who = f"{author.name} <{author.email}> {when}"
    parent = tree.base
    if parent is None:
        originals = {
            change.path: (change.mode, change.before)
            for patch in series.patches
            for change in patch.files
        }
        pieces += _commit(who, "base\n", None, originals)
    for patch, message in zip(series.patches, series.messages, strict=True):
        text = str(message)
        if sign_off:
            text += f"\nSigned-off-by: {author}\n"
        files = {change.path: (change.mode, change.after) for change in patch.files}
        pieces += _commit(who, text, parent, files)
        parent = None
    return tree.base, b"".join(pieces)


def _commit(
    who: str, message: str, parent: str | None, files: Mapping[str, tuple[str, bytes]]
) -> Iterator[bytes]:
    yield f"commit {BRANCH}\nauthor {who}\ncommitter {who}\n".encode()
    yield _data(message.encode())
    if parent is not None:
        yield f"from {parent}\n".encode()
    for path, (mode, data) in sorted(files.items()):
        yield f"M {mode} inline ".encode() + _path(path) + b"\n" + _data(data)
    yield b"\n"


def _data(data: bytes) -> bytes:
    return f"data {len(data)}\n".encode() + data + b"\n"


def _path(path: str) -> bytes:
    raw = os.fsencode(path)
    escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


# ---------------------------------------------------------------------------- the mails


def _settle_headers(
    mails: Sequence[Path], epoch: str, cc_by_patch: Sequence[Sequence[str]]
) -> None:
    """Make the headers depend on the input alone, and put each patch's own Cc into it.

    git builds a Message-Id from the time of day; the series has a date of its own.
    """
    everyone = tuple(dict.fromkeys(address for cc in cc_by_patch for address in cc))
    own = [everyone, *cc_by_patch] if cc_by_patch else [()] * len(mails)
    for mail, cc in zip(mails, own, strict=True):
        header, _, rest = mail.read_bytes().partition(b"\n\n")
        header = re.sub(rb"\.\d+\.git\.", b"." + epoch.encode() + b".git.", header)
        if cc:
            header = _add_cc(header, cc)
        mail.write_bytes(header + b"\n\n" + rest)


def _add_cc(header: bytes, cc: Sequence[str]) -> bytes:
    present = re.search(rb"^Cc: ((?:.*\n[ \t]+)*.*)$", header, re.MULTILINE)
    folded = ",\n    ".join(cc).encode()
    if present is None:
        return header + b"\nCc: " + folded
    return header[: present.end()] + b",\n    " + folded + header[present.end() :]


# ---------------------------------------------------------------------------- the output folder


@contextmanager
def replacing(folder: Path, mark: bytes) -> Iterator[Path]:
    """A new folder to write a series into; behind the `with` it takes the place of `folder`.

    Mails of an earlier run with the same reroll count go, those of others stay. Whatever is not
    ours, told by `mark` in its cover letter, is left alone by an error. Raises TreeError.
    """
    folder = folder.absolute()
    if folder.is_symlink():
        folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise TreeError(f"cannot write there: {error.strerror}", place=Place(str(folder))) from error
    try:
        new.chmod(0o777 & ~_umask())
        yield new
        _keep_others(folder, new, mark)
        _put_in_place(new, folder)
    except OSError as error:
        raise TreeError(f"cannot write: {error.strerror}", place=Place(str(folder))) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _keep_others(folder: Path, new: Path, mark: bytes) -> None:
    """Take over mails of other rerolls; refuse to replace what this tool has not written."""
    if not folder.exists():
        return
    entries = sorted(folder.iterdir())
    foreign = [entry.name for entry in entries if not MAIL_NAME.fullmatch(entry.name)]
    covers = [entry for entry in entries if entry.name.endswith("0000-cover-letter.patch")]
    rerolls = {_reroll(entry.name) for entry in entries} - {_reroll(cover.name) for cover in covers}
    if not foreign and not all(mark in cover.read_bytes() for cover in covers):
        foreign = [cover.name for cover in covers]
    elif not foreign and rerolls:
        foreign = [entry.name for entry in entries if _reroll(entry.name) in rerolls]
    if foreign:
        raise TreeError(
            f"the folder has something in it that treewide did not write: {foreign[0]}",
            place=Place(str(folder)),
            hint="name another folder with -o, or empty this one",
        )
    mine = {_reroll(entry.name) for entry in new.iterdir()}
    for entry in entries:
        if _reroll(entry.name) not in mine:
            shutil.copy2(entry, new / entry.name)


def _reroll(name: str) -> str:
    match = MAIL_NAME.fullmatch(name)
    return (match[1] or "") if match else ""


def _put_in_place(new: Path, folder: Path) -> None:
    """Rename, or exchange the two in one step, so that no moment sees half of a series."""
    if not folder.exists() or not any(folder.iterdir()):
        new.rename(folder)
        return
    try:
        _exchange(new, folder)
    except OSError:  # a file system that cannot: for a moment there is no `folder`
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
        folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> None:
    """renameat2(2) with RENAME_EXCHANGE. Raises OSError where there is none."""
    library = ctypes.CDLL(None, use_errno=True)
    here = -100  # AT_FDCWD
    rename = getattr(library, "renameat2", None)
    if rename is None or rename(here, os.fsencode(one), here, os.fsencode(other), 2) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
