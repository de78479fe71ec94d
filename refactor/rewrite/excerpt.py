"""What of a file a semantic patch has to do with, as a small buffer of its own.

A patch changes a few functions of a file. What is done to them, to match, to write, to lay out and
to read again, goes over its buffer a dozen times, so the buffer is made of the items that have one
of the words of the patch (`refactor.c.items`), with the comments and empty lines around them, and
what comes of it is put back in their place. That is done once, at the top, instead of once in each
of the dozen, so that none of them has to know of it.

Between two stretches of the file stands a line with a comment that the file does not have, as it
does where the buffer begins or ends and the file does not: what is left out is neither an empty
line nor the edge of a file. If all of these are there afterwards, each stretch is known again; if
not, the whole file is the buffer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.items import Cut
from refactor.c.lexical import covering
from refactor.pattern.words import best
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.step import Step
from refactor.text import Span

SEAM = b"/* -- 8< -- */\n"
"""What stands between two stretches."""

MOST = 0.6
"""How much of a file an excerpt may be of; the whole is simpler, and as quick, from there on."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Stretches of a file, joined."""

    whole: bytes
    data: bytes
    """The buffer; the file itself if it is all of it."""
    stretches: tuple[Span, ...]
    """Of the file, ascending."""
    starts: tuple[int, ...]
    """Where each of them begins in the buffer."""

    @property
    def is_all(self) -> bool:
        """True if nothing of the file was left out."""
        return self.data is self.whole

    def has(self, offset: int) -> bool:
        """True for a byte of the file that is in the buffer."""
        return covering(list(self.stretches), offset) is not None

    def original(self, where: Span) -> Span:
        """The span of the file that one of the buffer is."""
        at = bisect_right(self.starts, where.start) - 1
        shift = self.stretches[at].start - self.starts[at]
        return Span(where.start + shift, where.end + shift)

    def restored(self, after: bytes) -> bytes | None:
        """The file with what has become of the buffer, or None if that cannot be told."""
        if self.is_all:
            return after
        parts = after.split(SEAM) if self.stretches else []
        if len(parts) != len(self.stretches):
            return None
        if any(not part.endswith(b"\n") for part in parts[:-1] if part):
            return None  # a seam has come behind something else on its line
        made: list[bytes] = []
        position = 0
        for where, part in zip(self.stretches, parts, strict=True):
            made += self.whole[position : where.start], part
            position = where.end
        made.append(self.whole[position:])
        return b"".join(made)


def excerpt(data: bytes, found: Cut) -> Excerpt:
    """The items of a cut and what is around them, if that is much less than all of the file."""
    stretches = _stretches(data, found)
    if stretches is None or sum(map(len, stretches)) > MOST * len(data) or SEAM.strip() in data:
        return Excerpt(data, data, (Span(0, len(data)),), (0,))
    if stretches and stretches[0].start:
        stretches.insert(0, Span(0, 0))
    if stretches and stretches[-1].end < len(data):
        stretches.append(Span(len(data), len(data)))
    starts = []
    position = 0
    for each in stretches:
        starts.append(position)
        position += len(each) + len(SEAM)
    joined = SEAM.join(data[each.start : each.end] for each in stretches)
    return Excerpt(data, joined, tuple(stretches), tuple(starts))


def is_local(compiled: Compiled) -> bool:
    """True if each rule of a patch matches within items that have one of its words.

    Then the rest of a file makes no difference, but for the types that it declares. What a script
    says has the lines of the file, and so it gets all of it.
    """
    return all(
        isinstance(step, Step) and step.anchor is not None and step.reach in ("statement", "item")
        for step in compiled.steps
    )


def anchors(compiled: Compiled) -> Iterator[str]:
    """The words of the items that the rules of a local patch have to see."""
    for step in compiled.steps:
        if isinstance(step, Step):
            yield from step.anchor or ()
            yield from best(step.clauses) or ()


def _stretches(data: bytes, found: Cut) -> list[Span] | None:
    """The lines of a cut, or None where they cannot be told: then it is the whole file."""
    # A carriage return may be the first of the file, by which all that is written goes.
    if found.doubt or b"\r" in data:
        return None
    leads = {each.span.start: each.lead for each in found.items}
    spans = sorted({*(each.span for each in found.items), *found.spans})
    stretches: list[Span] = []
    for each in spans:
        lead = leads.get(each.start)
        start = data.rfind(b"\n", 0, each.start) + 1 if lead is None else _line_behind(data, lead)
        end = _line_behind(data, each.end)
        if start is None or end is None:
            return None
        blank = _EMPTY_LINES.match(data, end)
        end = blank.end() if blank else end
        if stretches and start <= stretches[-1].end:
            start, end = stretches[-1].start, max(end, stretches.pop().end)
        stretches.append(Span(start, end))
    return stretches


def _line_behind(data: bytes, offset: int) -> int | None:
    """The line behind an item; None if more than a comment is on the same line."""
    if offset == 0 or data[offset - 1 : offset] == b"\n":
        return offset
    rest = _REST.match(data, offset)
    return rest.end() if rest else None


_REST = re.compile(rb"[ \t\f\v]*(?:/\*[^*\n]*\*/[ \t\f\v]*)*(?://[^\n\\]*)?(?:\n|\Z)")
_EMPTY_LINES = re.compile(rb"(?:[ \t\f\v]*\n)*")
