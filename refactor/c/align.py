"""Continuation lines that follow a parenthesis which an edit has moved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.layout import WANTED, indent_of, indent_to, width
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
