"""Statements that go: whether they can, and what goes with them of the lines around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from refactor.c.comments import attached, explains
from refactor.c.syntax import CONDITIONALS, Node, SourceFile, is_statement, span, statement_at
from refactor.match.verdict import Reason, Refused
from refactor.text import Span, TextEdit


def obstacle(source: SourceFile, gone: Sequence[Span], function: str) -> Refused | None:
    """Why some of these statements cannot simply go, if they go together."""
    starts = {where.start for where in gone}
    for node in (statement_at(source, where) for where in gone):
        parent = node.parent
        if parent is None:
            continue
        left = [
            child
            for child in parent.named_children
            if is_statement(child) and child.start_byte not in starts
        ]
        if parent.type == "labeled_statement":
            return Refused(Reason.LABEL, span(node), "", function)
        if parent.type == "case_statement":
            if not left:
                return Refused(Reason.LABEL, span(node), "", function)
        elif parent.type == "compound_statement":
            outer = parent.parent
            if not left and outer is not None and outer.type != "function_definition":
                return Refused(Reason.EMPTY, span(node), "", function)
        elif parent.type in CONDITIONALS:
            if not left:
                return Refused(Reason.BRANCH, span(node), "", function)
        elif parent.type != "translation_unit":
            return Refused(Reason.BODY, span(node), "", function)
    return None


def comments_of(
    source: SourceFile, gone: Iterable[Node], words: Iterable[str], function: str
) -> list[Span] | Refused:
    """The comments that explain statements and go with them, by the words they have.

    One that has none of the words would be left without what it speaks of, or speak of something
    else: the statement cannot go.
    """
    wanted = frozenset(word.lower() for word in words)
    found = []
    for node in gone:
        for comment in attached(source, node):
            if not explains(source, comment, wanted):
                return Refused(Reason.UNEXPLAINED, comment, "", function)
            found.append(comment)
    return found


def removal(source: SourceFile, gone: Iterable[Span]) -> Iterator[TextEdit]:
    """Take statements and comments out, with the lines that they had for themselves.

    Of two empty lines that would meet, one goes; so does one that would stand at the beginning or
    the end of a block.
    """
    lines: list[Span] = []
    for each in sorted(gone):
        start, end = source.line_start(each.start), source.line_end(each.end - 1)
        before, behind = source.data[start : each.start], source.data[each.end : end]
        if lines and each.start < lines[-1].end:
            continue  # on a line that goes already
        if behind.strip() and before.strip():
            yield TextEdit(Span(each.start, end - len(behind.lstrip())), b"")
        elif behind.strip():
            yield TextEdit(Span(each.start, end - len(behind.lstrip(b" \t"))), b"")
        elif before.strip():
            yield TextEdit(Span(start + len(before.rstrip()), each.end), b"")
        elif lines and lines[-1].end == start:
            lines[-1] = Span(lines[-1].start, end)
        else:
            lines.append(Span(start, end))
    for each in lines:
        yield TextEdit(_with_blank(source, each), b"")


def _with_blank(source: SourceFile, lines: Span) -> Span:
    """Lines that go, with an empty line beside them that would have no business there."""
    data = source.data
    above = data[source.line_start(lines.start - 1) : lines.start] if lines.start else b""
    below = data[lines.end : source.line_end(lines.end)] if lines.end < len(data) else b""
    is_blank_above = bool(above) and not above.strip()
    is_blank_below = bool(below) and not below.strip()
    opens = not above or above.rstrip().endswith((b"{", b":"))
    closes = not below or below.lstrip().startswith(b"}")
    if is_blank_below and (is_blank_above or opens):
        return Span(lines.start, lines.end + len(below))
    if is_blank_above and closes:
        return Span(lines.start - len(above), lines.end)
    return lines
