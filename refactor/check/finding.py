"""A finding: what is wrong, where, and the lines that would put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from refactor.errors import Place
from refactor.text import Span

if TYPE_CHECKING:  # What is to be looked for is known before there is anything to parse.
    from refactor.c.syntax import Node, SourceFile


class Code(StrEnum):
    """The findings, by the names that people, baselines and code scanning know them by."""

    BYPASSES_HELPER = "bypasses-helper"
    OPEN_CODED_FLAG = "open-coded-flag"
    MISSING_FLAG = "missing-flag"
    ATTEMPTS_DIFFER = "attempts-differ"
    NO_FLAGS = "no-flags"
    AREA_BY_HAND = "area-by-hand"
    UNGUARDED_OPTION = "unguarded-option"
    OVERRIDE_DROPS_FLAG = "override-drops-flag"
    STRONG_HELPER = "strong-helper"
    WEAK_PROTOTYPE = "weak-prototype"
    TWO_WEAK_HELPERS = "two-weak-helpers"
    REDUNDANT_CALL = "redundant-call"
    CANNOT_JUDGE = "cannot-judge"
    STALE_ENTRY = "stale-entry"
    NOT_CONVERTED = "not-converted"
    NOTHING_TO_CHECK = "nothing-to-check"
    NOT_FOLLOWED = "not-followed"
    NOT_APPLICABLE = "not-applicable"


PLAIN = frozenset({Code.NOT_FOLLOWED, Code.NOT_APPLICABLE})
"""Those of a rule of which nothing is known but its edits."""


class Level(StrEnum):
    """How much a finding matters; a note alone leaves the exit status at 0."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True, order=True)
class LineEdit:
    """Put `text` in the place of the lines from `start` up to, but not including, `end`.

    Lines are counted from 0, and have their line ends; where `start` is `end`, `text` is inserted.
    """

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or worth knowing, at one place of a tree."""

    code: str
    """A `Code`, or what the script says that is a rule of its own."""
    message: str
    place: Place
    end: Place
    """Just behind the last byte; the same as `place` where there is nothing to point at."""
    component: str
    function: str = ""
    subject: bytes = b""
    """The code that it is about, which tells it from others in the file whatever the line is."""
    excerpt: bytes = b""
    """The line that `place` is in."""
    related: tuple[Related, ...] = ()
    level: Level = Level.WARNING
    fix: tuple[LineEdit, ...] = ()
    fingerprint: str = ""
    """Its name among all findings of its tree, see `fingerprints`."""
    patch: str = ""
    """What brings it, if patches are checked."""
    where: Span | None = None
    """Its bytes in the file; None where there is nothing to point at."""

    @property
    def counts(self) -> bool:
        """True if it makes the exit status 1."""
        return self.level is not Level.NOTE


def at(
    source: SourceFile,
    where: Node | Span,
    code: str,
    message: str,
    component: str,
    function: str = "",
    related: Iterable[Related] = (),
    subject: Node | None = None,
) -> Finding:
    """A finding about a piece of `source`; `subject` is what makes it this one, if that is more."""
    found = where if isinstance(where, Span) else Span(where.start_byte, where.end_byte)
    line = Span(source.line_start(found.start), source.line_end(found.start))
    return Finding(
        code=code,
        message=message,
        place=source.place(found.start),
        end=source.place(found.end),
        component=component,
        where=found,
        function=function,
        subject=b" ".join(source.text(subject if subject is not None else found).split()),
        excerpt=source.text(line).rstrip(b"\r\n"),
        related=tuple(related),
    )


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """For each finding a name that survives edits elsewhere in its file.

    It depends on the code, the path, the function and the text it is about, not on the line. Of
    several that agree in all of these, each has its number.
    """
    import hashlib  # while git is searching

    seen: dict[bytes, int] = {}
    names = []
    for finding in findings:
        parts = (finding.code, finding.place.path, finding.function)
        key = b"\0".join(
            (*(part.encode(errors="surrogateescape") for part in parts), finding.subject)
        )
        seen[key] = seen.get(key, 0) + 1
        names.append(hashlib.sha256(key + b"\0%d" % seen[key]).hexdigest()[:16])
    return names
