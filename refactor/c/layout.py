"""Kernel line layout: where a list that has become too long breaks, and which indent it copies.

Only lines that were changed are looked at, and only the white space between two list items changes.
Widths are columns with tabs of eight (Documentation/process/coding-style.rst): eighty wanted, a
hundred tolerated (scripts/checkpatch.pl, `--max-line-length`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from refactor.c.syntax import Node, SourceFile, ancestors, span, walk
from refactor.edits import Edit, EditSet, Span

TAB = 8
WANTED = 80
TOLERATED = 100

LISTS = ("argument_list", "parameter_list")


class MisfitError(ValueError):
    """A changed line cannot be laid out in `TOLERATED` columns; `offset` is a byte of it."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"no layout at byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Changed:
    """Bytes that an edit has written, and the width of the line before the edit, in columns."""

    span: Span
    old_width: int


@dataclass(frozen=True, slots=True)
class Gap:
    """White space that can become a line break; an inner one lies inside an item."""

    span: Span
    inner: bool


def width(text: bytes, column: int = 0) -> int:
    """The column behind `text`, if it starts at `column`. Bytes that are no UTF-8 count one each."""
    for character in text.decode(errors="replace"):
        column = (column // TAB + 1) * TAB if character == "\t" else column + 1
    return column


def line_width(source: SourceFile, offset: int) -> int:
    """The width in columns of the line that `offset` is in, its end not counted."""
    return width(_line(source, offset))


def reflow(source: SourceFile, changed: Iterable[Changed]) -> EditSet:
    """Break the lines of `changed` that are too wide. Raises MisfitError if that cannot be done."""
    edits: dict[Span, Edit] = {}
    for change in changed:
        first = change.span.start
        lines = {first} | {
            offset + 1
            for offset in range(first, min(change.span.end, len(source.data)) - 1)
            if source.data[offset] == ord("\n")
        }
        for offset in lines:
            found = line_width(source, offset)
            if found > WANTED and found > change.old_width:
                for edit in _break(source, offset, change.span):
                    edits[edit.span] = edit
    return EditSet(edits.values())


def indent_of(line: bytes) -> bytes:
    """The white space in front of a line."""
    return line[: len(line) - len(line.lstrip(b" \t"))]


def indent_to(column: int) -> bytes:
    """Tabs, then spaces, that reach `column`."""
    return b"\t" * (column // TAB) + b" " * (column % TAB)


def newline_of(source: SourceFile, offset: int) -> bytes:
    """How the line at `offset` ends; a last line without newline ends like the first one."""
    end = source.line_end(offset)
    if source.data[end - 1 : end] != b"\n":
        end = source.line_end(0)
    return b"\r\n" if source.data[end - 2 : end] == b"\r\n" else b"\n"


def _line(source: SourceFile, offset: int) -> bytes:
    return source.data[source.line_start(offset) : source.line_end(offset)].rstrip(b"\r\n")


def _break(source: SourceFile, offset: int, changed: Span) -> list[Edit]:
    """Edits that break the line at `offset`, at the gaps of the innermost list that will do."""
    start = source.line_start(offset)
    line = Span(start, start + len(_line(source, offset)))
    inside = Span(max(changed.start, line.start), min(changed.end, line.end))
    lists = [node for node in _enclosing(source.at(inside)) if node.type in LISTS]
    for limit in (WANTED, TOLERATED):
        for node in lists:
            gaps = _gaps(node, line)
            for indent in _indents(source, node, line) if gaps else []:
                chosen = _choose(source, line, gaps, width(indent), limit)
                if chosen is not None:
                    text = newline_of(source, line.start) + indent
                    return [Edit(gap.span, text) for gap in chosen]
    if width(source.text(line)) <= TOLERATED:
        return []
    raise MisfitError(inside.start)


def _enclosing(node: Node) -> list[Node]:
    return [node, *ancestors(node)]


def _gaps(node: Node, line: Span) -> list[Gap]:
    """The gaps of a list on one line: behind its commas, and behind `|` inside of its items."""
    gaps = []
    for inner in walk(node):
        if inner.type == "," and inner.parent == node:
            following = inner.next_sibling
        elif inner.type == "|" and _list_of(inner) == node:
            following = inner.next_sibling
        else:
            continue
        if following is None or following.type in ("comment", ")"):
            continue
        gap = Span(inner.end_byte, following.start_byte)
        if line.covers(gap):
            gaps.append(Gap(gap, inner.type == "|"))
    return sorted(gaps, key=lambda gap: gap.span)


def _list_of(node: Node) -> Node | None:
    return next((parent for parent in ancestors(node) if parent.type in LISTS), None)


def _indents(source: SourceFile, node: Node, line: Span) -> list[bytes]:
    """Indents for a new line of `node`: the line's own, or behind the parenthesis it has opened."""
    own = indent_of(source.text(line))
    opening = node.start_byte
    if opening < line.start:
        return [own]
    aligned = width(source.data[line.start : opening + 1])
    return [indent_to(aligned), own + b"\t\t"]


def _choose(
    source: SourceFile, line: Span, gaps: Sequence[Gap], column: int, limit: int
) -> list[Gap] | None:
    """The gaps to break at: few inner ones, then few lines, then lines of like length."""
    starts = [line.start, *(gap.span.end for gap in gaps)]
    ends = [*(gap.span.start for gap in gaps), line.end]

    @cache
    def best(first: int) -> tuple[tuple[int, int, int], tuple[int, ...]] | None:
        """The cost of laying out everything from piece `first` on, and the breaks that follow."""
        options = []
        for last in range(first, len(starts)):
            text = source.data[starts[first] : ends[last]]
            right = width(text, 0 if first == 0 else column)
            if right > limit:
                break
            slack = (limit - right) ** 2
            if last == len(starts) - 1:
                options.append(((0, 1, slack), ()))
                continue
            rest = best(last + 1)
            if rest is not None:
                (inner, lines, slacks), breaks = rest
                cost = (inner + gaps[last].inner, lines + 1, slacks + slack)
                options.append((cost, (last, *breaks)))
        return min(options, default=None)

    found = best(0)
    return None if found is None else [gaps[number] for number in found[1]]


def comment_lines(source: SourceFile, comment: Node) -> Span:
    """What to delete with a comment: its whole lines, or the blanks in front of it."""
    where = span(comment)
    start, end = source.line_start(where.start), source.line_end(where.end)
    before = source.data[start : where.start]
    behind = source.data[where.end : end]
    if not before.strip() and not behind.strip():
        return Span(start, end)
    blanks = len(before) - len(before.rstrip(b" \t"))
    return Span(where.start - blanks, where.end)
