"""Where a line may break: behind the commas of a list, and behind the operators of a condition or a
choice (`c ? a : b`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from refactor.c.lexical import WINDOW
from refactor.text import Span


@dataclass(slots=True)
class Gap:
    """White space that can become a line break; `depth` is 0 between two items of the list, and
    more inside of an item."""

    span: Span
    depth: int


@dataclass(slots=True)
class Breakable:
    """A list, or a condition, that is open at a change. `opening` is the byte before its first
    item: its parenthesis, or the blank behind a `return` or an assignment."""

    opening: int
    gaps: list[Gap] = field(default_factory=list)
    is_inner: bool = False
    """True for the list of a call that is an operand, an index or an argument itself."""
    goes_on: bool = False
    """True if what stands at the beginning of the next line is one of its items."""


@dataclass(slots=True)
class _Open:
    """A bracket that is open. It has no `items` if it is none of a call."""

    items: Breakable | None
    condition: Breakable
    is_around: bool = True
    """False for the parenthesis of an `if` or a loop, and for a brace: a call in it is none of an
    operand."""
    is_list: bool = False
    """True if there are commas in it, or a choice."""
    choices: int = 0
    """How many `?` still wait for their `:`."""


_MARK = re.compile(rb"[(\[{}\])]|[,;]|\?\s*:|[?:]|&&|\|\||\|(?!=)|(?<![=!<>])=(?!=)|\breturn\b")
_DEPTHS = {b";": 0, b"?": 1, b":": 2, b"||": 3, b"&&": 4}
"""Where a condition breaks, the best place first: between the parts of a `for`, then where it holds
least tightly together."""
_BLANKS = re.compile(rb"[ \t]*")
_CALLED = re.compile(rb"(?:[)\]]|\b(?!(?:if|while|for|switch|return|sizeof)\b)\w+)[\s\\]*\Z")
_MEMBERS = (b"->", b".", b"[")
"""What is asked of the result of a call, which then is an operand too."""
_HEADS = re.compile(rb"\b(?:if|while|for|switch|return)\s*\Z")


def breakables(
    code: bytes, data: bytes, statement: int, offset: int, line: Span
) -> tuple[list[Breakable], list[Breakable]]:
    """The argument lists that are open at an offset, from inside to outside, and the conditions,
    from outside to inside, all with their gaps in a line.

    `statement` is where the statement around the offset begins.
    """
    opened = [_Open(None, Breakable(-1))]
    around: list[_Open] | None = None
    for match in _MARK.finditer(code, max(statement, line.start - WINDOW), line.end):
        if around is None and match.start() >= offset:
            around = list(opened)
        mark = match[0]
        if mark[:1] in (b"?", b":"):
            if len(opened) > 1:
                # In parentheses a choice keeps together, and so does the condition before it.
                opened[-1].is_list |= mark != b":"
                continue
            if mark == b":" and not opened[0].choices:
                continue  # of a label or a bit field
            opened[0].choices += {b"?": 1, b":": -1}.get(mark, 0)
            mark = mark[-1:]  # `c ?: b` breaks at its end
        if mark in b"([{":
            is_list = mark == b"(" and _is_called(code, statement, match.start())
            is_inner = any(each.is_around for each in opened[1:])
            items = Breakable(match.start(), is_inner=is_inner) if is_list else None
            condition = Breakable(match.start() if mark == b"(" else -1)
            is_head = _HEADS.search(code[max(statement, match.start() - 20) : match.start()])
            opened.append(_Open(items, condition, mark != b"{" and is_head is None))
        elif mark in b")]}":
            if len(opened) > 1:
                closed = opened.pop().items
                if closed is not None and code.startswith(_MEMBERS, match.end()):
                    closed.is_inner = True
        elif mark in (b"=", b"return"):
            if len(opened) == 1 and code[match.end() : match.end() + 1] == b" ":
                opened[0].condition = Breakable(match.end())
                opened[0].is_list = False
        elif mark in _DEPTHS:
            gap = _gap(data, match.end(), line)
            if gap is not None:
                opened[-1].condition.gaps.append(Gap(gap, _DEPTHS[mark]))
        else:
            opened[-1].is_list |= mark == b","
            _add_gap(data, opened, match.end(), line, is_or=mark == b"|")
    around = opened if around is None else around
    last = opened[-1].items
    if last is not None:
        last.goes_on = code[last.opening : line.end].rstrip().endswith(b",")
    lists = [each.items for each in reversed(around) if each.items is not None]
    conditions = [
        _even(each.condition)
        for each in around
        if each.condition.opening >= 0 and each.condition.gaps and not each.is_list
    ]
    return lists, conditions


def _even(condition: Breakable) -> Breakable:
    """A condition whose best places to break at are of depth 0."""
    least = min(gap.depth for gap in condition.gaps)
    gaps = [Gap(gap.span, gap.depth - least) for gap in condition.gaps]
    return Breakable(condition.opening, gaps)


def _is_called(code: bytes, statement: int, opening: int) -> bool:
    return _CALLED.search(code[max(statement, opening - 200) : opening]) is not None


def _gap(data: bytes, end: int, line: Span) -> Span | None:
    """The white space behind an operator in a line, if the line may break there."""
    if end <= line.start:
        return None
    blanks = _BLANKS.match(data, end, line.end)
    behind = blanks.end() if blanks else end
    if behind == line.end or data.startswith((b")", b"\\", b"/*", b"//"), behind):
        return None
    return Span(end, behind)


def _add_gap(data: bytes, opened: Sequence[_Open], end: int, line: Span, *, is_or: bool) -> None:
    """Note the white space behind a comma or an OR, in the list that it belongs to."""
    depth = next((n for n, each in enumerate(reversed(opened)) if each.items is not None), None)
    if depth is None or (depth and not is_or):
        return
    gap = _gap(data, end, line)
    items = opened[-1 - depth].items
    if gap is not None and items is not None:
        items.gaps.append(Gap(gap, depth + is_or))
