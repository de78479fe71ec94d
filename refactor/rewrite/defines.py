"""A `#define` in the place of another one, and new lines in the body of one."""

from __future__ import annotations

import re

from refactor.c.layout import width
from refactor.rewrite.written import Written, relaid
from refactor.text import EditSet, Span, TextEdit


def continued(line: bytes, data: bytes, offset: int) -> bytes:
    """`line` with what a line of a macro has to have behind it that is put near an offset: nothing
    if that is not in a macro, or on its last line.

    A backslash that is set apart, or is in one column with one above or below, keeps its column.
    """
    start, end = _line_at(data, offset)
    old = data[start:end]
    found = _CONTINUED.search(old)
    if found is None:
        return line
    column, gap = width(old[: found.start(2)]), found[1]
    if gap in (b"", b" ") and not _is_aligned(data, start, end, column):
        return line + gap + b"\\"
    blank = b"\t" if b"\t" in gap else b" "
    made = line + blank
    while width(made + blank) <= column:
        made += blank
    if width(made) < column:
        made += b" " * (column - width(made))
    return made + b"\\"


def in_column(old: bytes, new: Written) -> Written:
    """`new` with its value in the column in which `old` has its own.

    Only where that was set apart with more than one blank: values of many lines stand in a column.
    """
    was, found = _NAMED.match(old), _NAMED.match(new.text)
    if was is None or found is None or was[1] == b" ":
        return new
    name = new.text[: found.start(1)]
    column = width(old[: was.end(1)])
    blank = was[1][-1:]
    gap = blank
    while width(name + gap + blank) <= column:
        gap += blank
    if width(name + gap) < column and width(name) < column:
        gap = gap[:-1] + b" " * (column - width(name + gap[:-1]))
    return relaid(new, EditSet([TextEdit(Span(found.start(1), found.end(1)), gap)]))


_NAMED = re.compile(rb"#[ \t]*define[ \t]+\w+(?:\([^()]*\))?([ \t]+)(?=\S)")

_CONTINUED = re.compile(rb"([ \t]*)(\\)\r?\Z")


def _line_at(data: bytes, offset: int) -> tuple[int, int]:
    end = data.find(b"\n", offset)
    return data.rfind(b"\n", 0, offset) + 1, len(data) if end < 0 else end


def _is_aligned(data: bytes, start: int, end: int, column: int) -> bool:
    """True if a line beside one from `start` to `end` has its backslash in a column."""
    beside = [_line_at(data, start - 1)] if start else []
    beside += [_line_at(data, end + 1)] if end < len(data) else []
    found = [(low, _CONTINUED.search(data[low:high])) for low, high in beside]
    return any(
        each is not None and width(data[low : low + each.start(2)]) == column for low, each in found
    )
