"""Which patch a file belongs to, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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

    @property
    def calls(self) -> tuple[Placed[Change], ...]:
        """The calls whose flags change."""
        return tuple(each for each in self.changes if each.verdict.flags is not None)


def component_of(path: str) -> str:
    """The architecture that a file belongs to, or `GENERIC`."""
    parts = path.split("/")
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else GENERIC


def split(rewritten: Iterable[tuple[str, Rewritten]], *, single: bool) -> Iterator[Patch]:
    """One patch for each component, or one for all of them if no part would build alone.

    `rewritten` are files, each with its mode; the core comes first, then the architectures by name.
    """
    groups: dict[str, list[tuple[str, Rewritten]]] = {}
    for mode, result in sorted(rewritten, key=lambda one: one[1].path):
        if result.after != result.before:
            component = GENERIC if single else component_of(result.path)
            groups.setdefault(component, []).append((mode, result))
    for component in sorted(groups, key=lambda name: (name != GENERIC, name)):
        yield _patch(component, groups[component])


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
