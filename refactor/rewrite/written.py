"""Text while it is being put together: its bytes, and what stands where in them.

A piece of text is copied from the file or made from a pattern; both are moved, nested and laid out
again before they are final. The marks go along, so that at the end it is known where each token and
each binding has come to stand (`refactor.rewrite.verify`), and which line of the file a line is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from refactor.text import EditSet, Span

# The ranks of insertions at one offset: first what belongs to what ends there, from inside to
# outside, then what belongs to what begins there, from outside to inside.
CLOSE, BEHIND, AROUND_CLOSE, AROUND_OPEN, BEFORE, OPEN = 0, 10, 12, 15, 20, 25
# Of those at the beginning of a line: lines before a brace, lines before a statement, an indent.
# What stands behind a statement comes before all of these (`rank_behind`).
LINES, LINES_LAST, LINES_BEFORE, INDENT = 100, 3000, 3001, 3002


def rank_behind(depth: int, *, is_brace: bool = False) -> int:
    """The rank of lines behind a statement that is `depth` levels deep, or of its closing brace.

    Several statements can end in one line; what is behind the inner one comes first.
    """
    return 2000 - 2 * min(depth, 900) + is_brace


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text. `key` is an offset of the file for what was copied from there, or what
    the maker of the text knows it by."""

    start: int
    end: int
    key: object

    def moved(self, by: int) -> Mark:
        """The same in a text that has `by` bytes more in front."""
        return Mark(self.start + by, self.end + by, self.key)


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes with marks. Two are equal if their bytes are."""

    text: bytes = b""
    marks: tuple[Mark, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """An edit while it is being made: the bytes from `start` to `end` become `text`.

    `rank` orders insertions at one offset: what closes comes before what opens.
    """

    start: int
    end: int
    text: Written = field(default_factory=Written)
    rank: int = 0
    owner: tuple[int, int] = (0, 0)
    """The bytes of what it is a part of. Two matches may insert the same at one offset: it is the
    same edit if it is about the same statement, and two if one match is inside of the other."""


class Builder:
    """Puts texts behind one another so that no new token grows at a seam."""

    __slots__ = ("marks", "out")

    def __init__(self) -> None:
        self.out = bytearray()
        self.marks: list[Mark] = []

    def __bool__(self) -> bool:
        return bool(self.out)

    def add(self, text: bytes, key: object = None) -> None:
        """Text that is not in the file; with a key it is marked."""
        self._seam(text)
        if key is not None:
            self.marks.append(Mark(len(self.out), len(self.out) + len(text), key))
        self.out += text

    def copy(self, data: bytes, start: int, end: int) -> None:
        """Text of the file, marked with where it was."""
        if end > start:
            self.add(data[start:end], start)

    def put(self, written: Written, key: object = None) -> None:
        """Text that has marks already."""
        self._seam(written.text)
        at = len(self.out)
        self.marks += [mark.moved(at) for mark in written.marks]
        if key is not None:
            self.marks.append(Mark(at, at + len(written.text), key))
        self.out += written.text

    def written(self) -> Written:
        """All of it."""
        return Written(bytes(self.out), tuple(self.marks))

    def line(self) -> bytes:
        """The last line so far."""
        return bytes(self.out[self.out.rfind(b"\n") + 1 :])

    def _seam(self, text: bytes) -> None:
        if text and self.out and grow_together(bytes(self.out[-SEAM:]), text[:SEAM]):
            self.out += b" "


_MERGING = re.compile(
    rb"[\w$\x80-\xff]{2}|\+\+|--|&&|\|\||<<|>>|->|/\*|//|[-+*/%&|^=!<>]=|##|\.\.|<:|:>|%>|<%"
    rb"|\.\d"
)


SEAM = 64
"""Bytes on each side of a seam that are looked at."""

_SPLICES = re.compile(rb"(?:\\\r?\n)+\Z|\A(?:\\\r?\n)+")
"""Line breaks behind a backslash, which are gone before C has tokens."""


def grow_together(left: bytes, right: bytes) -> bool:
    """True if the end of one text and the beginning of the next would be read as one token."""
    if b"\\" in left or b"\\" in right:
        left, right = _SPLICES.sub(b"", left), _SPLICES.sub(b"", right)
    seam = left[-1:] + right[:1]
    if seam[1:] == b'"':
        return left[-1:] in (b"L", b"u", b"U", b"8")
    return _MERGING.fullmatch(seam) is not None


def apply(data: bytes, pieces: Iterable[Piece], start: int = 0, end: int | None = None) -> Written:
    """The bytes of the file between two offsets, with all pieces made."""
    made = Builder()
    stop = len(data) if end is None else end
    position = start
    for piece in sorted(pieces, key=place):
        if piece.start > position:
            made.copy(data, position, piece.start)
        made.put(piece.text)
        position = max(position, piece.end)
    made.copy(data, position, stop)
    return made.written()


Place = tuple[int, bool, int, int, int, int]


def place(piece: Piece) -> Place:
    """The order of pieces: at one offset what closes, what replaces, then what opens; of things
    that end there the inner one first, of things that begin there the outer one."""
    length = piece.owner[1] - piece.owner[0]
    replaces = piece.end > piece.start
    side = 0 if piece.rank < AROUND_OPEN else 1 if piece.rank < LINES else 2
    inside = -length if side == 1 else length
    return piece.start, replaces, 0 if replaces else side, inside, piece.rank, piece.end


class Pieces:
    """Pieces in order, found by where they are; those that replace do not overlap."""

    def __init__(self) -> None:
        self._keys: list[Place] = []
        self._pieces: list[Piece] = []

    def __iter__(self) -> Iterator[Piece]:
        return iter(self._pieces)

    def __contains__(self, piece: Piece) -> bool:
        key = place(piece)
        at = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at] == key:
            if self._pieces[at] == piece:
                return True
            at += 1
        return False

    def add(self, piece: Piece) -> None:
        """Put a piece in its place, behind those of the same place."""
        key = place(piece)
        at = bisect_right(self._keys, key)
        self._keys.insert(at, key)
        self._pieces.insert(at, piece)

    def remove(self, piece: Piece) -> None:
        """Take a piece out again."""
        at = bisect_left(self._keys, place(piece))
        while self._pieces[at] != piece:
            at += 1
        del self._keys[at], self._pieces[at]

    def touching(self, start: int, end: int) -> Sequence[Piece]:
        """The pieces that begin between two offsets, and the one that reaches into them."""
        low = bisect_left(self._pieces, start, key=lambda piece: piece.start)
        if low and self._pieces[low - 1].end > start:
            low -= 1
        high = bisect_right(self._pieces, end, key=lambda piece: piece.start)
        return self._pieces[low:high]


class Places:
    """Where the bytes of a text are after edits of it."""

    def __init__(self, edits: EditSet) -> None:
        self._spans = [edit.span for edit in edits]
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._shifts: list[int] = []
        self._texts: list[int] = []
        shift = 0
        for edit in edits:
            self._starts.append(edit.span.start)
            self._ends.append(edit.span.end)
            self._shifts.append(shift)
            self._texts.append(len(edit.text))
            shift += len(edit.text) - len(edit.span)
        self._total = shift

    def inside(self, start: int, end: int) -> list[Span]:
        """What is replaced between two offsets."""
        low = bisect_left(self._starts, start)
        while low < len(self._spans) and self._spans[low].end <= start:
            low += 1
        high = bisect_left(self._starts, end)
        return self._spans[low:high]

    def first(self, offset: int) -> int:
        """Where a byte is; what was inserted at its place is before it."""
        at = bisect_right(self._starts, offset)
        return offset + self._behind(at, offset)

    def last(self, offset: int) -> int:
        """Where the end of something is; what was inserted there is behind it."""
        at = bisect_left(self._starts, offset)
        return offset + self._behind(at, offset)

    def _behind(self, at: int, offset: int) -> int:
        if at == 0:
            return 0
        if self._ends[at - 1] > offset:
            # Inside of what was replaced: its end.
            return self._shifts[at - 1] + self._starts[at - 1] + self._texts[at - 1] - offset
        return self._shifts[at] if at < len(self._shifts) else self._total


def relaid(written: Written, edits: EditSet) -> Written:
    """A text after edits of the white space in it.

    What was copied from the file is no longer one stretch where an edit is inside of it.
    """
    places = Places(edits)
    marks: list[Mark] = []
    for mark in written.marks:
        inner = places.inside(mark.start, mark.end) if isinstance(mark.key, int) else ()
        start = mark.start
        for span in (*inner, Span(mark.end, mark.end)):
            if span.start > start or span.end == mark.end == mark.start:
                key = mark.key + start - mark.start if isinstance(mark.key, int) else mark.key
                first, last = places.first(start), places.last(span.start)
                marks.append(Mark(first, max(first, last), key))
            start = span.end
    return Written(edits.apply(written.text), tuple(marks))
