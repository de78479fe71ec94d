"""What can become of a piece of code, short of a change: each outcome has a reason and a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refactor.edits import Span


class Reason(StrEnum):
    """Why something is refused or not applicable; the value is for people."""

    PARSE = "it does not parse as C"
    OLD_STYLE = "the definition is in K&R style"
    CONDITIONAL_SIGNATURE = "its signature is split by a preprocessor conditional"
    CONDITIONAL_ARGUMENTS = "a preprocessor conditional inside the argument list"
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
    CONFORMING = "it is as it should be"
    SIZE = "the file is too large"
    LINK = "a symbolic link out of the tree"


@dataclass(frozen=True)
class Refused:
    """The tool does not dare to; `where` is what it stumbled over."""

    reason: Reason
    where: Span
    note: str = ""
    function: str = ""


@dataclass(frozen=True)
class NotApplicable:
    """There is nothing to change, for a reason worth telling."""

    reason: Reason
    where: Span
    note: str = ""
    function: str = ""
