"""Which comments explain what is taken away from a call, and go with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from refactor.c.layout import indent_of
from refactor.c.syntax import Node, SourceFile
from refactor.edits import Span
from refactor.match import Site, Statement
from refactor.rules import FlagsEdit

# What has a statement as its body.
_GOVERNING = frozenset(
    ("if_statement", "else_clause", "for_statement", "while_statement", "do_statement")
)


def explaining(
    source: SourceFile, site: Site, rule: FlagsEdit, removed: Iterable[str]
) -> Iterator[Span]:
    """The comments that explain a removed flag: before or behind the statement, or beside the flag.

    A comment before an `if` or a loop whose only statement is the call's counts as well.
    """
    wanted = {word.lower() for flag in removed for word in rule.comments[flag]}
    if not wanted:
        return
    for comment in (*_beside(source, site), *_around(source, site.statement)):
        if explains(source, comment, wanted):
            yield comment


def explains(source: SourceFile, comment: Span, wanted: Set[str]) -> bool:
    """True if a comment has one of these words, which are in lower case."""
    text = source.text(comment).decode(errors="replace").lower()
    return not wanted.isdisjoint(re.findall(r"\w+", text))


def _beside(source: SourceFile, site: Site) -> Iterator[Span]:
    """Comments in the argument list, on the lines of the argument."""
    arguments = site.call.child_by_field_name("arguments")
    first = source.line_start(site.argument.start_byte)
    lines = Span(first, source.line_end(site.argument.end_byte))
    for node in arguments.named_children if arguments is not None else ():
        if node.type == "comment" and node.start_byte in lines:
            yield _comment(source, node)


def _around(source: SourceFile, statement: Statement | None) -> Iterator[Span]:
    """Comments directly before a statement, or behind it on its line."""
    while statement is not None:
        yield from attached(source, statement.node)
        statement = statement.outer if _is_all_of(statement) else None


def attached(source: SourceFile, statement: Node) -> Iterator[Span]:
    """The comments that end right above a statement, and the one behind it on its line."""
    siblings = statement.parent.children if statement.parent is not None else []
    at = siblings.index(statement)
    yield from _before(source, siblings[:at], statement)
    if at + 1 < len(siblings) and siblings[at + 1].type == "comment":
        behind = _comment(source, siblings[at + 1])
        if behind.start < source.line_end(statement.end_byte):
            yield behind


def _is_all_of(statement: Statement) -> bool:
    """True if the statement around this one is there for this one alone."""
    if statement.parent.type in _GOVERNING:
        return True
    block, outer = statement.parent, statement.outer
    if outer is None or outer.node != block or outer.parent.type not in _GOVERNING:
        return False
    return [child for child in block.named_children if child.type != "comment"] == [statement.node]


def _before(source: SourceFile, siblings: Sequence[Node], statement: Node) -> Iterator[Span]:
    """The comments that end right above a statement; lines of `//` are one comment."""
    run: Span | None = None
    below = statement.start_byte
    for position in range(len(siblings) - 1, -1, -1):
        node = siblings[position]
        if node.type != "comment" or blank_between(source, node.end_byte, below):
            break
        if _trails(source, siblings[:position][-1:], node):
            break
        found = _comment(source, node)
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


def _comment(source: SourceFile, node: Node) -> Span:
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
