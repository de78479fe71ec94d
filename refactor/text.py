"""Byte-exact edits of one buffer.

Offsets are bytes of the original buffer, always: an `EditSet` is built against it and applied to
it once. Two edits that touch the same byte are a contradiction, and an error at construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The bytes from `start` up to, but not including, `end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: {self.start}..{self.end}")

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def __len__(self) -> int:
        return self.end - self.start

    def covers(self, other: Span) -> bool:
        """True if every byte of `other` is one of this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Put `text` in the place of `span`; an empty span inserts."""

    span: Span
    text: bytes


@dataclass(frozen=True, slots=True)
class EditSet:
    """Edits of one buffer, sorted and disjoint.

    Two edits may touch end to start, but not overlap; two insertions at one offset have no order
    and count as overlapping. Raises ValueError where that does not hold.
    """

    edits: tuple[TextEdit, ...] = ()

    def __init__(self, edits: Iterable[TextEdit] = ()) -> None:
        object.__setattr__(self, "edits", tuple(sorted(edits)))
        for left, right in pairwise(self.edits):
            if right.span.start < left.span.end or right.span == left.span:
                raise ValueError(f"edits overlap: {left} and {right}")

    def __iter__(self) -> Iterator[TextEdit]:
        return iter(self.edits)

    def __bool__(self) -> bool:
        return bool(self.edits)

    def __or__(self, other: EditSet) -> EditSet:
        return EditSet((*self.edits, *other.edits))

    def apply(self, source: bytes) -> bytes:
        """Return `source` with all edits made. Raises ValueError if an edit lies outside of it."""
        if self.edits and self.edits[-1].span.end > len(source):
            raise ValueError(f"edit {self.edits[-1]} is outside of {len(source)} bytes")
        pieces: list[bytes] = []
        position = 0
        for edit in self.edits:
            pieces += source[position : edit.span.start], edit.text
            position = edit.span.end
        pieces.append(source[position:])
        return b"".join(pieces)
