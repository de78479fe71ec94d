"""Which patch a file belongs to, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from refactor.errors import Place, TreeError
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
    before: bytes = b""
    after: bytes = b""
    """Both empty where the file has been written already, and is not kept."""
    has_carriage_returns: bool = False
    """True if lines of it end with CR LF."""

    def without_bytes(self) -> FileChange:
        """What is to be said of it, when it has been written."""
        return replace(self, before=b"", after=b"")


@dataclass(frozen=True, slots=True)
class Made:
    """A file that changes, and where."""

    file: FileChange
    changes: tuple[Placed[Change], ...]
    comments: tuple[str, ...] = ()
    """Comments that went with what they explained."""

    @property
    def path(self) -> str:
        """The file's."""
        return self.file.path


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


def split(made: Iterable[Made], groups: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Patch]:
    """The patches of `groups`, each a component and its files."""
    changed = {each.path: each for each in made}
    for component, paths in groups:
        if not component.isprintable():
            raise TreeError(
                "the name of its architecture cannot stand in the subject of a patch",
                place=Place(min(paths)),
            )
        yield _patch(component, [changed[path] for path in sorted(paths)])


def relabelled(every: Iterable[Placed[V]], component: Callable[[str], str]) -> Iterator[Placed[V]]:
    """Verdicts with the components that their files belong to by `component`."""
    return (replace(each, component=component(each.place.path)) for each in every)


def _patch(component: str, group: Sequence[Made]) -> Patch:
    return Patch(
        component=component,
        files=tuple(each.file for each in group),
        changes=tuple(change for each in group for change in each.changes),
        comments=tuple(comment for each in group for comment in each.comments),
    )


class Placer:
    """Places of verdicts on one file. It goes on from the last one, so that many of them in a long
    file take no longer than to read it."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._offset = 0
        self._line = 1

    def place(self, offset: int) -> Place:
        """Line and byte column, both from 1, of an offset."""
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self.data.count(b"\n", self._offset, offset)
        self._offset = offset
        return Place(self.path, self._line, offset - self.data.rfind(b"\n", 0, offset))

    def placed(self, verdicts: Iterable[V]) -> list[Placed[V]]:
        """Verdicts at their places in the tree."""
        component = component_of(self.path)
        return [Placed(self.place(each.where.start), component, each) for each in verdicts]


def placed(rewritten: Rewritten, verdict: V) -> Placed[V]:
    """A verdict on a file, at its place in that."""
    place = place_in(rewritten.path, rewritten.before, verdict.where.start)
    return Placed(place, component_of(rewritten.path), verdict)


def place_in(path: str, data: bytes, offset: int) -> Place:
    """Line and byte column, both from 1, of an offset in a file."""
    line = data.count(b"\n", 0, offset) + 1
    return Place(path, line, offset - data.rfind(b"\n", 0, offset))
