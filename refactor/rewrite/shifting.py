"""Lines that stand deeper, or less deep, than before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refactor.c.layout import TAB, spaces_of
from refactor.rewrite.changes import Gone
from refactor.rewrite.written import INDENT, Piece, Written


def shifted(
    data: bytes, shifts: Sequence[tuple[int, int, int]], gone: Sequence[Gone]
) -> Iterator[Piece]:
    """New indents for lines that stand deeper, or less deep, than before."""
    moved: dict[int, int] = {}
    spans: dict[int, set[tuple[int, int, int]]] = {}
    for start, end, levels in sorted(set(shifts)):
        line = _line_start(data, start)
        if data[line:start].strip():
            line = data.find(b"\n", start) + 1
            if line == 0:
                continue
        # A comment above the first statement moves with it.
        while line > 0:
            above = _line_start(data, line - 1)
            if _COMMENT.match(data, above):
                line = above
            else:
                break
        if levels < 0:
            end = _with_comments_below(data, end)
        while line < end:
            if (start, end, levels) not in spans.setdefault(line, set()):
                spans[line].add((start, end, levels))
                moved[line] = moved.get(line, 0) + levels
            line = data.find(b"\n", line) + 1
            if line == 0:
                break
    spaces = b" " * spaces_of(data) if moved else b""
    for line, levels in sorted(moved.items()):
        if any(each.start <= line < each.end for each in gone):
            continue
        text = data[line : _line_end(data, line)]
        if not text.strip() or text.startswith(b"#"):
            continue
        if levels > 0 and _LABEL.match(text):
            continue  # in the first column is where labels are
        if levels > 0:
            level = spaces if text.startswith(b" ") and spaces else b"\t"
            yield Piece(line, line, Written(level * levels), INDENT)
            continue
        taken = 0
        for _ in range(-levels):
            if text[taken : taken + 1] == b"\t":
                taken += 1
            elif text.startswith(spaces or b" " * TAB, taken):
                taken += len(spaces) or TAB
        if taken:
            yield Piece(line, line + taken, Written())


def _with_comments_below(data: bytes, end: int) -> int:
    """The end of lines that stand less deep, with comments up to the brace of their old block."""
    line = data.find(b"\n", end) + 1
    while line and _COMMENT.match(data, line):
        line = data.find(b"\n", line) + 1
    is_last = line and data[line : _line_end(data, line)].lstrip().startswith(b"}")
    return line if is_last else end


_LABEL = re.compile(rb"[A-Za-z_]\w*[ \t]*:(?!:)")
_COMMENT = re.compile(rb"[ \t]*(?:/\*|//|\*(?=[\s/]|\Z))(?![^\n]*\{[ \t]*$)", re.MULTILINE)
"""The beginning of a line of a comment, which is no `*p = 1;`."""


def _line_start(data: bytes, offset: int) -> int:
    return data.rfind(b"\n", 0, offset) + 1


def _line_end(data: bytes, offset: int) -> int:
    at = data.find(b"\n", offset)
    return len(data) if at < 0 else at
