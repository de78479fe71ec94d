"""Which comments explain what is taken away from a call, and go with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from refactor.c.layout import indent_of
from refactor.c.syntax import Function, Node, SourceFile
from refactor.text import Span


def explains(source: SourceFile, comment: Span, wanted: Set[str]) -> bool:
    """True if a comment has one of these words, which are in lower case."""
    text = source.text(comment).decode(errors="replace").lower()
    return not wanted.isdisjoint(re.findall(r"\w+", text))


def attached(source: SourceFile, statement: Node) -> Iterator[Span]:
    """The comments that end right above a statement, and the one behind it on its line."""
    siblings = statement.parent.children if statement.parent is not None else []
    at = siblings.index(statement)
    yield from _before(source, siblings[:at], statement)
    if at + 1 < len(siblings) and is_comment(source, siblings[at + 1]):
        behind = comment_span(source, siblings[at + 1])
        if behind.start < source.line_end(statement.end_byte):
            yield behind


def _before(source: SourceFile, siblings: Sequence[Node], statement: Node) -> Iterator[Span]:
    """The comments that end right above a statement; lines of `//` are one comment."""
    run: Span | None = None
    below = statement.start_byte
    for position in range(len(siblings) - 1, -1, -1):
        node = siblings[position]
        if not is_comment(source, node) or blank_between(source, node.end_byte, below):
            break
        if _trails(source, siblings[:position][-1:], node):
            break
        found = comment_span(source, node)
        is_line = source.text(node).startswith(b"//")
        if run is not None and is_line and source.text(run).startswith(b"//"):
            run = Span(found.start, run.end)
        else:
            if run is not None:
                yield run
            run = found
        below = node.start_byte
    if run is not None:
        yield run


def is_comment(source: SourceFile, node: Node) -> bool:
    """True for a comment of the file, and not for code that the mask has written as one."""
    return node.type == "comment" and source.text(node).startswith(b"/")


def comment_span(source: SourceFile, node: Node) -> Span:
    """The bytes of a comment; the parser counts the carriage return of a `//` line among them."""
    return Span(node.start_byte, node.start_byte + len(source.text(node).rstrip(b"\r")))


def _trails(source: SourceFile, before: Sequence[Node], comment: Node) -> bool:
    """True for a comment behind another statement, on its line."""
    return any(
        (node.type.endswith("_statement") or node.type == "declaration")
        and node.end_byte > source.line_start(comment.start_byte)
        for node in before
    )


def dedented(source: SourceFile, comment: Span) -> bytes:
    """A comment's text as if it stood in the first column."""
    indent = indent_of(source.data[source.line_start(comment.start) : comment.start])
    text = source.text(comment).replace(b"\r\n", b"\n")
    return text.replace(b"\n" + indent, b"\n")


def blank_between(source: SourceFile, start: int, end: int) -> bool:
    """True if there is an empty line between two offsets."""
    return source.data[start:end].count(b"\n") > 1


def before_definition(source: SourceFile, function: Function) -> int:
    """Where a new function goes in front of an old one: before the comment that belongs to it."""
    offset = source.line_start(source.outset(function.node))
    around = function.node.parent
    before = [node for node in around.children if node.end_byte <= offset] if around else []
    for comment in reversed(before):
        start = source.line_start(comment.start_byte)
        if (
            not is_comment(source, comment)
            or blank_between(source, comment.end_byte, offset)
            or source.data[start : comment.start_byte].strip()
        ):
            break
        offset = start
    return offset
