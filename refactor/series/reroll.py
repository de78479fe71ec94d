"""The next version of a series: what the last one was, and what has become of each of its patches.

The last one is read from its mails, or from a branch, and put into the scratch repository beside
the new one. So git itself tells the two apart, and writes the range-diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from refactor.errors import TreeError, UsageError
from refactor.output import temporary_folder
from refactor.series.commits import Repository
from refactor.series.replies import given
from refactor.tree.commit import GitTree, open_tree
from refactor.tree.git import Git, GitError
from refactor.tree.mails import addresses, header, message
from refactor.tree.tree import KernelTree, read_regular

BRANCH = "refs/heads/previous"

_LINE = re.compile(r"\s*(\d+|-):\s+\S+ ([=!<>])\s+(\d+|-):")
_PATHS = re.compile(rb"^diff --git a/(.*) b/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Previous:
    """A version of a series that was sent already."""

    version: int
    cover_id: str
    """The Message-Id of its cover letter; empty if it is not known."""
    change_id: str
    base: str
    patches: tuple[bytes, ...]
    ids: tuple[str, ...]
    """The Message-Ids of its patches."""
    branch: str = ""
    """The branch that it is, if it was not read from mails."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What has become of the patches, numbered from 1."""

    range: str
    """The commits of the last version, as git names them in the scratch repository."""
    states: Mapping[int, str]
    """For each new patch: `=` no change, `!` changed, `>` new."""
    kept: Mapping[int, int]
    """For a new patch whose change is the same, by its patch-id: the number that it had."""
    dropped: int
    """How many there are no more."""


def previous(tree: KernelTree, name: str) -> Previous:
    """A folder of mails, or a branch of the tree's repository. Raises UsageError."""
    folder = Path(name)
    if folder.is_dir():
        return _from_mails(folder)
    if isinstance(tree, GitTree):
        try:
            tree.git.run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}")
        except GitError:
            pass
        else:
            return Previous(1, "", "", tree.base, (), (), f"refs/heads/{name}")
    raise UsageError(f"--previous {name}: no folder of patches, and no branch")


def _from_mails(folder: Path) -> Previous:
    mails = [each.read_bytes() for each in sorted(folder.glob("*.patch")) if each.is_file()]
    covers = [mail for mail in mails if re.search(rb"^Subject: .*\b0+/\d+\]", mail, re.MULTILINE)]
    if len(covers) != 1 or len(mails) < 2:
        raise UsageError(
            f"--previous: no series in it, with one cover letter: {folder}",
            hint="name the folder that treewide series wrote for one version",
        )
    cover = covers[0]
    subject = re.search(rb"^Subject: \[[^\]]*?\bv(\d+) ", cover, re.MULTILINE)
    patches = tuple(mail for mail in mails if mail is not cover)
    return Previous(
        version=int(subject[1]) if subject else 1,
        cover_id=_id(cover),
        change_id=_found(rb"^change-id: (\S+)$", cover),
        base=_found(rb"^base-commit: ([0-9a-f]{40,64})$", cover),
        patches=patches,
        ids=tuple(map(_id, patches)),
    )


def _id(mail: bytes) -> str:
    return _found(rb"(?i)^Message-Id: (<[^<>\s]+>)", mail)


def _found(pattern: bytes, mail: bytes) -> str:
    match = re.search(pattern, mail, re.MULTILINE)
    return match[1].decode(errors="replace") if match else ""


# ---------------------------------------------------------------------------- in git


def compared(repository: Repository, tree: KernelTree, last: Previous) -> Compared:
    """Put the last version into the scratch repository, and compare. Raises TreeError."""
    before = imported(repository, tree, last)
    after = str(repository.ranges[0])
    text = repository.git.run("range-diff", "--no-color", "--no-patch", before, after).decode()
    rows = [match.groups() for line in text.splitlines() if (match := _LINE.match(line))]
    old, new = _patch_ids(repository.git, before), _patch_ids(repository.git, after)
    kept = {number: old.index(each) + 1 for number, each in enumerate(new, 1) if each in old}
    return Compared(
        range=before,
        states={int(there): mark for _, mark, there in rows if there != "-"},
        kept=kept,
        dropped=sum(there == "-" for _, _, there in rows),
    )


def imported(repository: Repository, tree: KernelTree, last: Previous) -> str:
    """The commits of the last version, as git names them in the scratch repository."""
    if last.branch:
        assert isinstance(tree, GitTree)
        head = tree.git.run("rev-parse", last.branch).decode().strip()
        fork = tree.git.run("merge-base", last.base, head).decode().strip()
        return f"{fork}..{head}"
    git = repository.git
    stream = b"".join(_stream(git, _at_base(tree, last.base), last))
    git.run("fast-import", "--quiet", "--force", stdin=stream)
    return f"{BRANCH}~{len(last.patches)}..{BRANCH}"


def _at_base(tree: KernelTree, base: str) -> KernelTree:
    if not isinstance(tree, GitTree) or not base or base == tree.base:
        return tree
    try:
        return open_tree(tree.root, base, is_any=True)
    except UsageError as error:
        raise UsageError(
            f"--previous: the commit that it is based on is not there: {base}"
        ) from error


