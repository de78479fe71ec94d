"""Kernel line layout: where a list that has become too long breaks, and which indent it copies.

Only lines that were changed are looked at, and only the white space between two list items changes.
Widths are columns with tabs of eight (Documentation/process/coding-style.rst): eighty wanted, a
hundred tolerated (scripts/checkpatch.pl, `--max-line-length`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from refactor.c.gaps import Breakable, Gap, breakables
from refactor.c.lexical import code_only
from refactor.c.syntax import SourceFile
from refactor.text import EditSet, Span, TextEdit

TAB = 8
WANTED = 80
TOLERATED = 100

CROWD = 8
"""How many edits of one line are laid out together, and how many lists around an edit are tried."""


class MisfitError(ValueError):
    """A changed line cannot be laid out in `TOLERATED` columns; `offset` is a byte of it."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"no layout at byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Changed:
    """Bytes that an edit has written.

    `statement` is where the statement around them begins, `old_width` the width in columns of the
    lines before the edit.
    """

    span: Span
    statement: int
    old_width: int
    called: int = -1
    """The parenthesis behind `span`, if what is called was written and nothing of the list."""
    is_in_place: bool = False
    """True if it came for something else in the file. Then a list around it that was there may stay
    as it was laid out, up to `TOLERATED` columns: one word for another is no reason to reflow."""


def width(text: bytes, column: int = 0) -> int:
    """The column behind `text`, if it starts at `column`. A byte that is no UTF-8 counts one."""
    if text.isascii() and b"\t" not in text:
        return column + len(text)
    return len((" " * column + text.decode(errors="replace")).replace("\r", " ").expandtabs(TAB))


def line_width(source: SourceFile, offset: int) -> int:
    """The width in columns of the line that `offset` is in, its end not counted."""
    return width(source.data[source.line_start(offset) : source.line_end(offset)].rstrip(b"\r\n"))


def reflow(data: bytes, changed: Iterable[Changed], misfits: list[int] | None = None) -> EditSet:
    """Break the lines of `changed` that have become too wide.

    Raises MisfitError if that cannot be done; with a list of `misfits`, the offset goes there and
    the line stays as long as it is.
    """
    touched: dict[Span, list[Changed]] = {}
    for change in changed:
        for line in _lines(data, change.span):
            touched.setdefault(line, []).append(change)
    wide = {}
    for line, changes in touched.items():
        found = width(data[line.start : line.end])
        if found > _limit(max(change.old_width for change in changes)):
            wide[line] = changes
    if not wide:
        return EditSet()
    code = code_only(data)
    edits: list[TextEdit] = []
    for line, changes in wide.items():
        if _may_stay(data, code, line, changes):
            continue
        try:
            breaks = _break(data, code, line, changes)
        except MisfitError as error:
            if misfits is None:
                raise
            misfits.append(error.offset)
            continue
        edits += breaks
        if breaks:
            written_to = max(change.span.end for change in changes)
            edits += _fill(data, code, line, breaks[-1], written_to, touched)
    return EditSet(edits)


def _limit(old_width: int) -> int:
    """How wide a line may become that was so wide: its author has not kept to `WANTED`."""
    return max(TOLERATED, old_width) if old_width > WANTED else WANTED


def _may_stay(data: bytes, code: bytes, line: Span, changes: Sequence[Changed]) -> bool:
    """True for a tolerable line in which no more than words of items were written."""
    return (
        len(changes) <= CROWD
        and width(data[line.start : line.end]) <= TOLERATED
        and all(_is_in_item(data, code, line, change, changes) for change in changes)
    )


