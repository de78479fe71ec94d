"""The edits that a rule is made of: frozen values, made and checked by `refactor.rule.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refactor.pattern.shape import Shape


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


@dataclass(frozen=True, slots=True)
class Call:
    """The call that is edited, with the allocators that cannot be."""

    name: str
    parameters: tuple[str, ...]
    unflagged: frozenset[str]


@dataclass(frozen=True)
class Flags(Edit):
    """Change an argument that is a set of flags, ORed."""

    call: Call
    argument: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    comments: Mapping[str, tuple[str, ...]]
    """For a removed flag: the words of a comment that explains it."""
    moving: tuple[str, ...] = ()
    """Flags whose comment goes from a call that is changed even if the flag is not there any more:
    there is another place for it, and nobody wants it twice."""
    whole: bool = False
    """Every definition of `within` is judged as a whole: all calls of it change, or none."""
    header: Header | None = None


@dataclass(frozen=True)
class Insert(Edit):
    """Put a function, a prototype, a macro next to an anchor, if it is not there yet."""

    file: str
    name: str
    code: str
    """`${comment}` in it is the comments that edits of the same file have taken away."""
    anchor: str
    before: bool
    inside: bool = False
    """Within the conditionals around the anchor, not outside of them."""
    comment: str = ""
    """What `${comment}` is where no comment was taken away."""
    companion: int | None = None
    """The number of an edit that has to change something in the same file, or this one is not."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is done to a file: edits that are all made of the original.

    A rule has the same for every file; one with a helper is turned into programs for one tree, by
    `refactor.plan.resolve`.
    """

    edits: tuple[Edit, ...]
