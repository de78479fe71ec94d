"""Which patch a file belongs to, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from refactor.errors import Place
from refactor.match.verdict import Change, Conforming, NotApplicable, Refused
from refactor.rewrite.file import Rewritten
from refactor.rule.model import GENERIC

V = TypeVar("V", Change, Conforming, NotApplicable, Refused)


@dataclass(frozen=True, slots=True)
class Placed(Generic[V]):
    """A verdict at its place in the tree."""

    place: Place
    component: str
    verdict: V


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the tree, before and after."""

    path: str
    mode: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Patch:
    """All that changes for one component, the generic code being one as well."""

    component: str
    files: tuple[FileChange, ...]
    changes: tuple[Placed[Change], ...] = ()
    comments: tuple[str, ...] = ()
    """Comments that went with what they explained."""
    prefix: str = ""
    """How its subject begins, where the rule does not say it."""
    tail: str = ""
    """How its subject ends, if another patch would have the same one."""

    @property
    def calls(self) -> tuple[Placed[Change], ...]:
        """The calls whose flags change."""
        return tuple(each for each in self.changes if each.verdict.flags is not None)


def component_of(path: str) -> str:
    """The architecture that a file belongs to, or `GENERIC`."""
    parts = path.split("/")
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else GENERIC


def split(
    rewritten: Iterable[tuple[str, Rewritten]], groups: Iterable[tuple[str, Sequence[str]]]
) -> Iterator[Patch]:
    """The patches of `groups`, each a component and its files; `rewritten` are files with modes."""
    changed = {result.path: (mode, result) for mode, result in rewritten}
    for component, paths in groups:
        yield _patch(component, [changed[path] for path in sorted(paths)])


def relabelled(every: Iterable[Placed[V]], component: Callable[[str], str]) -> Iterator[Placed[V]]:
    """Verdicts with the components that their files belong to by `component`."""
    return (replace(each, component=component(each.place.path)) for each in every)


def _patch(component: str, group: Sequence[tuple[str, Rewritten]]) -> Patch:
    return Patch(
        component=component,
        files=tuple(FileChange(each.path, mode, each.before, each.after) for mode, each in group),
        changes=tuple(placed(each, change) for _, each in group for change in each.changes),
        comments=tuple(comment for _, each in group for comment in each.comments),
    )


def placed(rewritten: Rewritten, verdict: V) -> Placed[V]:
    """A verdict on a file, at its place in that."""
    place = place_in(rewritten.path, rewritten.before, verdict.where.start)
    return Placed(place, component_of(rewritten.path), verdict)


def place_in(path: str, data: bytes, offset: int) -> Place:
    """Line and byte column, both from 1, of an offset in a file."""
    line = data.count(b"\n", 0, offset) + 1
    return Place(path, line, offset - data.rfind(b"\n", 0, offset))
