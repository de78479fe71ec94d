"""What a tree has to do with a rule: which vintage it is, and what is in which file.

Here the reading ends: what is made of it, patches or findings, is a function of these values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from refactor.c.syntax import Function, SourceFile, parse
from refactor.errors import Place
from refactor.match.entry import Found, find
from refactor.match.hidden import only_uses
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.plan.facts import (
    is_kconfig,
)
from refactor.plan.split import component_of
from refactor.rule.model import HelperRule
from refactor.tree.tree import SIZE_LIMIT, Blob, Entry, KernelTree, Search

Progress = Callable[[str], None]
"""Is told what is being done now, in a few words."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was not changed, and why."""

    place: Place
    reason: Reason
    note: str
    function: str
    component: str

    @property
    def message(self) -> str:
        """The reason, and what is special here."""
        return f"{self.reason}: {self.note}" if self.note else str(self.reason)


# ---------------------------------------------------------------------------- what is in the files


@dataclass(frozen=True, slots=True)
class File:
    """A file that has to do with the rule, and what `find` says about it."""

    blob: Blob
    source: SourceFile
    found: Found


@dataclass(slots=True)
class Survey:
    """Every file that has to do with a rule."""

    found: list[File]
    refused: list[Remark]
    helpers: list[tuple[SourceFile, Function]]
    mentions: int = 0


def survey(
    tree: KernelTree,
    rule: HelperRule,
    paths: Search,
    links: Iterable[Entry],
    progress: Progress,
    telling: Callable[[bytes], bool] = lambda _: False,
    memory: dict[str, File] | None = None,
) -> Survey:
    """Read and judge every file that mentions the entry, but not as a mere use, or the helper.

    `links` are those that lead out of the tree, `KernelTree.outward_links`: a file behind one was
    not searched. In a tree with the helper, files that `telling` is true of are read as well. What
    `memory` has of an earlier survey is taken from there where a file has the same bytes.

    A file is judged as soon as it is found, while git is searching the others.
    """
    memory = {} if memory is None else memory
    helper = rule.helper.name.encode()
    result = Survey([], [], [])
    only_used: list[Blob] = []

    def judge(blob: Blob) -> None:
        progress(blob.path)
        file = memory.get(blob.path)
        if file is None or file.blob != blob:
            source = parse(blob.path, blob.data)
            file = memory[blob.path] = File(blob, source, find(source, rule))
        result.found.append(file)

    for batch in paths.batches():
        sizes = tree.sizes(path for path in batch if not is_kconfig(path))
        large = too_large(sizes)
        result.refused += large.values()
        for blob in tree.read(sizes.keys() - large.keys()).values():
            result.mentions += 1
            if helper in blob.data or not only_uses(blob.data, rule.entry):
                judge(blob)
            else:
                only_used.append(blob)
    result.refused += behind(links)
    has_helper = any(helper in file.blob.data for file in result.found)
    for blob in only_used:
        if has_helper and telling(blob.data):
            judge(blob)
    result.found.sort(key=lambda file: file.blob.path)
    result.helpers += [
        (file.source, function)
        for file in result.found
        if helper in file.blob.data
        for function in file.source.functions
        if function.name == rule.helper.name
    ]
    return result


def too_large(sizes: Mapping[str, int]) -> dict[str, Remark]:
    """The files that are not even read, by path; `sizes` are bytes."""
    return {
        path: _unread(path, Reason.SIZE, f"{size} bytes, the limit is {SIZE_LIMIT}")
        for path, size in sorted(sizes.items())
        if size > SIZE_LIMIT
    }


def behind(links: Iterable[Entry]) -> list[Remark]:
    """What cannot be read because it lies behind links out of the tree."""
    return [_unread(link.path, Reason.LINK, link.note) for link in links]


def _unread(path: str, reason: Reason, note: str) -> Remark:
    return Remark(Place(path, 1, 1), reason, note, "", component_of(path))


def remark_on(source: SourceFile, outcome: Refused | NotApplicable) -> Remark:
    """What `find` or `rewrite` has said about a part of `source`."""
    return Remark(
        source.place(outcome.where.start),
        outcome.reason,
        outcome.note,
        outcome.function,
        component_of(source.path),
    )
