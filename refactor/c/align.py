"""Continuation lines that follow a parenthesis which an edit has moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from refactor.c.layout import WANTED, indent_of, indent_to, width
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
        was = self.origin(first)
        if was is None or self.new[first : first + 1] in (b"#", b"\n", b"\r", b""):
            return
        line = self.old.rfind(b"\n", 0, was) + 1
        if self.old[line:was].strip():
            return
        before = _opener(self.was, was)
        if before is None:
            return
        column = width(self.old[self.old.rfind(b"\n", 0, before) + 1 : before + 1])
        if column != width(self.old[line:was]):
            return
        if opened[-1].column != width(self.new[start:first]):
            self.indent = indent_to(opened[-1].column)
            self.edits.append(TextEdit(Span(start, first), self.indent))


_STOPS = re.compile(rb"[(\[{}\]);\n]")
_BRACKETS = re.compile(rb"[(\[{}\])]")


def _opener(code: bytes, offset: int) -> int | None:
    """The innermost bracket that is open at an offset, in the statement around it."""
    opened: list[int] = []
    for match in _BRACKETS.finditer(code, statement_start(code, offset), offset):
        if match[0] in b"([{":
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def rejoin(new: bytes, old: bytes, origin: Origin, touched: Iterable[int]) -> EditSet:
    """Put lists around what was written on one line again, if they fit there now.

    Only what did not fit in `WANTED` columns before is taken back; a list that was written in
    several lines by choice stays so.
    """
    code = code_only(new)
    edits: dict[Span, TextEdit] = {}
    seen: set[int] = set()
    for at in sorted(touched):
        for opening in _lists_at(code, at):
            if opening in seen:
                continue
            seen.add(opening)
            for edit in _on_one_line(new, code, old, origin, opening):
                edits[edit.span] = edit
    return EditSet(edits.values())


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
    end = code.find(b"\n", at)
    later: list[int] = []
    for match in _BRACKETS.finditer(code, at, len(code) if end < 0 else end):
        if match[0] in b"([{":
            later.append(match.start())
        elif later:
            later.pop()
    return [each for each in (*opened, *later) if code[each : each + 1] == b"("]


def _on_one_line(
    new: bytes, code: bytes, old: bytes, origin: Origin, opening: int
) -> list[TextEdit]:
    """The edits that put all of a list on one line; none if it does not fit or need not."""
    items = list(_items(code, opening))
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
    end = new.find(b"\n", items[-1][1])
    rest = new[items[-1][1] : len(new) if end < 0 else end].rstrip()
    return breaks if b"\n" not in whole and width(whole + rest) <= WANTED else []


def _filled(new: bytes, code: bytes, opening: int, at: int) -> Iterator[TextEdit]:
    """The edits that fill a line of a list which begins at an offset."""
    items = list(_items(code, opening))
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


def _items(code: bytes, opening: int) -> Iterator[tuple[int, int]]:
    """The items of a list, each with its comma, the last one with what is glued to the list."""
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
            blank = _SPACE.match(code, at + 1)
            start = blank.end() if blank else at + 1
        elif mark in b";" and depth == 0:
            return


_ITEM = re.compile(rb"[(\[{}\]),;]")
_TAIL = re.compile(rb"[)\],;]*(?: \{)?")
_SPACE = re.compile(rb"\s*")
