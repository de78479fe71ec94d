"""Continuation lines that follow a parenthesis which an edit has moved."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from refactor.c.layout import TAB, WANTED, indent_of, indent_to, width
from refactor.c.lexical import code_only, statement_start
from refactor.c.syntax import SourceFile
from refactor.text import EditSet, Span, TextEdit

_PARENTHESES = re.compile(rb"[()]")

LINES = 40
"""How many continuation lines of one list are looked at."""


def realign(source: SourceFile, edits: EditSet) -> EditSet:
    """Indent the lines that were aligned with a parenthesis so that they still are.

    A line stays where it is if it was not aligned, if an edit touches it, or if it would become too
    wide; then all lines of its list stay.
    """
    touched = {source.line_start(at) for edit in edits for at in (edit.span.start, edit.span.end)}
    found: dict[Span, TextEdit] = {}
    for edit in edits:
        line = source.line_start(edit.span.start)
        is_plain = b"\n" not in edit.text and source.line_start(edit.span.end) == line
        if not is_plain or len(edit.text) == len(edit.span):
            continue
        for opening in _left_open(source, edit.span.end):
            for each in _shifted(source, edits, line, opening, touched):
                found[each.span] = each
    return EditSet(found.values())


def _left_open(source: SourceFile, start: int) -> list[int]:
    """The parentheses that are opened between an offset and the end of its line, and stay open."""
    opened: list[int] = []
    for found in _PARENTHESES.finditer(source.code, start, source.line_end(start)):
        if found[0] == b"(":
            opened.append(found.start())
        elif opened:
            opened.pop()
    return opened


def _shifted(
    source: SourceFile, edits: EditSet, line: int, opening: int, touched: set[int]
) -> Iterator[TextEdit]:
    """New indents for the lines that are aligned with one parenthesis."""
    before = width(source.data[line : opening + 1])
    own = EditSet(
        TextEdit(Span(each.span.start - line, each.span.end - line), each.text)
        for each in edits
        if line <= each.span.start and each.span.end <= opening
    )
    after = width(own.apply(source.data[line : opening + 1]))
    made = []
    for start in _lines_inside(source, opening):
        text = source.data[start : source.line_end(start)].rstrip(b"\r\n")
        indent = indent_of(text)
        if width(indent) != before or not text.strip():
            continue
        new = indent_to(after)
        if start in touched or width(new + text[len(indent) :]) > max(WANTED, width(text)):
            return
        made.append(TextEdit(Span(start, start + len(indent)), new))
    yield from made


def _lines_inside(source: SourceFile, opening: int) -> Iterator[int]:
    """The lines that begin directly inside of a parenthesis, in no other one."""
    depth = 0
    offset = opening
    code = source.code
    lines = 0
    while offset < len(code) and lines < LINES:
        byte = code[offset : offset + 1]
        if byte in (b"(", b"[", b"{"):
            depth += 1
        elif byte in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0:
                return
        elif byte == b"\n":
            lines += 1
            if depth == 1:
                yield offset + 1
        offset += 1


# ---------------------------------------------------------------------------- text that has moved

Origin = Callable[[int], int | None]
"""For an offset of the new text: where that byte was in the old one, None if it was not."""


def follow(new: bytes, old: bytes, origin: Origin, touched: Iterable[int]) -> EditSet:
    """Indent the lines of `new` that were aligned with a parenthesis so that they are again.

    `touched` are offsets where something was written; only the statements around them are looked
    at. A line that was aligned with nothing stays as it is.
    """
    code, was = code_only(new), code_only(old)
    edits: dict[Span, TextEdit] = {}
    done = -1
    for at in sorted(touched):
        if at < done:
            continue
        walk = _Walk(new, code, old, was, origin)
        done = walk.run(statement_start(code, at), at)
        edits.update((edit.span, edit) for edit in walk.edits)
    return EditSet(edits.values())


@dataclass(slots=True)
class _Bracket:
    at: int
    column: int
    """Behind it."""


class _Walk:
    """From the beginning of a statement to its end, with the brackets that are open."""

    def __init__(self, new: bytes, code: bytes, old: bytes, was: bytes, origin: Origin) -> None:
        self.new, self.code, self.old, self.was, self.origin = new, code, old, was, origin
        self.edits: list[TextEdit] = []
        self.line = 0
        self.indent: bytes | None = None
        """The new indent of the line, if it gets one."""

    def run(self, start: int, least: int) -> int:
        """Walk; returns where the statement ends."""
        opened: list[_Bracket] = []
        self.line = self.new.rfind(b"\n", 0, start) + 1
        lines = 0
        for match in _STOPS.finditer(self.code, start):
            mark, at = match[0], match.start()
            if mark in (b"(", b"[", b"{"):
                if mark == b"{" and not opened and at > least:
                    return at
                opened.append(_Bracket(at, self._column(at + 1)))
            elif mark in (b")", b"]", b"}"):
                if not opened:
                    if at > least:
                        return at
                    continue
                opened.pop()
            elif mark == b";":
                if not opened and at >= least:
                    return at
            else:
                lines += at > least
                if lines > LINES:
                    return at
                self._next_line(at + 1, opened)
        return len(self.code)

    def _column(self, end: int) -> int:
        if self.indent is None:
            return width(self.new[self.line : end])
        bare = len(indent_of(self.new[self.line : end]))
        return width(self.indent + self.new[self.line + bare : end])

    def _next_line(self, start: int, opened: list[_Bracket]) -> None:
        self.line, self.indent = start, None
        if not opened or self.code[opened[-1].at : opened[-1].at + 1] == b"{":
            return
        first = start + len(indent_of(self.new[start : start + 400]))
        was = self._before(start, first)
        if was is None or self.new[first : first + 1] in (b"#", b"\n", b"\r", b""):
            return
        line = self.old.rfind(b"\n", 0, was) + 1
        if self.old[line:was].strip():
            return
        column = self._aligned(line, was, opened[-1])
        if column is None:
            return
        if column != width(self.new[start:first]):
            self.indent = indent_to(column)
            self.edits.append(TextEdit(Span(start, first), self.indent))

    def _before(self, start: int, first: int) -> int | None:
        """Where the code was that begins a line, or what has gone in its place."""
        was, end = self.origin(first), self.origin(start - 1)
        is_rest = was is not None and end == self.old.rfind(b"\n", 0, was)
        if (was is None or is_rest) and end is not None:
            was = end + 1 + len(indent_of(self.old[end + 1 : end + 400]))
        return was

    def _aligned(self, line: int, was: int, bracket: _Bracket) -> int | None:
        """The column for the code at an offset of the file, if it was aligned with what is open
        there, or is taken in by the bracket that is open now."""
        before = opener(self.was, was)
        now = bracket.column
        if before is not None:
            head = self.old[self.old.rfind(b"\n", 0, before) + 1 : before + 1]
            column, indent = width(head), width(self.old[line:was])
            is_deep = indent > width(indent_of(head)) + TAB
            if column == indent or (is_deep and column != now and abs(column - indent) == 1):
                return now  # one column beside it is a slip, and the line moves in any case
            if is_deep and column - column % TAB == indent:
                return now - now % TAB  # as far as tabs reach
        return now if self._is_taken_in(self.line, bracket.at) else None

    def _is_taken_in(self, start: int, bracket: int) -> bool:
        """True for a line that stands inside of a bracket which was not around it.

        It had nothing to be aligned with and has now, if it continues a list or a condition.
        """
        continues = _CONTINUES.search(self.code, max(0, start - 200), start)
        return continues is not None and self.origin(bracket) is None


_CONTINUES = re.compile(rb"(?:,|&&|\|\|)\s*\Z")
_STOPS = re.compile(rb"[(\[{}\]);\n]")
_BRACKETS = re.compile(rb"[(\[{}\])]")


def opener(code: bytes, offset: int) -> int | None:
    """The innermost bracket that is open at an offset, in the statement around it."""
    opened: list[int] = []
    for match in _BRACKETS.finditer(code, statement_start(code, offset), offset):
        if match[0] in b"([{":
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def rejoin(
    new: bytes, old: bytes, origin: Origin, touched: Iterable[int], moved: Sequence[int]
) -> EditSet:
    """Lay lists out anew around what was written, where more fits on their lines now.

    `moved` are the lines, by the offsets behind their indents, that change in any case because
    their parenthesis has moved. An edited list all of whose lines change is filled, unless it has
    one item to a line by choice, and still the same ones, or a text, which is what the lines are
    made around. Any other one takes back only what did
    not fit in `WANTED` columns before: what was written in several lines by choice stays so. And a
    line is not touched that need not be: a list in which one item has become another keeps its
    rest.
    """
    code, was = code_only(new), code_only(old)
    places = sorted(touched)
    edits: dict[Span, TextEdit] = {}
    seen: set[int] = set()
    for at in places:
        for opening in _lists_at(code, at):
            if opening in seen:
                continue
            seen.add(opening)
            for edit in _laid_anew(new, code, old, was, origin, opening, places, moved):
                edits[edit.span] = edit
    return EditSet(edits.values())


def _laid_anew(
    new: bytes,
    code: bytes,
    old: bytes,
    was: bytes,
    origin: Origin,
    opening: int,
    touched: Sequence[int],
    moved: Sequence[int],
) -> list[TextEdit]:
    items = list(_items(new, code, opening))
    if not items:
        return []
    before = origin(opening)
    count = len(list(_items(old, was, before))) if before is not None else 0
    is_edited = count != len(items) or _has(touched, items[0][0], items[-1][1] - 1)
    if is_edited and _has(moved, opening, items[-1][1]):
        is_column = before is not None and _is_column(old, list(_items(old, was, before)))
        if is_column and not _is_written(code, items, origin):
            return []
        if not any(new[start : start + 1] == b'"' for start, _ in items):
            return _filled_list(new, items, opening)
        return _on_one_line(new, items, old, origin, opening)
    if count != len(items) or all(
        _has(touched, start, end) or _has(moved, start, end)
        for (_, last), (start, end) in pairwise(items)
        if b"\n" in new[last:start]
    ):
        return _on_one_line(new, items, old, origin, opening)
    return []


def _has(offsets: Sequence[int], start: int, end: int) -> bool:
    """True if one of the sorted offsets is between two others."""
    at = bisect_left(offsets, start)
    return at < len(offsets) and offsets[at] <= end


def refill(new: bytes, touched: Iterable[int]) -> EditSet:
    """Fill the lines that begin at the offsets `touched` with what is on the lines behind them.

    They have just been made of the ends of lines that were too long.
    """
    code = code_only(new)
    edits: dict[Span, TextEdit] = {}
    for at in sorted(touched):
        for opening in _lists_at(code, at)[:8]:
            for edit in _filled(new, code, opening, at):
                if not any(_touch(edit.span, span) for span in edits):
                    edits[edit.span] = edit
    return EditSet(edits.values())


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _lists_at(code: bytes, at: int) -> list[int]:
    """The argument lists that are open at an offset, and those opened behind it on its line."""
    opened: list[int] = []
    for match in _BRACKETS.finditer(code, statement_start(code, at), at):
        if match[0] in b"([{":
            opened.append(match.start())
        elif opened:
            opened.pop()
    end = code.find(b"\n", at, at + FAR)
    later: list[int] = []
    for match in _BRACKETS.finditer(code, at, min(len(code), at + FAR) if end < 0 else end):
        if match[0] in b"([{":
            later.append(match.start())
        elif later:
            later.pop()
    return [each for each in (*opened, *later) if code[each : each + 1] == b"("]


FAR = 1000
"""How many bytes of a line are looked at behind an offset. In a longer line there is nothing to lay
out, and there may be a thousand offsets in it."""


def _on_one_line(
    new: bytes, items: Sequence[tuple[int, int]], old: bytes, origin: Origin, opening: int
) -> list[TextEdit]:
    """The edits that put all of a list on one line; none if it does not fit or need not."""
    breaks: list[TextEdit] = []
    needed = False
    for (_, before), (start, end) in pairwise(items):
        gap = new[before:start]
        if gap.strip() or gap.count(b"\n") > 1:
            return []
        if b"\n" in gap:
            breaks.append(TextEdit(Span(before, start), b" "))
            needed = needed or _did_not_fit(old, origin, before, gap, end)
    if not breaks or not needed:
        return []
    line = new.rfind(b"\n", 0, opening) + 1
    whole = EditSet(breaks).apply(new[: items[-1][1]])[line:]
    rest = _rest_of_line(new, items[-1][1])
    return breaks if b"\n" not in whole and width(whole + rest) <= WANTED else []


def _filled_list(new: bytes, items: Sequence[tuple[int, int]], opening: int) -> list[TextEdit]:
    """The edits that fill all lines of a list; none if there are comments, or items of several
    lines, or if a line would not fit."""
    column = width(new[new.rfind(b"\n", 0, opening) + 1 : opening + 1])
    here = column
    edits: list[TextEdit] = []
    before = opening + 1
    for start, end in items:
        gap, text = new[before:start], new[start:end]
        if b"\n" in text or gap.strip() or gap.count(b"\n") > 1:
            return []
        whole = text + _rest_of_line(new, end) if end == items[-1][1] else text
        if before == opening + 1:
            if gap:
                return []
            here = width(text, here)
        elif width(b" " + whole, here) <= WANTED:
            here = width(b" " + text, here)
            if b"\n" in gap:
                edits.append(TextEdit(Span(before, start), b" "))
        else:
            if width(whole, column) > WANTED:
                return []
            here = width(text, column)
            if b"\n" not in gap:
                newline = b"\r\n" if b"\r\n" in new[opening:end] else b"\n"
                edits.append(TextEdit(Span(before, start), newline + indent_to(column)))
        before = end
    return edits


def _rest_of_line(new: bytes, offset: int) -> bytes:
    end = new.find(b"\n", offset)
    return new[offset : len(new) if end < 0 else end].rstrip()


def _filled(new: bytes, code: bytes, opening: int, at: int) -> Iterator[TextEdit]:
    """The edits that fill a line of a list which begins at an offset."""
    items = list(_items(new, code, opening))
    column = -1
    for position, (start, end) in enumerate(items):
        if position == 0 or start <= at:
            if start == at:
                column = width(new[new.rfind(b"\n", 0, at) + 1 : end])
            continue
        before = items[position - 1][1]
        gap, text = new[before:start], new[start:end]
        if gap.strip() or b"\n" in text or column < 0:
            return
        is_break = b"\n" in gap
        if column + 1 + width(text) > WANTED:
            if not is_break:
                yield TextEdit(Span(before, start), indent_of_gap(new, at))
            return
        column += 1 + width(text)
        if is_break:
            yield TextEdit(Span(before, start), b" ")


def indent_of_gap(new: bytes, at: int) -> bytes:
    """A line break with the indent of the line that an offset is in."""
    start = new.rfind(b"\n", 0, at) + 1
    return b"\n" + indent_of(new[start:at])


def _did_not_fit(old: bytes, origin: Origin, before: int, gap: bytes, end: int) -> bool:
    """True if a line break was needed: the line and the item behind it were too long together."""
    at = origin(before + gap.index(b"\n"))
    last = origin(end - 1)
    if at is None or last is None or old[at : at + 1] not in (b"\n", b"\r"):
        return False
    line = old[old.rfind(b"\n", 0, at) + 1 : at].rstrip()
    item = old[at : last + 1].strip()
    return b"\n" not in item and width(line) + 1 + width(item) > WANTED


def _is_written(code: bytes, items: Sequence[tuple[int, int]], origin: Origin) -> bool:
    """True if an item is not as it was; its comma may be another one."""
    return any(
        origin(at) is None
        for start, end in items
        for at in range(start, end)
        if code[at : at + 1] not in b",); "
    )


def _is_column(old: bytes, items: Sequence[tuple[int, int]]) -> bool:
    """True if three items or more stand one to a line, though two would have room on one."""
    chosen = False
    for (_, before), (start, end) in pairwise(items):
        gap, item = old[before:start], old[start:end]
        if b"\n" not in gap or gap.strip():
            return False
        line = old[old.rfind(b"\n", 0, before) + 1 : before]
        chosen = chosen or (b"\n" not in item and width(line + b" " + item) <= WANTED)
    return chosen and len(items) > 2


def _items(text: bytes, code: bytes, opening: int) -> Iterator[tuple[int, int]]:
    """The items of a list, each with its comma, the last one with what is glued to the list.

    `code` is the text without strings and comments, either of which an item may begin with.
    """
    depth = 0
    start = opening + 1
    for match in _ITEM.finditer(code, opening):
        mark, at = match[0], match.start()
        if mark in b"([{":
            depth += 1
        elif mark in b")]}":
            depth -= 1
            if depth == 0:
                tail = _TAIL.match(code, at + 1)
                yield start, tail.end() if tail else at + 1
                return
        elif depth == 1 and mark == b",":
            yield start, at + 1
            blank = _SPACE.match(text, at + 1)
            start = blank.end() if blank else at + 1
        elif mark in b";" and depth == 0:
            return


_ITEM = re.compile(rb"[(\[{}\]),;]")
_TAIL = re.compile(rb"[)\],;]*(?: \{)?")
_SPACE = re.compile(rb"\s*")
