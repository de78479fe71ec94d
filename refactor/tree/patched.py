"""A tree with patches on top, without writing anything to it.

Real git applies the patches, in the index of a sealed scratch repository that has only the files
which they touch. What comes out lies over the tree like a sheet.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from refactor.errors import Place, TreeError
from refactor.tree.commit import GitTree
from refactor.tree.git import Git, GitError, scratch
from refactor.tree.globs import matches
from refactor.tree.patches import Patch, PatchSet
from refactor.tree.tree import (
    LINK,
    SUBMODULE,
    Blob,
    Entry,
    KernelTree,
    Search,
    matches_any,
    why_unread,
)

_FILE = re.compile(
    rb"^(?:---|\+\+\+|rename from|copy from) (\"(?:[^\"\\]|\\.)*\"|[^\t\n]*)", re.MULTILINE
)
_BOTH = re.compile(rb"^diff --git (\"(?:[^\"\\]|\\.)*\"|\S+) ", re.MULTILINE)
# A mode alone changes: there are no other lines with the path, and it may have blanks in it.
_SAME = re.compile(rb"^diff --git ([^/\n]+/(.+)) [^/\n]+/\2\r?$", re.MULTILINE)
_CORRUPT = re.compile(r"corrupt patch at (?:line |<stdin>:)(\d+)")
_FAILED = re.compile(r"^error: patch failed: (.*):(\d+)$", re.MULTILINE)


class PatchedTree(KernelTree):
    """A tree in which some files are others; None stands for one that is gone."""

    def __init__(self, under: KernelTree, files: Mapping[str, Blob | None]) -> None:
        self.under = under
        self.root = under.root
        self.base = under.base
        self.files = files

    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        wanted = sorted(words)
        searching = self.under.search(wanted, globs)
        word = re.compile(
            rb"(?<!\w)(?:" + b"|".join(re.escape(w.encode()) for w in wanted) + rb")(?!\w)"
        )

        def batches() -> Iterator[list[str]]:
            for batch in searching.batches():
                yield [path for path in batch if path not in self.files]
            yield [
                path
                for path, blob in self.files.items()
                if blob is not None
                and blob.mode != LINK
                and matches(path, globs)
                and word.search(blob.data)
            ]

        return Search(batches())

    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        wanted = sorted(set(paths))
        under = self.under.read(path for path in wanted if path not in self.files)
        found = {**under, **self._own(wanted)}
        return {path: found[path] for path in wanted if path in found}

    def specials(self, paths: Iterable[str]) -> dict[str, Blob]:
        wanted = set(paths)
        under = self.under.specials(path for path in wanted if path not in self.files)
        own = ((path, self.files.get(path)) for path in wanted)
        return under | {path: blob for path, blob in own if blob and blob.mode == LINK}

    def sizes(self, paths: Iterable[str]) -> dict[str, int]:
        wanted = set(paths)
        under = self.under.sizes(path for path in wanted if path not in self.files)
        return under | {path: len(blob.data) for path, blob in self._own(wanted).items()}

    def has_folder(self, path: str) -> bool:
        below = f"{path}/"
        return self.under.has_folder(path) or any(
            blob is not None and name.startswith(below) for name, blob in self.files.items()
        )

    def unread(self, globs: Sequence[str]) -> list[Entry]:
        found = [each for each in self.under.unread(globs) if each.path not in self.files]
        for path, blob in self.files.items():
            if blob is not None and blob.mode == LINK and matches_any(path, globs):
                reason = why_unread(path, os.fsdecode(blob.data), globs, self.has_folder)
                found += [Entry(path, reason)] if reason else []
        return found

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        return self.under.uncommitted(paths)

    def _own(self, paths: Iterable[str]) -> dict[str, Blob]:
        found = ((path, self.files.get(path)) for path in paths)
        return {path: blob for path, blob in found if blob is not None and blob.mode != LINK}


class RememberingTree(KernelTree):
    """A tree that is asked the same questions again and again, and looks only once."""

    def __init__(self, tree: KernelTree) -> None:
        self.tree = tree
        self.root = tree.root
        self.base = tree.base
        self._searches: dict[tuple[tuple[str, ...], tuple[str, ...]], Search] = {}
        self._read: dict[str, Blob | None] = {}
        self._links: dict[tuple[str, ...], list[Entry]] = {}

    def search(self, words: Iterable[str], globs: Sequence[str]) -> Search:
        key = (tuple(sorted(words)), tuple(globs))
        if key not in self._searches:
            self._searches[key] = self.tree.search(key[0], globs)
        return self._searches[key]

    def read(self, paths: Iterable[str]) -> dict[str, Blob]:
        wanted = sorted(set(paths))
        new = [path for path in wanted if path not in self._read]
        self._read |= dict.fromkeys(new)
        self._read |= self.tree.read(new)
        return {path: blob for path in wanted if (blob := self._read[path]) is not None}

    def specials(self, paths: Iterable[str]) -> dict[str, Blob]:
        return self.tree.specials(paths)

    def sizes(self, paths: Iterable[str]) -> dict[str, int]:
        return self.tree.sizes(paths)

    def has_folder(self, path: str) -> bool:
        return self.tree.has_folder(path)

    def unread(self, globs: Sequence[str]) -> list[Entry]:
        key = tuple(globs)
        if key not in self._links:
            self._links[key] = self.tree.unread(globs)
        return self._links[key]

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        return self.tree.uncommitted(paths)


# ---------------------------------------------------------------------------- applying


@dataclass(frozen=True, slots=True)
class Step:
    """The tree after a patch, and the paths that the patch touches."""

    patch: Patch
    tree: PatchedTree
    touched: frozenset[str]


def apply(tree: KernelTree, patches: PatchSet) -> list[Step]:
    """The tree after each of the patches.

    Raises TreeError for the first one that does not apply, with the hunk.
    """
    paths = frozenset(path for patch in patches.patches for path in touched(patch.diff))
    originals = tree.read(paths) | tree.specials(paths)
    steps = []
    with _index(originals, _object_format(tree)) as git:
        before = _listing(git)
        files: dict[str, Blob | None] = {}
        for patch in patches.patches:
            try:
                git.run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch.diff)
            except GitError as error:
                raise _not_applied(tree, patches, patch, error.message) from error
            after = _listing(git)
            changed = {
                path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
            }
            blobs = _blobs(git, {path: after[path] for path in changed if path in after})
            files = {**files, **{path: blobs.get(path) for path in changed}}
            steps.append(Step(patch, PatchedTree(tree, files), frozenset(changed)))
            before = after
    return steps


def touched(diff: bytes) -> set[str]:
    """Every path that a diff names, on either side."""
    names = {match[1] for match in _FILE.finditer(diff)}
    names |= {match[1] for form in (_BOTH, _SAME) for match in form.finditer(diff)}
    found = set()
    for name in names:
        path = os.fsdecode(_unquoted(name.rstrip(b"\r")))
        found |= {path, path.partition("/")[2]}
    return {path for path in found if path != "dev/null" and not {"", ".."} & set(path.split("/"))}


def _unquoted(name: bytes) -> bytes:
    """A path as git writes it where it has unusual characters: in C quotes."""
    if not name.startswith(b'"'):
        return name
    text = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8) & 255]), name[1:-1])
    simple = {b"n": b"\n", b"t": b"\t", b'"': b'"', b"\\": b"\\"}
    return re.sub(rb'\\([nt"\\])', lambda match: simple[match[1]], text)


@contextmanager
def _index(files: Mapping[str, Blob], object_format: str) -> Iterator[Git]:
    """A sealed git whose index has just `files`."""
    with tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        path = Path(folder, "patches.git")
        git = scratch(path.parent, path)
        form = f"--object-format={object_format}"
        git.run("init", "--quiet", "--bare", "--template=", form, str(path))
        stream = [b"commit refs/heads/base\ncommitter treewide <> 0 +0000\ndata 0\n"]
        for name, blob in files.items():
            raw = os.fsencode(name).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            quoted = b'"' + raw.replace(b"\n", b"\\n") + b'"'
            if blob.mode == SUBMODULE:
                stream.append(b"M %b %b %b\n" % (SUBMODULE.encode(), blob.data, quoted))
                continue
            stream.append(b"M %b inline %b\n" % (blob.mode.encode(), quoted))
            stream.append(b"data %d\n%b\n" % (len(blob.data), blob.data))
        git.run("fast-import", "--quiet", stdin=b"".join(stream))
        git.run("read-tree", "refs/heads/base")
        yield git


def _listing(git: Git) -> dict[str, tuple[str, str]]:
    """Mode and object id of each path in the index."""
    listing = git.run("ls-files", "--stage", "-z")
    found = {}
    for line in listing.split(b"\0")[:-1]:
        meta, _, name = line.partition(b"\t")
        mode, oid, _stage = meta.decode().split()
        found[os.fsdecode(name)] = (mode, oid)
    return found


def _blobs(git: Git, entries: Mapping[str, tuple[str, str]]) -> dict[str, Blob]:
    """The contents of files and links; a submodule has none here."""
    entries = {path: entry for path, entry in entries.items() if entry[0] != SUBMODULE}
    request = "".join(f"{oid}\n" for _, oid in entries.values()).encode()
    answer = git.run("cat-file", "--batch", stdin=request) if entries else b""
    blobs, position = {}, 0
    for path, (mode, _) in entries.items():
        newline = answer.index(b"\n", position)
        size = int(answer[position:newline].split()[2])
        blobs[path] = Blob(path, answer[newline + 1 : newline + 1 + size], mode)
        position = newline + 1 + size + 1
    return blobs


def _not_applied(tree: KernelTree, patches: PatchSet, patch: Patch, words: str) -> TreeError:
    """Say which hunk of which file does not fit, as far as git tells."""
    words = words.removeprefix("git apply failed: ")
    failed = [
        f"{_hunk(patch.diff, match[1], int(match[2]))} of {match[1]}"
        for match in _FAILED.finditer(words)
    ]
    lines = words.splitlines()
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    why = _few(failed) or _few([_plain(each, patch.diff) for each in said]) or words
    where = f" to {tree.base[:12]}" if tree.base else ""
    hint = "name the commit that it was made for with --base" if tree.base else ""
    other = next((hint for sign, hint in _HINTS.items() if sign in words), None)
    if other is not None:
        return TreeError(why, place=Place(patch.label), hint=other)
    if patches.base and patches.base != tree.base:
        hint = f"it says that it was made for {patches.base}"
        under = _under(tree)
        if isinstance(under, GitTree) and _has(under.git, patches.base):
            hint = f"it was made for another commit: --base {patches.base[:12]}"
    return TreeError(f"the patch does not apply{where}: {why}", place=Place(patch.label), hint=hint)


SHOWN = 3
"""How many of the complaints about one patch are shown: one for another tree has hundreds."""


def _few(complaints: Sequence[str]) -> str:
    more = [f"{len(complaints) - SHOWN} more"] if len(complaints) > SHOWN else []
    return "; ".join([*complaints[:SHOWN], *more])


_HINTS = {
    "corrupt patch": "a mailer may have broken its lines; the original is in the list archive",
    "without full index line": "binary files need git diff --binary",
    "invalid path": "",
}
"""For what has nothing to do with the commit that the patch is for."""


def _plain(complaint: str, diff: bytes) -> str:
    """What git says, without its index, which is none of the user's here."""
    corrupt = _CORRUPT.search(complaint)
    if corrupt:
        above = diff.split(b"\n")[int(corrupt[1]) - 1 :: -1]
        hunk, path = (
            next((line for line in above if line.startswith(mark)), b"").decode(errors="replace")
            for mark in (b"@@ ", b"+++ ")
        )
        return f"the patch is damaged in the hunk {hunk} of {path.removeprefix('+++ ')}"
    complaint = re.sub(r"(.*): does not exist in index$", r"there is no \1", complaint)
    return re.sub(r"(.*): already exists in index$", r"\1 exists already", complaint)


