"""Lines of C in colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from pygments.lexers import CLexer
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType, is_token_subtype

from refactor.report.html.hunks import COME, CONTEXT, GONE, REMARK, Hunk, blocks
from refactor.report.terminal import Spans, marks

KINDS = (
    (Comment.Preproc, "p"),
    (Comment.PreprocFile, "s"),
    (Comment, "c"),
    (Keyword, "k"),
    (String, "s"),
    (Number, "n"),
    (Name.Function, "f"),
)
"""What is coloured, and the class that it gets. Names and punctuation are not, which is most of a
line: so the page stays small."""

Part = tuple[str, str]
"""The class of some text, or "", and the text."""

_LEXER = CLexer(stripnl=False, ensurenl=False)
_CLASSES: dict[_TokenType, str] = {}


def coloured(hunk: Hunk, *, is_c: bool) -> list[str]:
    """The lines of a hunk as HTML, in colour if they are C, with the words that differ marked."""
    texts = [text for _, text in hunk.lines]
    parts: list[Sequence[Part]] = [(("", text),) for text in texts]
    # Both sides are read, each with its context: what is a comment, or a string, is told by that.
    for side in (GONE, COME) if is_c else ():
        numbers = [number for number, (sign, _) in enumerate(hunk.lines) if sign in (CONTEXT, side)]
        if side == COME or any(sign == GONE for sign, _ in hunk.lines):
            lexed = _lexed([texts[number] for number in numbers])
            for number, line in zip(numbers, lexed, strict=True):
                parts[number] = line
    found: dict[int, Spans] = {}
    for gone, come in blocks(hunk.lines):
        if len(gone) == len(come):
            for old, new in zip(gone, come, strict=True):
                found[old], found[new] = marks(texts[old], texts[new])
    return [
        escape(text) if sign == REMARK else "".join(_written(parts[number], found.get(number, ())))
        for number, (sign, text) in enumerate(hunk.lines)
    ]


def _lexed(lines: Sequence[str]) -> list[list[Part]]:
    """The parts of each line."""
    text = "\n".join(lines)
    every: list[list[Part]] = [[]]
    start = _end_of_comment(text)
    tokens = [("c", text[:start])] if start else []
    tokens += (
        (_class(kind), value) for _, kind, value in _LEXER.get_tokens_unprocessed(text[start:])
    )
    for kind, value in tokens:
        first, *rest = value.split("\n")
        every[-1].append((kind, first))
        for line in rest:
            every.append([(kind, line)])
    return every


_ENDS = re.compile(r"(?:[^/*\"]|\*(?!/)|/(?![*/]))*\*/")


def _end_of_comment(text: str) -> int:
    """Where a comment ends that has begun above the hunk; 0 if none has."""
    match = _ENDS.match(text)
    return match.end() if match else 0


def _class(kind: _TokenType) -> str:
    if kind not in _CLASSES:
        _CLASSES[kind] = next((name for each, name in KINDS if is_token_subtype(kind, each)), "")
    return _CLASSES[kind]


def _written(parts: Sequence[Part], spans: Spans) -> Iterator[str]:
    """The parts, each in its class, cut where a marked span begins or ends."""
    cuts = [cut for span in spans for cut in span]
    offset, marked = 0, False
    last, text = "", ""
    for kind, value in parts:
        while value:
            size = min(len(value), cuts[0] - offset) if cuts else len(value)
            if size:
                name = f"{kind} m".strip() if marked else kind
                if name != last:
                    yield _span(last, text)
                    last, text = name, ""
                text += value[:size]
            value, offset = value[size:], offset + size
            while cuts and cuts[0] == offset:
                cuts.pop(0)
                marked = not marked
    yield _span(last, text)


def _span(name: str, text: str) -> str:
    quoted = f'"{name}"' if " " in name else name
    return f"<b class={quoted}>{escape(text)}</b>" if name and text else escape(text)
