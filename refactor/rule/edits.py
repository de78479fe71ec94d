"""The edits that a rule is made of: frozen values, made and checked by `refactor.rule.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # A rule without a semantic patch need not wait for all that reads them.
    from refactor.rule.smpl.compile import Compiled


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
    header: str = ""
    """A header that what is added needs, such as linux/x.h; empty for none."""


@dataclass(frozen=True)
class Smpl(Edit):
    """A semantic patch: what is matched and what it becomes, in Coccinelle's notation."""

    compiled: Compiled
    defined: Mapping[str, str]
    """Virtual rules, each with an empty string, and virtual identifiers with their value (`-D`)."""
    comment: tuple[str, ...] | None = None
    """Words of a comment that explains a removed statement, and goes with it; with any other one
    the statement is refused. None: a comment on the lines above stays, whatever it says."""
    header: str = ""
    """A header that what is added needs, such as linux/x.h; empty for none."""

    def __reduce__(self) -> tuple[object, ...]:
        """It travels to another process as its text: what is compiled tells nodes by identity."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["compiled"]
        patch = self.compiled.patch
        return _compiled_again, (patch.source, patch.text, values)

    @property
    def words(self) -> tuple[str, ...]:
        """Words of which every file that can change has one."""
        return self.compiled.words

    @property
    def heads(self) -> tuple[str, ...]:
        """The functions whose head it changes: nobody who uses them may be missed."""
        from refactor.rule.smpl.words import heads

        return heads(self.compiled)


def _compiled_again(source: str, text: str, values: Mapping[str, Any]) -> Smpl:
    from refactor.rule.smpl.ready import ready

    compiled, _ = ready(source, text, values["defined"])
    return Smpl(compiled=compiled, **values)


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
    """What is done to a file.

    A semantic patch works on what the edits before it have written; the other edits that stand
    between two of those are all made of the same bytes.

    A rule has the same for every file; one with a helper is turned into programs for one tree, by
    `refactor.plan.resolve`.
    """

    edits: tuple[Edit, ...]
