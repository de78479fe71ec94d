"""The edit `insert`: code put beside an anchor, unless it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refactor.c.comments import before_definition
from refactor.c.layout import newline_of
from refactor.c.lexical import mentions
from refactor.c.syntax import (
    CONDITIONALS,
    Node,
    SourceFile,
    ancestors,
    declarations,
    parse,
    span,
    top_level,
)
from refactor.match.file import File
from refactor.match.verdict import Change, Conforming, Reason, Refused, Verdict
from refactor.rule.edits import Insert
from refactor.text import Span, TextEdit

COMMENT = re.compile(rb"^([ \t]*)\$\{comment\}", re.MULTILINE)
"""Where the comments go that other edits of the file take away."""


def judge(file: File, edit: Insert) -> Verdict:
    """Put the code of an edit into a file, unless it is there."""
    source = file.source
    there = _present(source, edit)
    if there is not None:
        return Conforming(edit.number, there, "")
    found = _anchors(source, edit.anchor)
    if not found:
        note = f"no {edit.anchor} in {edit.file}"
        return Refused(Reason.ANCHOR, Span(0, 0), note, about=(edit.anchor,))
    # What is in front of a name has to be in front of all there is of it, and code behind it
    # behind all: so it is the first one, or the last one.
    anchor = found[0] if edit.before else found[-1]
    at = _place(source, anchor, edit)
    where = Span(at, at)
    text = _text(source, at, edit.code.encode())
    return Change(edit.number, where, "", (TextEdit(where, text),), after=edit.name)


def with_comments(text: bytes, comments: Sequence[bytes]) -> bytes:
    """The text of an insertion with comments, which stand in the first column, in their place."""
    found = COMMENT.search(text)
    if found is None:
        return text
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    comment = re.sub(rb"\r?\n", newline + found[1], b"\n".join(comments))
    return text[: found.start()] + found[1] + comment + text[found.end() :]


def _present(source: SourceFile, edit: Insert) -> Span | None:
    """Where a file has what the edit would put into it.

    A call is not enough, so a name that can be told by its declaration has to be declared.
    """
    for node in _anchors(source, edit.name):
        return next(each for each in mentions(source.code, edit.name) if each.start in span(node))
    if _anchors(parse("", edit.code.encode()), edit.name):
        return None
    return next(mentions(source.code, edit.name), None)


def _text(source: SourceFile, at: int, code: bytes) -> bytes:
    """Code as it stands at an offset; more than one line of it has empty lines around."""
    text = code.strip(b"\n") + b"\n"
    above, below = source.data[:at], source.data[at:]
    if b"\n" in text.strip():
        lead = b"" if not above or above.endswith((b"\n\n", b"\n\r\n")) else b"\n"
        trail = b"" if not below or below.startswith((b"\n", b"\r\n")) else b"\n"
        text = lead + text + trail
    if above and not above.endswith(b"\n"):
        text = b"\n" + text
    return re.sub(rb"\r?\n", newline_of(source, max(0, at - 1)), text)


def _anchors(source: SourceFile, name: str) -> list[Node]:
    """The declarations, definitions and macros of a name that are compiled somewhere, in order."""
    found: list[Node] = [each.node for each in source.functions if each.name == name]
    found += declarations(source, name)
    for node in top_level(source):
        if node.type in ("preproc_def", "preproc_function_def"):
            named = node.child_by_field_name("name")
            if named is not None and source.text(named) == name.encode():
                found.append(node)
    compiled = (node for node in found if not source.is_disabled(node.start_byte))
    return sorted(compiled, key=lambda node: node.start_byte)


def _place(source: SourceFile, anchor: Node, edit: Insert) -> int:
    """Where code goes beside an anchor: outside of the conditionals around it, if it has any.

    The one that keeps a header from being read twice does not count.
    """
    outer = anchor
    for parent in ancestors(anchor) if not edit.inside else ():
        if parent.type in CONDITIONALS[:2] and not _is_guard(source, parent):
            outer = parent
    if edit.before:
        function = next((each for each in source.functions if each.node == outer), None)
        return (
            before_definition(source, function)
            if function is not None
            else source.line_start(outer.start_byte)
        )
    return source.line_end(outer.end_byte - 1)


def _is_guard(source: SourceFile, conditional: Node) -> bool:
    """True for the `#ifndef X` around a header that begins with `#define X`."""
    named = conditional.child_by_field_name("name")
    inside = [each for each in conditional.named_children if each.type != "comment"]
    defined = inside[1].child_by_field_name("name") if len(inside) > 1 else None
    return (
        named is not None
        and defined is not None
        and inside[1].type == "preproc_def"
        and source.text(named) == source.text(defined)
    )