def _under(tree: KernelTree) -> KernelTree:
    return tree.tree if isinstance(tree, RememberingTree) else tree


def _object_format(tree: KernelTree) -> str:
    """Binary patches and submodules name objects, so the index has to speak of them alike."""
    under = _under(tree)
    return under.object_format if isinstance(under, GitTree) else "sha1"


def _hunk(diff: bytes, path: str, line: int) -> str:
    """`hunk 2 of 3 (@@ -30,6 +30,8 @@ void *f)`, for the hunk of `path` that begins at `line`."""
    name = re.escape(os.fsencode(path))
    parts = re.split(rb"^(?=diff --git |--- )", diff, flags=re.MULTILINE)
    for part in parts:
        if not re.match(
            rb"--- [^\n]*\n\+\+\+ \"?[^/\n]*/" + name + rb"[\"\t\r\n]", part
        ) and not re.match(rb"--- \"?[^/\n]*/" + name + rb"[\"\t\r\n]", part):
            continue
        hunks = re.findall(rb"^@@ -(\d+)[^\n]*", part, re.MULTILINE)
        texts = re.findall(rb"^@@ -\d[^\n]*", part, re.MULTILINE)
        for number, (start, text) in enumerate(zip(hunks, texts, strict=True), 1):
            if int(start) == line:
                heading = text.decode(errors="replace").strip()
                return f"hunk {number} of {len(hunks)} ({heading})"
    return f"the hunk at line {line}"


def _has(git: Git, commit: str) -> bool:
    try:
        git.run("cat-file", "-e", f"{commit}^{{commit}}")
    except GitError:
        return False
    return True