def _is_in_item(
    data: bytes, code: bytes, line: Span, change: Changed, changes: Sequence[Changed]
) -> bool:
    """True if a change is a word of an item, or what is called, and the list was there before.

    An item that gets items of its own, or is an operand of a condition, is laid out anew.
    """
    if not change.is_in_place or b"," in data[change.span.start : change.span.end]:
        return False
    start = max(change.span.start, line.start)
    lists, conditions = breakables(code, data, change.statement, start, line)
    lists = [each for each in lists if each.gaps]
    around = [each for each in lists if not (each.is_inner and _is_written(each, changes))]
    if not around or conditions:
        return False
    if len(changes) == 1 and any(each.opening == change.called for each in around):
        return True
    return not any(_is_written(each, changes) for each in around)


def written(
    source: SourceFile, statements: Mapping[TextEdit, int], edits: EditSet
) -> Iterator[Changed]:
    """What some of `edits` have written, in offsets of the result.

    `statements` are those that count, with the offset where the statement around each begins.
    """
    ends = [edit.span.end for edit in edits]
    shifts = [0, *accumulate(len(edit.text) - len(edit.span) for edit in edits)]
    touched = {source.line_start(at) for edit in statements for at in _bounds(edit.span)}
    widths = {line: line_width(source, line) for line in touched}
    for edit, shift in zip(edits, shifts, strict=False):
        if edit in statements:
            start = edit.span.start + shift
            where = Span(start, start + len(edit.text.rstrip(b"\r\n")))
            opened = _OPENS.match(source.data, edit.span.end)
            called = -1
            if opened and not edit.text.endswith(b"\n"):
                # What is called has changed, so it is its list that may have to break.
                where = Span(start + len(edit.text) + len(opened[0]), where.end + len(opened[0]))
                called = where.start - 1
            statement = statements[edit]
            yield Changed(
                where,
                statement + shifts[bisect_right(ends, statement)],
                max(widths[source.line_start(at)] for at in _bounds(edit.span)),
                called,
            )


def origin(edits: EditSet, offset: int) -> Span:
    """The bytes of the original that the last edit at or before an offset of the result is for."""
    shift = 0
    found = edits.edits[0].span
    for edit in edits:
        if offset < edit.span.start + shift:
            break
        found = edit.span
        shift += len(edit.text) - len(edit.span)
    return found


_OPENS = re.compile(rb"[ \t]*\(")


def _bounds(where: Span) -> tuple[int, int]:
    return where.start, where.end


def indent_of(line: bytes) -> bytes:
    """The white space in front of a line."""
    return line[: len(line) - len(line.lstrip(b" \t"))]


