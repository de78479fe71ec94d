"""Comments that explain a removed statement: they go with it, or it cannot go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from refactor.c.comments import attached, explains
from refactor.c.syntax import SourceFile, is_statement, span, statement_at
from refactor.rewrite.changes import CannotSpliceError, Gone
from refactor.text import Span

Remarks = Callable[[Gone], Gone]
"""Gives a statement that goes with the comments above that go as well. Raises CannotSpliceError."""


def remarks(source: SourceFile, words: Collection[str]) -> Remarks:
    """The comments that have one of `words` go; with any other one the statement is refused.

    Such a comment would be left without what it speaks of, or speak of something else.
    """
    wanted = frozenset(word.lower() for word in words)

    def with_comments(gone: Gone) -> Gone:
        where = Span(gone.start, gone.end)
        statement = statement_at(source, where)
        if not is_statement(statement) or span(statement) != where:
            return gone
        between = statement.prev_sibling
        if between is not None and between.type == "comment":
            line = source.data[source.line_start(between.start_byte) : gone.start]
            if b"\n" not in line and not line.lstrip().startswith(b"/*"):
                # f(); /* why */ g(); does not say which of the two it is about.
                raise CannotSpliceError("unexplained", between.start_byte, "", gone.start)
        start = gone.start
        for comment in attached(source, statement):
            behind = source.data[comment.end : source.line_end(comment.end)]
            is_shared = comment.start > gone.start and behind.strip() not in (b"", b"\\")
            if is_shared or not explains(source, comment, wanted):
                raise CannotSpliceError("unexplained", comment.start, "", gone.start)
            start = min(start, comment.start)
        return replace(gone, start=start)

    return with_comments
