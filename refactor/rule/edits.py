"""What a rule of edits is: frozen values, made and checked by `refactor.rule.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refactor.pattern.shape import Shape
from refactor.rule.model import Call, FlagsEdit, Rule


@dataclass(frozen=True)
class Origin:
    """What a metavariable has to stand for: one of these expressions, or what one of these gives.

    `sources` are calls: every assignment of the function to the expression has to be one.
    """

    metavariable: str
    expressions: tuple[Shape, ...]
    sources: tuple[Shape, ...]


@dataclass(frozen=True)
class Edit:
    """What every edit has."""

    number: int
    """Its place in the rule, from 0."""
    paths: tuple[str, ...]
    """Where it is made, of the rule's paths; empty for all of them."""
    within: str
    """The function that it is made in, with the static functions that reaches; empty for all."""
    about: tuple[str, ...]
    """Words whose every mention has to be accounted for."""
    says: str
    """What a commit message says of it, in a sentence without a full stop; empty: its code."""


@dataclass(frozen=True)
class Replace(Edit):
    """Replace an expression or statements by others, or delete statements (`to` is None)."""

    find: Shape
    to: Shape | None
    origins: tuple[Origin, ...]
    pure: frozenset[str]
    """Functions and macros that may be evaluated once more, or once less."""
    comment: tuple[str, ...]
    """Words of a comment that explains a deleted statement, and goes with it."""
    parameter: Parameter | None
    header: Header | None

    @property
    def made(self) -> tuple[str, ...]:
        """The function that only what the edit has made calls, if it has one."""
        called = self.to.called[:1] if self.to is not None and self.about else ()
        return tuple(name for name in called if name not in self.find.names)


@dataclass(frozen=True)
class Header:
    """A header that the replacement needs: `linux/x.h` where a file includes `asm/x.h`, or none."""

    name: str
    instead: str
    """What a file includes in its place; a file that does not gets nothing. Empty: every file."""


@dataclass(frozen=True)
class Parameter:
    """The parameter of a function that an argument more, or one less, stands for."""

    function: str
    position: int
    text: str
    """Its declaration; empty if it goes."""
    arity: int
    """How many there were before."""


@dataclass(frozen=True)
class Rename(Edit):
    """Give something another name, wherever it is mentioned."""

    name: str
    to: str
    comments: bool
    """In comments, too."""
    describe: str
    """What the comment behind its #define says from now on; empty if that stays."""


@dataclass(frozen=True)
class Flags(Edit):
    """Change an argument that is a set of flags, ORed."""

    call: Call
    flags: FlagsEdit


@dataclass(frozen=True)
class Insert(Edit):
    """Put a function, a prototype, a macro next to an anchor, if it is not there yet."""

    file: str
    name: str
    code: str
    anchor: str
    before: bool


@dataclass(frozen=True, slots=True)
class EditRule(Rule):
    """A rule that is a list of edits."""

    edits: tuple[Edit, ...]
    requires: tuple[str, ...]
    """Rules that must have nothing left to do."""
    single: bool
    """All of it is one patch, because no part of it would build alone."""
    subject: str
    why: str
    note: Mapping[str, str]
    """For a component: a paragraph of its own."""

    @property
    def inserted(self) -> frozenset[str]:
        """The files that code is put into."""
        return frozenset(edit.file for edit in self.edits if isinstance(edit, Insert))

    @property
    def searched(self) -> tuple[str, ...]:
        """Words to look for: what the edits are about, and what tells that they are made."""
        made = [word for edit in self.edits if isinstance(edit, Replace) for word in edit.made]
        return tuple(dict.fromkeys((*self.words, *made)))

    @property
    def replaced(self) -> tuple[str, ...]:
        """Names that are gone afterwards, or are called in another way: nobody may be missed."""
        found = []
        for edit in self.edits:
            if isinstance(edit, Rename) and not edit.paths:
                found.append(edit.name)
            elif isinstance(edit, Replace) and edit.parameter is not None:
                found.append(edit.parameter.function)
        return tuple(dict.fromkeys(found))

    @property
    def words(self) -> tuple[str, ...]:
        """What the rule is about."""
        found = [word for edit in self.edits for word in (*edit.about, edit.within)]
        return tuple(dict.fromkeys(word for word in found if word))
