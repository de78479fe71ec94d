"""Functions without the statements that a rule has nothing to do with.

What a rule about an expression needs of a function is the statement that the expression is in, and
what is around it. `abridged` blanks the others, at the same length, so that the mask, the parser
and all that goes over the parser's tree have a fifth of the work.

Why this is safe
----------------

It is what `refactor.c.items` says of items, one storey below. Statements in a block are a list in
the grammar: what one of them is does not depend on the others. So a run of statements may go if it
begins and ends where statements do, and that is so where all of this holds:

- A semicolon, or the brace that closes a block, is before it and at its end.
- No parenthesis and no brace that began in the block is open; they are followed, not counted back.
- What is behind it neither goes on with it (`else`, the `while` of a `do`, the name behind the
  brace of a structure, the rest of an initializer) nor needs it as what a label stands at.

None of the mask's patterns reaches over a semicolon or a closing brace, and what it asks of the
token before a statement is answered as before: of each run that goes, the last token stays, a
semicolon or a pair of braces.

A function is left as it is where one of these cannot be told: with a directive in it, with braces
in parentheses, with a macro that lacks its semicolon before the end of a block, or nested deeper
than the pattern. A macro that hides a brace is as invisible here as to the parser. And as with
items, who parses what is left looks for errors, and parses all of it if there is one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from refactor.c.items import Cut, nested
from refactor.c.kinds import COMMENT, QUOTED
from refactor.text import Span


def abridged(data: bytes, found: Cut, mentions: Sequence[int]) -> bytes:
    """`data` with the statements blanked that have none of the ascending offsets `mentions`.

    Only functions among the items of a cut are looked at. The result has the length and the line
    breaks of `data`; it is `data` itself if there is nothing to blank. Never fails. The time is
    linear in the items.
    """
    if found.doubt:
        return data
    made: list[bytes] = []
    position = 0
    for item in found.items:
        for run in _runs(data, item.span, mentions):
            made += data[position : run.start], run.left(data)
            position = run.end
    if not made:
        return data
    made.append(data[position:])
    return b"".join(made)


@dataclass(slots=True)
class _Run:
    """Statements in a row that go; `last` is where the last one begins."""

    start: int
    end: int
    last: int

    def left(self, data: bytes) -> bytes:
        """What is left of them: white space and the token that ends the last one."""
        if data[self.end - 1] == ord(";"):
            return data[self.start : self.end - 1].translate(_BLANKED) + b";"
        before = data[self.start : self.last].translate(_BLANKED)
        return before + b"{" + data[self.last + 1 : self.end - 1].translate(_BLANKED) + b"}"


@dataclass(slots=True)
class _Group:
    """A statement, with whatever belongs to it or may do so."""

    start: int
    end: int
    is_labelled: bool
    blocks: list[int]
    """Where its blocks of statements open."""


class _NotToldError(Exception):
    """The statements of a function cannot be told apart."""


def _runs(data: bytes, item: Span, mentions: Sequence[int]) -> list[_Run]:
    """The statements of an item that go; none if it is no function, or one that cannot be read."""
    head = _patterns().step.match(data, item.start, item.end)
    if head is None or head.lastindex != _BLOCK:
        return []
    text = head[_TEXT]
    is_function = b"=" not in text and text.rstrip().endswith(b")")
    if not is_function or data[head.end() : item.end].strip():
        return []
    runs: list[_Run] = []
    try:
        _block(data, head.start(_BLOCK) + 1, head.end(), mentions, runs)
    except _NotToldError:
        return []
    return runs


def _block(data: bytes, position: int, end: int, mentions: Sequence[int], runs: list[_Run]) -> None:
    """Go over the statements from behind an opening brace to behind its closing one."""
    run: _Run | None = None
    for group in _groups(data, position, end):
        at = bisect_left(mentions, group.start)
        if group.is_labelled or (at < len(mentions) and mentions[at] < group.end):
            run = None
            for block in group.blocks:
                inside = _patterns().block.match(data, block, group.end)
                assert inside is not None  # it has been part of a longer match
                _block(data, block + 1, inside.end(), mentions, runs)
        elif run is None:
            run = _Run(group.start, group.end, group.start)
            runs.append(run)
        else:
            run.end, run.last = group.end, group.start


def _groups(data: bytes, position: int, end: int) -> Iterator[_Group]:
    """The statements of a block, in order. Raises _NotToldError."""
    patterns = _patterns()
    group: _Group | None = None
    goes_on = False  # up to the next semicolon, come what may
    is_behind_brace = False
    while True:
        match = patterns.step.match(data, position, end)
        if match is None:
            raise _NotToldError
        form = match.lastindex
        start, text_end = match.span(_TEXT)
        if form == _CLOSING:
            if start != text_end or goes_on or match.end() != end:
                raise _NotToldError
            break
        belongs = (
            goes_on
            or (data[start] in b"ew" and patterns.belongs.match(data, start))
            or (is_behind_brace and not patterns.word.match(data, start))
        )
        if group is None or not belongs:
            if group is not None:
                yield group
            group = _Group(start, match.end(), bool(patterns.label.match(data, start)), [])
        group.end = position = match.end()
        is_behind_brace = form == _BLOCK
        if not is_behind_brace:
            goes_on = False
        elif not goes_on and patterns.head.fullmatch(data, start, text_end):
            group.blocks.append(text_end)
        else:
            goes_on = True
    if group is not None:
        yield group


_TEXT, _SEMICOLON, _BLOCK, _CLOSING = range(1, 5)
_BLANKED = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))


class _Patterns(NamedTuple):
    """Up to the next semicolon, block or closing brace; a block alone; what tells a statement."""

    step: re.Pattern[bytes]
    block: re.Pattern[bytes]
    head: re.Pattern[bytes]
    """All that may stand between the beginning of a statement and its block."""
    label: re.Pattern[bytes]
    belongs: re.Pattern[bytes]
    """Goes on with the statement before, or may do so."""
    word: re.Pattern[bytes]


@cache
def _patterns() -> _Patterns:
    """Compile the patterns, which takes too long to do it on import; all of them are linear."""
    trivia = rb"(?:[\s\\]++|" + COMMENT + rb"|)*+"
    atom = QUOTED + rb"|" + COMMENT + rb"|/"
    parenthesis = nested(rb"\(", rb"\)", rb"[^(){}\"'/#]++|" + atom, 5)
    block = nested(rb"\{", rb"\}", rb"[^{}\"'/#]++|" + atom, 8)
    text = rb"((?:[^;{}()\"'/#]++|" + parenthesis + rb"|" + atom + rb"|)*+)"
    step = trivia + text + rb"(?:(;)|(" + block + rb")|(\}))"
    label = rb"(?:case\b[^:{]*+|[A-Za-z_]\w*+\s*+):" + trivia
    part = rb"(?:else\b|do\b|(?!return\b)[A-Za-z_]\w*+" + trivia + parenthesis + rb")" + trivia
    head = rb"(?:" + label + rb"|)*+(?:" + part + rb"|)*+"
    patterns = (step, block, head, label, rb"else\b|while", rb"[A-Za-z_]")
    return _Patterns(*map(re.compile, patterns))