def indent_to(column: int) -> bytes:
    """Tabs, then spaces, that reach `column`."""
    return b"\t" * (column // TAB) + b" " * (column % TAB)


def spaces_of(data: bytes) -> int:
    """How many spaces a level is deep in a file that is indented with these; 0 if tabs are used."""
    if data.count(b"\n\t") >= data.count(b"\n  "):
        return 0
    found = Counter(len(match[2]) - len(match[1]) for match in _LEVEL.finditer(data))
    return next((depth for depth, _ in found.most_common() if depth > 0), 0)


_LEVEL = re.compile(rb"^( *)(?:[^\s/*#][^\n]*)?\{[ \t]*\r?\n( +)(?=[\w*])", re.MULTILINE)
"""A line that opens a block, and the first one in it."""


def newline_of(source: SourceFile, offset: int) -> bytes:
    """How the line at `offset` ends; a last line without newline ends like the first one."""
    end = source.line_end(offset)
    if source.data[end - 1 : end] != b"\n":
        end = source.line_end(0)
    return b"\r\n" if source.data[end - 2 : end] == b"\r\n" else b"\n"


def without(source: SourceFile, comment: Span) -> Span:
    """What to delete with a comment: its whole lines, or the blanks that set it off."""
    start, end = source.line_start(comment.start), source.line_end(comment.end)
    before = source.data[start : comment.start]
    behind = source.data[comment.end : end]
    if before.strip():
        return Span(start + len(before.rstrip(b" \t")), comment.end)
    if behind.strip():
        return Span(comment.start, end - len(behind.lstrip(b" \t")))
    return Span(start, end)


def _lines(data: bytes, where: Span) -> Iterator[Span]:
    """The lines that `where` touches, without their ends."""
    start = data.rfind(b"\n", 0, where.start) + 1
    while start <= where.end:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield Span(start, end - (data[start:end][-1:] == b"\r"))
        start = end + 1


# ---------------------------------------------------------------------------- breaking


@dataclass(frozen=True, slots=True)
class _Rest:
    """The part of a line that is still to be laid out, with what stands before it by now."""

    span: Span
    indent: bytes
    column: int


_ALIGNED = ((WANTED, True), (TOLERATED, True), (TOLERATED, False))
_NARROW = ((WANTED, True), (WANTED, False), (TOLERATED, True), (TOLERATED, False))
"""How wide lines may be, and whether they are aligned with a parenthesis, in the order tried.

What would be a little too wide behind its parenthesis is written so all the same: a line that is
not aligned with one is a fault to checkpatch, and one of up to `TOLERATED` columns is none.
"""

_TEXTS = ((WANTED, True),)
"""A text is not cut in two, so it may be wider than anything if it has a line of its own."""

_Ways = Sequence[tuple[int, bool]]


def _break(data: bytes, code: bytes, line: Span, changes: Sequence[Changed]) -> list[TextEdit]:
    """Edits that break a line at the lists around its changes, from left to right."""
    if len(changes) > CROWD:
        raise MisfitError(changes[CROWD].span.start)
    try:
        return list(_breaks(data, code, line, changes, _ALIGNED))
    except MisfitError:  # what is left of the line begins too far to the right
        try:
            return list(_breaks(data, code, line, changes, _NARROW))
        except MisfitError:
            return list(_breaks(data, code, line, changes, _TEXTS))


def _breaks(
    data: bytes, code: bytes, line: Span, changes: Sequence[Changed], ways: _Ways
) -> Iterator[TextEdit]:
    newline = _newline(data, line)
    rest = _Rest(line, indent_of(data[line.start : line.end]), 0)
    within = [_open_at(code, data, change, line) for change in changes]
    lists = [found for found, _ in within]
    for position, change in enumerate(changes):
        if width(data[rest.span.start : rest.span.end], rest.column) <= WANTED:
            return
        following = [each for later in lists[position + 1 : position + 2] for each in later]
        stop = min((gap.span.start for each in following for gap in each.gaps), default=line.end)
        # Where lists overlap a later one may begin before what is left of the line.
        stop = max(stop, rest.span.start)
        part = _Rest(Span(rest.span.start, stop), rest.indent, rest.column)
        if conditions := within[position][1]:
            # Where a condition goes on is the better place than in the middle of a call in it.
            part = _Rest(Span(rest.span.start, line.end), rest.indent, rest.column)
            for gap, indent in _between_operands(data, part, conditions, lists[position], change):
                yield TextEdit(gap.span, newline + indent)
                rest = _Rest(Span(gap.span.end, line.end), indent, width(indent))
            if width(data[rest.span.start : rest.span.end], rest.column) <= WANTED:
                return
            stop = max(stop, rest.span.start)
            part = _Rest(Span(rest.span.start, stop), rest.indent, rest.column)
        chosen, indent = _layout(data, part, lists[position], changes, change, ways)
        yield from (TextEdit(gap.span, newline + indent) for gap in chosen)
        if chosen:
            rest = _Rest(Span(chosen[-1].span.end, line.end), indent, width(indent))


def _open_at(
    code: bytes, data: bytes, change: Changed, line: Span
) -> tuple[list[Breakable], list[Breakable]]:
    """The lists and the conditions around a change; if it is a statement with nothing around it,
    the outermost ones in it, or else the first one behind it."""
    start = max(change.span.start, line.start)
    found = breakables(code, data, change.statement, start, line)
    opening = code.find(b"(", start, line.end)
    while not any(found) and opening >= 0:
        lists, conditions = breakables(code, data, change.statement, opening + 1, line)
        found = [each for each in lists if each.gaps], conditions
        opening = code.find(b"(", opening + 1, line.end)
    return found


def _fill(
    data: bytes,
    code: bytes,
    line: Span,
    last: TextEdit,
    written_to: int,
    touched: Collection[Span],
) -> Iterator[TextEdit]:
    """Join the next line to an item that a break has left alone on its line.

    Only to one that was not written, but stood behind what was: the list has to be laid out anew
    there in any case, and a line of one word between longer ones looks like a mistake. All other
    lines stay.
    """
    start = last.span.end
    item = data[start : line.end].rstrip()
    if item != code[start : line.end].rstrip():  # a comment, behind which nothing can stand
        return
    ends = item.endswith((b",", b"&&", b"||"))
    if start < written_to or not ends or re.search(rb"[(),](?=.)", item):
        return
    below = data.find(b"\n", line.end) + 1
    end = data.find(b"\n", below)
    following = next(iter(_lines(data, Span(below, below))), None) if below and end >= 0 else None
    if following is None or following in touched:
        return
    text = data[following.start : following.end]
    indent = indent_of(text)
    if (
        indent != indent_of(last.text.lstrip(b"\r\n"))
        or text != code[following.start : following.end]
        or not text.strip()
        or text.lstrip().startswith(b"#")
    ):
        return
    together = data[start : line.end] + b" " + text.lstrip()
    if width(together, width(indent)) <= WANTED:
        yield TextEdit(Span(line.end, following.start + len(indent)), b" ")


def _newline(data: bytes, line: Span) -> bytes:
    """How a line ends; a last line without newline ends like the first one."""
    end = line.end if line.end < len(data) else data.find(b"\n") - 1
    return b"\r\n" if data.startswith(b"\r\n", max(0, end)) else b"\n"


def _between_operands(
    data: bytes,
    part: _Rest,
    conditions: Sequence[Breakable],
    lists: Sequence[Breakable],
    change: Changed,
) -> list[tuple[Gap, bytes]]:
    """Where to break between the operands of `&&` and `||`, with the indents behind the breaks.

    The outermost condition is the first to be tried. If the operand with the change is too long
    for a line of its own, and the lists in it cannot be broken where they stand, it begins a line
    all the same.
    """
    before: list[tuple[Gap, bytes]] = []
    for each in conditions:
        gaps = _gaps_in(part, each)
        indent = _indent(data, part, each, is_aligned=True)
        chosen = _choose(data, part, gaps, width(indent), WANTED) if gaps else None
        if chosen:
            return [(gap, indent) for gap in chosen]
        early = [gap for gap in gaps if gap.span.end <= change.span.start]
        if early and not before:
            before = [(early[-1], indent)]
    return [] if _fitting(data, part, lists, _ALIGNED[:1]) else before


def _gaps_in(part: _Rest, each: Breakable) -> list[Gap]:
    """The gaps between what a part has; where it begins, it is broken already."""
    first = bisect_right(each.gaps, part.span.start, key=lambda gap: gap.span.end)
    within = (gap for gap in each.gaps[first:] if gap.span.start >= part.span.start)
    return [gap for gap in within if gap.span.end <= part.span.end]


def _layout(
    data: bytes,
    part: _Rest,
    lists: Sequence[Breakable],
    changes: Sequence[Changed],
    change: Changed,
    ways: _Ways,
) -> tuple[list[Gap], bytes]:
    """Where to break, and the indent behind a break: of the outermost list that will do.

    A call that was written as a part of something keeps its arguments together, as an author would
    see to, if a list around it can break, or if the line is tolerable without.
    """
    own = [each for each in lists if each.is_inner and _is_written(each, changes)]
    found = _fitting(data, part, [each for each in lists if each not in own], ways)
    if found is not None:
        return found
    if width(data[part.span.start : part.span.end], part.column) <= TOLERATED:
        return [], part.indent
    found = _fitting(data, part, own, ways)
    if found is not None:
        return found
    raise MisfitError(max(change.span.start, part.span.start))


def _is_written(each: Breakable, changes: Sequence[Changed]) -> bool:
    return any(
        change.span.start <= each.opening < change.span.end or each.opening == change.called
        for change in changes
    )


def _fitting(
    data: bytes, part: _Rest, lists: Sequence[Breakable], ways: _Ways
) -> tuple[list[Gap], bytes] | None:
    """Where to break one of some lists, and its indent; None if that is not enough.

    The outermost one is the first to be tried: a call that has room on a line stays in one piece.
    """
    for limit, is_aligned in ways:
        for each in reversed(lists[:CROWD]):
            gaps = _gaps_in(part, each)
            if not gaps:
                continue
            indent = _indent(data, part, each, is_aligned=is_aligned)
            chosen = _choose(data, part, gaps, width(indent), limit, ways is _TEXTS)
            if chosen is not None:
                return chosen, indent
    return None


def _line_behind(data: bytes, offset: int) -> bytes:
    """The line behind the one that an offset is in."""
    start = data.find(b"\n", offset) + 1
    end = data.find(b"\n", start)
    return data[start : end if end >= 0 else len(data)] if start else b""


def _indent(data: bytes, part: _Rest, each: Breakable, *, is_aligned: bool) -> bytes:
    """The indent of a new line of a list: the line's own, or that of the lines below in the list,
    or behind the parenthesis the line has opened, or, where that is too far to the right, two
    levels."""
    if each.opening < part.span.start:
        return part.indent
    below = _line_behind(data, part.span.end) if each.goes_on else b""
    if below.strip() and not below.lstrip().startswith((b"#", b"/")):
        return indent_of(below)
    if not is_aligned:
        return indent_to(width(part.indent) + 2 * TAB)
    return indent_to(width(data[part.span.start : each.opening + 1], part.column))


_Cost = tuple[int, int, int, int, tuple[int, ...]]


def _choose(
    data: bytes,
    part: _Rest,
    gaps: Sequence[Gap],
    column: int,
    limit: int,
    are_texts_long: bool = False,
) -> list[Gap] | None:
    """The gaps to break at: little beyond `WANTED`, few deep ones, then few lines, then as much on
    each line as fits. With `are_texts_long` a line that begins with a text may be too wide."""
    starts = [part.span.start, *(gap.span.end for gap in gaps)]
    ends = [*(gap.span.start for gap in gaps), part.span.end]
    final = len(gaps)
    # For each piece: the cost of a line that begins with it and of all below, and its last piece.
    best: list[tuple[_Cost, int] | None] = [None] * (final + 1)
    for first in reversed(range(final + 1)):
        options: list[tuple[_Cost, int]] = []
        for last in range(first, final + 1):
            text = data[starts[first] : ends[last]]
            is_text = are_texts_long and first == last and text.startswith(b'"')
            if len(text) > 4 * limit and not is_text:  # UTF-8 needs four bytes at most
                break
            right = width(text, column if first else part.column)
            if right > limit and not is_text:
                break
            slack, over = limit - right, max(0, right - WANTED)
            if last == final:
                # One item alone, where the list goes on below, is what nobody would write, unless
                # the next line is taken up behind it (see `_fill`).
                begins = first > 0 and gaps[first - 1].depth == 0
                is_alone = first == last and begins and text.rstrip().endswith(b",")
                below = right + 1 + width(_line_behind(data, part.span.end).strip())
                options.append(((over, 0, 1, int(is_alone and below > WANTED), (slack,)), last))
            elif rest := best[last + 1]:
                wide, depth, lines, alone, slacks = rest[0]
                cost = (wide + over, depth + gaps[last].depth, lines + 1, alone, (slack, *slacks))
                options.append((cost, last))
        best[first] = min(options, default=None)
    if best[0] is None:
        return None
    chosen: list[Gap] = []
    first = 0
    while (found := best[first]) is not None and found[1] < final:
        chosen.append(gaps[found[1]])
        first = found[1] + 1
    return chosen