def _stream(git: Git, tree: KernelTree, last: Previous) -> Iterator[bytes]:
    """What the patches of the last version make of the files that they touch, for fast-import."""
    touched = [sorted({os.fsdecode(path) for path in _PATHS.findall(p)}) for p in last.patches]
    for path in (path for paths in touched for path in paths):
        if not PurePosixPath(path).parts or {"..", ".git"} & set(path.split("/")) or path[0] == "/":
            raise TreeError(f"--previous: it touches what is not in a tree: {path}")
    blobs = tree.read({path for paths in touched for path in paths})
    with temporary_folder("treewide-") as folder:
        for blob in blobs.values():
            file = folder / blob.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(blob.data)
        yield _commit(b"treewide <treewide@localhost>", b"base\n", folder, sorted(blobs))
        here = Git(folder, git.git_dir, git.environment)
        for patch, paths in zip(last.patches, touched, strict=True):
            try:
                here.run("apply", "--whitespace=nowarn", "-", stdin=patch)
            except GitError as error:
                raise TreeError(
                    f"--previous: it does not apply to what it is based on: {error.message}"
                ) from error
            top, _, body = patch.partition(b"\n\n")
            yield _commit(*_said(top, body), folder, paths)


def _said(top: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Who a patch is from, and its message."""
    mail = message(top)
    name, address = next(iter(addresses(mail, "From")), ("", ""))
    who = re.sub(r"[<>\n]", "", name) + " <" + re.sub(r"[<>\n]", "", address) + ">"
    subject = header(mail, "Subject")
    words = subject.partition("] ")[2] or subject
    made = words.encode(errors="replace") + b"\n\n" + body.partition(b"\n---\n")[0] + b"\n"
    return who.encode(errors="replace"), made


def _commit(who: bytes, message: bytes, folder: Path, paths: Sequence[str]) -> bytes:
    head = b"commit %b\ncommitter %b 0 +0000\ndata %d\n%b\n"
    lines = [head % (BRANCH.encode(), who, len(message), message)]
    for path in paths:
        name = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        try:
            data = read_regular(folder / path)
        except FileNotFoundError:
            lines.append(b'D "%b"\n' % name)
        except OSError as error:
            raise TreeError(f"--previous: it makes no file of {path}: {error.strerror}") from error
        else:
            lines.append(b'M 100644 inline "%b"\ndata %d\n%b\n' % (name, len(data), data))
    return b"".join(lines)


def _patch_ids(git: Git, commits: str) -> list[str]:
    """The patch-ids of commits, in their order."""
    diffs = git.run("log", "--reverse", "--format=commit %H", "--patch", "--no-ext-diff",
                    "--no-textconv", "--no-renames", "--text", commits)  # fmt: skip
    listing = git.run("patch-id", "--stable", stdin=diffs).decode().splitlines()
    known = {line.split()[1]: line.split()[0] for line in listing}
    order = git.run("rev-list", "--reverse", commits).decode().split()
    return [known.get(commit, commit) for commit in order]


# ---------------------------------------------------------------------------- what is said


def tags_of(file: Path, last: Previous, found: Compared) -> tuple[dict[int, list[str]], list[str]]:
    """The tags of replies for each new patch whose change is the same, and what was dropped.

    A tag that was given to the cover letter is one for every patch.
    """
    numbers = {each: number for number, each in enumerate(last.ids, 1) if each}
    known = numbers | ({last.cover_id: 0} if last.cover_id else {})
    tags, dropped = given(file, known)
    now = {old: new for new, old in found.kept.items()}
    result: dict[int, list[str]] = {}
    for each in tags:
        number = known[each.to]
        for old in [number] if number else numbers.values():
            if old in now:
                result.setdefault(now[old], []).append(each.tag)
            else:
                dropped.append(f"{each.tag}: patch {old} of v{last.version} has changed since")
    return result, dropped


TODO = "*** say what has changed ***"


def changes(
    found: Compared, version: int, own: Mapping[int, str], components: Sequence[str]
) -> tuple[dict[int, str], list[str]]:
    """For each patch, what has changed since the version before; and what is left to be written."""
    texts, left = {}, []
    for number, component in enumerate(components, 1):
        state = found.states.get(number, ">")
        said = {"=": "No change.", ">": "New patch."}.get(state, TODO)
        said = "The same change in other words." if said == TODO and number in found.kept else said
        said = own.get(number, said)
        if said == TODO:
            left.append(f"patch {number} ({component}): what has changed since v{version - 1}")
        texts[number] = f"v{version}: {said}"
    return texts, left


def summary(found: Compared, last: Previous, own: str) -> str:
    """The changelog of the cover letter."""
    count = {mark: sum(each == mark for each in found.states.values()) for mark in "=!>"}
    words = [
        f"{number} {what}"
        for number, what in (
            (count["!"], "changed"),
            (count["="], "without a change"),
            (count[">"], "new"),
            (found.dropped, "dropped"),
        )
        if number
    ]
    lines = [f"Patches since v{last.version}: {', '.join(words)}."]
    lines += ["", own.strip("\n")] if own else []
    return "\n".join(lines)
