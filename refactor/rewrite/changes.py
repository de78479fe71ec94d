"""What matches want to change, before it is put into its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from refactor.c.code import Code
from refactor.rewrite.written import Piece, Written


class CannotSpliceError(Exception):
    """Something keeps a match from being rewritten; `offset` is where, in bytes.

    `reason` is one of `comment` (one would go or be left without what it is about), `label` (it
    would stand before a brace), `directive`, `overlap` (two matches want to write the same place),
    `again` (two want to add there),
    `unbound` (a name of the added code has no value here), `array` (a type with brackets behind the
    name cannot move), `string` (what is no string would be joined to one).
    """

    def __init__(self, reason: str, offset: int, note: str = "", blame: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.note = note
        self.blame = offset if blame is None else blame
        """An offset in the match whose fault it is."""


@dataclass(frozen=True, slots=True)
class Put:
    """Statements that come, beside a statement of the file or inside of a brace of it."""

    node: Code = field(compare=False)
    start: int
    end: int
    """Of `node`, so that equal ones are known as such."""
    place: str
    """`before` or `behind` the node, `first` behind an opening brace, `last` before a closing one,
    `open` or `close` for a brace around it that belongs to its branch."""
    text: Written
    """Its first line has no indent, the others have theirs."""
    indent: bytes
    lead: int = 0
    """Empty lines before it, where it has lines of its own."""
    trail: int = 0
    origin: int = -1
    """What in the node it is about, so that equal texts for several names are several."""
    wraps: bool = False
    """True for one half of something that is put around a statement."""
    many: bool = field(default=False, compare=False)
    """True if other matches may put something else into the same place."""
    ends: bool = field(default=False, compare=False)
    """True for the rest of what takes the place of the node: a comment behind that is behind it."""
    shared: int = field(default=0, compare=False)
    """Of a declaration for one of several names: how many bytes are its type."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Bytes of statements that go. `node` is the statement, if it is just one."""

    start: int
    end: int
    node: Code | None = field(default=None, compare=False)


@dataclass(slots=True)
class Changes:
    """All that one match, or many, want to change."""

    pieces: list[Piece] = field(default_factory=list)
    puts: list[Put] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    names: list[tuple[Code, Code]] = field(default_factory=list)
    """Declarations, and one of the names in them that goes."""
    several: list[Code] = field(default_factory=list)
    """Statements in whose place there are several now, or none of that kind."""
    shifts: list[tuple[int, int, int]] = field(default_factory=list)
    """From where to where lines go some levels deeper."""
    tight: list[int] = field(default_factory=list)
    """Where statements go before others that change: an empty line between them goes, too."""
    follows: list[int] = field(default_factory=list)
    """Where statements go right behind others of the same hunk: so does an empty line between."""

    def __bool__(self) -> bool:
        return bool(self.pieces or self.puts or self.gone or self.names)
