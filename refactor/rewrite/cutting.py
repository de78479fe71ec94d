"""Which bytes go with tokens that go: the white space on the side where the line goes on."""

from __future__ import annotations

import re

from refactor.c.layout import TOLERATED, WANTED, width
from refactor.rewrite.above import with_comment
from refactor.rewrite.commas import is_closed, is_opened, with_comma


def cut(
    data: bytes,
    span: tuple[int, int],
    around: tuple[bytes, bytes],
    *,
    is_first: bool,
    before_statement: bool,
    ends_statement: bool,
) -> tuple[int, int]:
    """The bytes to take out for tokens at `span`, with the white space before and behind them.

    If a statement follows, it stays on the line that it has.
    """
    start, end, before, behind = with_comma(data, *span, *around)
    if ends_statement and (lines := _lines(data, start, end)) is not None:
        return lines
    if (operand := of_two_operators(data, start, end)) is not None:
        return operand
    closes = is_closed(data, end)
    if not before and closes and (not behind or b"\n" in behind):
        line = data[_line_start(data, start) : start]
        bare = line.rstrip(b" \t")
        before = line[len(bare) :] if bare else b""
    if b"\n" in behind and is_first and data[start:end].endswith(_OPERATORS):
        # The operand on the next line moves up, or stays there if it has no room.
        line = data[_line_start(data, start) : start]
        if not line.strip() or _fits(data, start, end + len(behind), WANTED):
            return start, end + len(behind)
        return start - len(line) + len(line.rstrip(b" \t")), end
    if b"\n" in behind and b"\n" not in before:
        opens = is_opened(data, start)
        fits = _fits(data, start, end + len(behind), TOLERATED if opens else WANTED)
        if (not is_first or opens) and not closes and not before_statement and fits:
            # The rest of the list begins on the next line: it moves up to where this began.
            # What would be a little too wide is better than a parenthesis at a line's end.
            return start, end + len(behind)
        return start - len(before), end
    if b"\n" in before and b"\n" not in behind and not closes:
        return start, end + len(behind)
    if b"\n" in before and b"\n" in behind:
        return start - len(before), end
    if not before and (is_first or is_opened(data, start)):
        # Nothing is before it on its side of the line: what is behind moves up to its place.
        return start, len(data) - len(data[end:].lstrip(b" \t"))
    if behind or closes or _LOOSE.match(data, end) is None:
        return start - len(before), end
    # What is behind had its white space from what goes: `= f(x)` becomes `= x`.
    return start, end


def of_two_operators(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """What to cut where an operand goes that begins a line, and the rest of the line stays.

    In `a |` and `b | c` on the next line it makes no difference which operator goes along with
    the `b`; with the one behind it the lines stay.
    """
    found = _OPERATOR_AND_BREAK.match(data, start, end)
    if found is None:
        return None
    behind = re.compile(rb"[ \t]*" + re.escape(found[1]) + rb"(?![|&=])[ \t]*(?=[^\s])")
    same = behind.match(data, end)
    return (found.end(), same.end()) if same is not None else None


def _lines(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The lines that the end of a statement has for itself."""
    line, stop = _line_start(data, start), with_comment(data, end)
    close = data.find(b"\n", stop)
    if close < 0 or data[line:start].strip() or data[stop:close].strip():
        return None
    return line, close + 1


def _fits(data: bytes, start: int, right: int, most: int) -> bool:
    """True if what is on the line of an offset has room behind another one."""
    return fits(data, data[_line_start(data, start) : start], right, most)


def fits(data: bytes, line: bytes, right: int, most: int = WANTED) -> bool:
    """True if what is on the line of an offset has room behind what is the beginning of another.

    The first of several lines of a text does not: they belong below one another.
    """
    if _TEXT_GOES_ON.match(data, right):
        return False
    stop = data.find(b"\n", right)
    rest = data[right : stop if stop >= 0 else len(data)].rstrip(b" \t\r\\")
    return width(line + rest) <= most


def _line_start(data: bytes, offset: int) -> int:
    return data.rfind(b"\n", 0, offset) + 1


_OPERATORS = (b"|", b"&", b"+", b"-", b"*", b"/", b"?", b":")
_OPERATOR_AND_BREAK = re.compile(rb"\s*(\|\||&&|[|&+*])[ \t]*\r?\n[ \t]*")
_TEXT_GOES_ON = re.compile(rb'"[^\n]*"[ \t]*\\?\r?\n[ \t]*"')
_LOOSE = re.compile(rb"(?!\s|->|\+\+|--)[^\[.]")
"""What can have white space before it, and has none."""
