"""What can go wrong by the user's input: one exception, with a place and a hint.

Expected failures of a rewrite are values (`refactor.match.verdict.Refused`), not exceptions. Bugs
stay bugs: nothing here is raised for a broken invariant of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """Exit status of the command, as documented in the README."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    RULE = 3
    TREE = 4
    NOTHING = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a path below the tree, and a line and byte column, both from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


class TreewideError(Exception):
    """A message for the user, with the exit status it leads to.

    `message` is one sentence without a full stop; `hint` says what to do about it.
    """

    status = Status.TREE

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint


class UsageError(TreewideError):
    """The command line asks for something that cannot be."""

    status = Status.USAGE


class NothingError(TreewideError):
    """A rule matches nothing in a tree."""

    status = Status.NOTHING


class RuleError(TreewideError):
    """A rule or a template is faulty."""

    status = Status.RULE


class TreeError(TreewideError):
    """The tree, the repository or the output cannot be used."""

    status = Status.TREE


class RefusedError(TreewideError):
    """The tree is sound, but the rule cannot be applied to it."""

    status = Status.REFUSED
