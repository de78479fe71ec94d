"""The seams of a new text: no token may grow over a place where written text meets copied text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from refactor.c.code import lexemes
from refactor.rewrite.layout import Text


def wrong_seams(text: Text, code: bytes) -> Iterator[tuple[int, str]]:
    """The first offset of a new text where one is wrong, and how; `code` is the text without
    comments and strings."""
    after = text.written.text
    borders = sorted(
        {at for each in text.made for at in (each.start, each.end) if 0 < at < len(after)}
    )
    if not borders:
        return
    for mark in text.written.marks:
        first = after[mark.start : mark.start + 1]
        is_code = isinstance(mark.key, tuple) and first.strip()
        is_plain = is_code and first not in (b'"', b"'", b"/")
        if is_plain and code[mark.start : mark.start + 1] != first:
            yield mark.start, "comment"
            return
    for span in _line_runs(after, borders):
        at = bisect_left(borders, span[0])
        for token in lexemes(after, *span):
            while at < len(borders) and borders[at] <= token.start:
                at += 1
            spans = at < len(borders) and token.start < borders[at] < token.end
            if spans and token.kind != "string" and not _was_one(text, borders[at]):
                yield borders[at], "token"
                return
    for border in borders if _BREAK in after else ():
        if _grows_over_break(after, border):
            yield border, "token"
            return


_BREAK = b"\\\n"


def _grows_over_break(after: bytes, border: int) -> bool:
    """True if a token goes on over a line break behind a backslash, which is nothing in C."""
    left, right = after[:border], after[border:]
    before, behind = left, right
    while before.endswith(_BREAK):
        before = before[: -len(_BREAK)]
    while behind.startswith(_BREAK):
        behind = behind[len(_BREAK) :]
    if len(before) == len(left) and len(behind) == len(right):
        return False
    before, behind = before[before.rfind(b"\n") + 1 :], behind.split(b"\n", 1)[0]
    at = len(before)
    spanning = (each for each in lexemes(before + behind) if each.start < at < each.end)
    return any(each.kind != "string" for each in spanning)


def _was_one(text: Text, border: int) -> bool:
    """True if an edit was inside of what the lexer takes for one token: a directive's word."""
    for each in text.made:
        if border in (each.start, each.end):
            offset = each.piece.start if border == each.start else each.piece.end
            data = text.data
            line = data.rfind(b"\n", 0, offset) + 1
            end = data.find(b"\n", offset)
            for token in lexemes(data, line, len(data) if end < 0 else end):
                if token.start < offset < token.end:
                    return True
    return False


def _line_runs(data: bytes, borders: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The lines with borders in them, those that touch together."""
    run: tuple[int, int] | None = None
    for at in borders:
        start = data.rfind(b"\n", 0, max(0, at - 1)) + 1
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        if run is not None and start <= run[1] + 1:
            run = run[0], max(run[1], end)
            continue
        if run is not None:
            yield run
        run = start, end
    if run is not None:
        yield run
