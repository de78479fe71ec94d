"""Prototypes in other files: they change as the heads of their definitions do, or neither does.

Files are rewritten one by one, and a prototype may be in any of them. So when all is done, the
functions that others may see and whose heads have changed are looked for in the tree, and each
prototype is written as the rule would have written it in the file of the definition. Where it
cannot be, the definition is refused, by the place of the prototype.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from refactor.c.convert import directives_of
from refactor.c.items import cut
from refactor.c.lexical import mentions
from refactor.c.signatures import Declared, Signature, signatures
from refactor.c.tables import EMPTY, TypeTable, header_paths, includes
from refactor.match.verdict import Change, NotApplicable
from refactor.plan.split import component_of, place_in
from refactor.rewrite.file import Rewritten
from refactor.rewrite.prototypes import followed
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program, Smpl
from refactor.rule.model import GENERIC, Rule
from refactor.text import Span
from refactor.tree.globs import matches
from refactor.tree.tree import SIZE_LIMIT, Blob, KernelTree

HEADERS = ("**/*.h",)
"""Where prototypes are, besides the files that a rule is for."""

Done = tuple[tuple[Blob, TypeTable], Rewritten]
"""A file, with what its headers declare, and what became of it."""


def change_heads(program: Program) -> bool:
    """True if an edit changes heads of functions, so that all files have to be known."""
    return any(isinstance(edit, Smpl) and edit.compiled.changes_heads for edit in program.edits)


def follow(
    tree: KernelTree, rule: Rule, program: Program, done: Sequence[Done]
) -> tuple[list[Done], list[str]]:
    """The files, with all prototypes of what has changed in them, in the order of their paths.

    The second value is what is to be said of prototypes that the rule does not reach.
    """
    names = sorted({name for _, result in done for name, _ in result.heads})
    if not names:
        return list(done), []
    files = {blob.path: each for each in done for blob in (each[0][0],)}
    found = _Found(
        tree, (*rule.paths, *HEADERS), names, {path: known[0] for path, (known, _) in files.items()}
    )
    made: dict[tuple[str, Span], _Followed] = {}
    spared: dict[str, str] = {}
    for known, result in done:
        for each in _of_file(known, result, program, found):
            place = place_in(each.path, each.data, each.declared.where.start)
            note = f"its prototype in {place.path}:{place.line} would not fit any more"
            other = made.setdefault((each.path, each.declared.where), each)
            if each.text is None or other.text != each.text:
                spared.setdefault(each.declared.name.decode(), note)
    notes = []
    edits: dict[str, list[_Followed]] = {}
    for each in made.values():
        if each.declared.name.decode() in spared or each.text == each.old:
            continue
        if not matches(each.path, rule.paths):
            place = place_in(each.path, each.data, each.declared.where.start)
            name = each.declared.name.decode()
            notes.append(
                f"{place.path}:{place.line}: the prototype of {name}() is outside of the rule's"
                " paths, not changed"
            )
            continue
        edits.setdefault(each.path, []).append(each)
    for path, (known, result) in list(files.items()):
        if any(name in spared for name, _ in result.heads):
            again = rewrite_all(path, known[0].data, program, known[1], spared)
            files[path] = (known, again)
    for path, some in edits.items():
        blob = some[0].blob
        known, result = files.get(path, ((blob, EMPTY), Rewritten(path, blob.data, blob.data)))
        files[path] = (known, _with(result, some))
    return [files[path] for path in sorted(files)], notes


@dataclass(frozen=True, slots=True)
class _Followed:
    """What becomes of a prototype."""

    blob: Blob
    declared: Declared
    number: int
    """Of the edit that changes the definition."""
    text: bytes | None
    """None if it would contradict the definition."""

    @property
    def path(self) -> str:
        return self.blob.path

    @property
    def data(self) -> bytes:
        return self.blob.data

    @property
    def old(self) -> bytes:
        return self.data[self.declared.where.start : self.declared.where.end]


class _Found:
    """The prototypes of some functions in a tree, by name."""

    def __init__(
        self,
        tree: KernelTree,
        globs: Sequence[str],
        names: Sequence[str],
        known: Mapping[str, Blob],
    ) -> None:
        self.of: dict[bytes, list[tuple[Blob, Declared]]] = {name.encode(): [] for name in names}
        paths = tree.search(names, globs)()
        sizes = tree.sizes(path for path in paths if path not in known)
        read = tree.read(path for path, size in sizes.items() if size <= SIZE_LIMIT)
        for path in paths:
            blob = known.get(path) or read.get(path)
            if blob is None or not _may_declare(blob.data, names):
                continue
            for each in signatures(blob.data, names):
                if each.name in self.of and not each.is_definition and not each.is_static:
                    self.of[each.name].append((blob, each))


def _may_declare(data: bytes, names: Iterable[str]) -> bool:
    """False if all that mentions the functions are bodies of others: most files only call them."""
    at = sorted(
        each.start for name in names if name.encode() in data for each in mentions(data, name)
    )
    if not at:
        return False
    found = cut(data, at)
    if found.doubt or _LINKAGE.search(data):
        return True
    return any(
        not data[each.span.start : each.span.end].rstrip().endswith(b"}") for each in found.items
    )


_LINKAGE = re.compile(rb'extern\s+"C')


def _of_file(
    known: tuple[Blob, TypeTable], result: Rewritten, program: Program, found: _Found
) -> Iterator[_Followed]:
    """What becomes of the prototypes in other files of the functions that a file defines."""
    blob, headers = known
    numbers = {name.encode(): number for name, number in result.heads}
    some = [
        (other, each)
        for name in numbers
        for other, each in found.of[name]
        if other.path != blob.path and _may_be_one(blob.path, other.path)
    ]
    if not some:
        return
    names = {each.name.decode() for _, each in some}
    before, own = _defined(blob.data, names)
    after, _ = _defined(result.after, names)
    some = [(other, each) for other, each in some if each.name not in own]
    direct = set(_direct(blob))
    texts = [other.data[each.where.start : each.where.end] for other, each in some]
    made = followed(blob.path, blob.data, program, headers, texts)
    for (other, each), text, new in zip(some, texts, made, strict=True):
        wanted = after.get(each.name)
        if each.name not in before:
            # How it was defined cannot be told, so neither can that a prototype still fits.
            yield _Followed(other, each, numbers[each.name], None if new == text else new)
        elif new == text and each.signature != wanted:
            # Another function may have the same name; one that was declared like this does not.
            if each.signature != before[each.name] and other.path not in direct:
                continue
            if wanted is not None:
                yield _Followed(other, each, numbers[each.name], None)
        else:
            yield _Followed(other, each, numbers[each.name], new)


def _may_be_one(path: str, other: str) -> bool:
    """False for files of two architectures, which no program has both of."""
    components = {component_of(path), component_of(other)} - {GENERIC}
    return len(components) < 2


def _defined(data: bytes, names: Iterable[str]) -> tuple[dict[bytes, Signature], set[bytes]]:
    """Those of some functions that a file defines for others, and those that are its own."""
    every = signatures(data, names)
    own = {each.name for each in every if each.is_static}
    found = {
        each.name: each.signature for each in every if each.is_definition and each.name not in own
    }
    return found, own


def _direct(blob: Blob) -> Iterator[str]:
    """Where the headers may be that a file includes itself."""
    for spelled, is_quoted in includes(directives_of(blob.data)):
        yield from header_paths(blob.path, os.fsdecode(spelled), is_quoted)


def _with(result: Rewritten, some: Sequence[_Followed]) -> Rewritten:
    """What became of a file, and its prototypes besides.

    One that the rule has changed already, because it matches by itself, is left as that is.
    """
    after = result.after
    is_as_before = after == result.before
    changes = []
    for each in sorted(some, key=lambda one: one.declared.where, reverse=True):
        assert each.text is not None
        where = _line_of(each.data, each.declared.where) if not each.text else each.declared.where
        old = each.data[where.start : where.end]
        at = where.start if is_as_before else after.rfind(old)
        if at < 0:
            continue
        after = after[:at] + each.text + after[at + len(old) :]
        shown = [" ".join(text.decode(errors="replace").split()) for text in (each.old, each.text)]
        changes.append(
            Change(each.number, each.declared.where, "", before=shown[0], after=shown[1])
        )
    taken = [each.where for each in changes]
    told = [
        each
        for each in result.verdicts
        if not isinstance(each, NotApplicable)
        or not any(where.covers(each.where) for where in taken)
    ]
    verdicts = tuple(sorted([*told, *changes], key=lambda each: each.where))
    return replace(result, after=after, verdicts=verdicts)


def _line_of(data: bytes, where: Span) -> Span:
    """The lines of a declaration that goes."""
    start = data.rfind(b"\n", 0, where.start) + 1
    end = data.find(b"\n", where.end)
    return Span(start, len(data) if end < 0 else end + 1)
