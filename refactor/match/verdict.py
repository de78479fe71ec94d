"""What can become of a mention of what a rule is about: one of four verdicts, each at its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from refactor.c.flags import FlagTerms
from refactor.text import Span, TextEdit


class Reason(StrEnum):
    """Why something is refused or not applicable; the value is for people."""

    PARSE = "it does not parse as C"
    OLD_STYLE = "the definition is in K&R style"
    CONDITIONAL_SIGNATURE = "its signature is split by a preprocessor conditional"
    CONDITIONAL_ARGUMENTS = "a preprocessor conditional inside the argument list"
    TORN = "a preprocessor conditional splits the code that it is part of"
    MACRO_DEFINITION = "it may be defined by a macro"
    MACRO_CALL = "the call is made by a macro"
    ALIAS = "it is defined as an alias"
    ARGUMENTS = "the number of arguments differs"
    ALLOCATOR = "an unknown allocator"
    MENTION = "a use of the allocator that is not a plain call"
    NESTED = "a call inside of the flags of another one"
    EXPRESSION = "the flags are computed from what is to be added"
    UNFLAGGED = "the allocator takes no flags"
    NOTHING = "it allocates nothing"
    DISABLED = "disabled by #if 0"
    LAYOUT = "the result does not fit the line"
    COMMENT = "a comment stands between the flags"
    RESULT = "the result is not sound"
    SIZE = "the file is too large"
    DEPTH = "the file nests too deep"
    UNREAD = "it is not looked into"
    DECLARED = "it is declared or defined here"
    TEXT = "it stands in a comment or a string"
    CONDITION = "it stands in a directive"
    REFERENCE = "it is named here, not called"
    MEMBER = "it is the name of something else"
    FORM = "it is of another form"
    ORIGIN = "what it stands for is not known"
    UNEXPLAINED = "a comment belongs to it that the rule does not know"
    OVERLAP = "two edits of one place"
    AGAIN = "two matches add code in one place, and only ++ says that both are meant"
    LEFT = "it would be left with its old name"
    CLASH = "the new name is there already"
    ANCHOR = "there is nothing to put it next to"


@dataclass(frozen=True, slots=True)
class Change:
    """A place that changes, and how."""

    number: int
    """Of the edit, in its program."""
    where: Span
    function: str
    edits: tuple[TextEdit, ...] = ()
    comments: tuple[Span, ...] = ()
    """Comments that go with what they explain."""
    before: str = ""
    after: str = ""
    """What a commit message can say of it, in one line each; both are empty where it cannot."""
    flags: FlagTerms | None = None
    unit: int | None = None
    """What belongs together has the same: it is made together, or not at all."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conforming:
    """A place that is as the edit would make it."""

    number: int
    where: Span
    function: str
    flags: FlagTerms | None = None
    unit: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """There is nothing to change, for a reason worth telling."""

    reason: Reason
    where: Span
    note: str = ""
    """For people; what programs need to know of it is `about`."""
    function: str = ""
    about: tuple[str, ...] = ()
    """The names that it is about, such as the functions that are called instead."""

    @property
    def message(self) -> str:
        """The reason, and what is special here."""
        return _message(self.reason, self.note)


@dataclass(frozen=True, slots=True)
class Refused:
    """The tool does not dare to; `where` is what it stumbled over."""

    reason: Reason
    where: Span
    note: str = ""
    """For people; what programs need to know of it is `about`."""
    function: str = ""
    about: tuple[str, ...] = ()
    match: Span | None = None
    """All that stays as it is for it, if that begins before `where`."""

    @property
    def message(self) -> str:
        """The reason, and what is special here."""
        return _message(self.reason, self.note)

    @property
    def covered(self) -> Span:
        """Where every mention is accounted for by it."""
        return self.match or self.where


Verdict = Change | Conforming | NotApplicable | Refused
"""What becomes of a mention: plain data, that can be sent to another process."""


def moved(verdict: Verdict, place: Callable[[Span], Span]) -> Verdict:
    """The verdict in another buffer, where each span is at its `place`."""
    made = replace(verdict, where=place(verdict.where))
    if isinstance(made, Refused) and made.match is not None:
        made = replace(made, match=place(made.match))
    return made


def _message(reason: Reason, note: str) -> str:
    return f"{reason}: {note}" if note else str(reason)
