"""The edit `rename`: what becomes of one mention of a name."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.layout import TAB, width
from refactor.c.lexical import mentions
from refactor.c.syntax import SourceFile
from refactor.match.file import File
from refactor.match.verdict import Change, NotApplicable, Reason, Refused, Verdict
from refactor.rule.edits import Rename
from refactor.text import Span, TextEdit


def judge(file: File, edit: Rename, mention: Span) -> Verdict:
    """Give a mention its new name, in macros and dead code as well: it is about the word."""
    source = file.source
    name = file.function_name(mention.start)
    node = source.at(mention)
    if node.type in ("field_identifier", "statement_identifier"):
        return NotApplicable(Reason.MEMBER, mention, "", name)
    if any(mentions(source.code, edit.to)):
        return Refused(Reason.CLASH, mention, f"{edit.to} is in the same file", name)
    edits = [TextEdit(mention, edit.to.encode())]
    defined = any(each.name == mention for each in source.macros)
    if defined:
        edits += _same_column(source, mention, edit.to.encode())
    if edit.describe and defined:
        comment = _comment_behind(source, mention)
        if comment is None:
            return Refused(Reason.COMMENT, mention, "no comment behind the definition", name)
        edits.append(TextEdit(comment, b"/* " + edit.describe.encode() + b" */"))
    return Change(edit.number, mention, name, tuple(edits), (), edit.name, edit.to)


def _same_column(source: SourceFile, mention: Span, name: bytes) -> Iterator[TextEdit]:
    """The tabs behind the name of a macro, so many that its value stays in its column."""
    rest = source.data[mention.end : source.line_end(mention.end)]
    tabs = rest[: len(rest) - len(rest.lstrip(b"\t"))]
    start = source.line_start(mention.start)
    goal = width(source.data[start : mention.end] + tabs)
    column = width(source.data[start : mention.start] + name)
    needed = max(1, -(-(goal - column) // TAB))
    if tabs and needed != len(tabs):
        yield TextEdit(Span(mention.end, mention.end + len(tabs)), b"\t" * needed)


def _comment_behind(source: SourceFile, mention: Span) -> Span | None:
    """The one comment on the line of a word, behind it."""
    line = source.data[mention.end : source.line_end(mention.end)].rstrip()
    start = line.find(b"/*")
    if start < 0 or not line.endswith(b"*/") or line.count(b"*/") != 1:
        return None
    return Span(mention.end + start, mention.end + len(line))
