"""The edit `insert`: code put beside an anchor, unless it is there."""

from __future__ import annotations

import re

from refactor.c.comments import (
    before_definition,
)
from refactor.c.layout import (
    newline_of,
)
from refactor.c.lexical import mentions
from refactor.c.syntax import (
    CONDITIONALS,
    Node,
    SourceFile,
    ancestors,
    declarations,
    top_level,
)
from refactor.match.file import (
    Conforming,
    File,
    Hit,
    Outcome,
)
from refactor.match.verdict import Reason, Refused
from refactor.rule.edits import Insert
from refactor.text import Span, TextEdit


def insert(file: File, edit: Insert) -> Outcome:
    """Put the code of an edit into a file, unless it is there."""
    source = file.source
    there = next(mentions(source.code, edit.name), None)
    if there is not None:
        return Conforming(edit.number, there, "")
    anchor = _anchor(source, edit.anchor)
    if anchor is None:
        note = f"no {edit.anchor} in {edit.file}"
        return Refused(Reason.ANCHOR, Span(0, 0), note)
    at = _place(source, anchor, before=edit.before)
    newline = newline_of(source, max(0, at - 1))
    text = edit.code.encode().strip(b"\n") + b"\n"
    above, below = source.data[:at], source.data[at:]
    is_function = b"\n" in text.strip()
    if is_function:
        lead = b"" if not above or above.endswith((b"\n\n", b"\n\r\n")) else b"\n"
        trail = b"" if not below or below.startswith((b"\n", b"\r\n")) else b"\n"
        text = lead + text + trail
    if above and not above.endswith(b"\n"):
        text = b"\n" + text
    text = re.sub(rb"\r?\n", newline, text)
    return Hit(
        edit.number, Span(at, at), "", (TextEdit(Span(at, at), text),), (), (), "", edit.name
    )


def _anchor(source: SourceFile, name: str) -> Node | None:
    """The last declaration, definition or macro of a name."""
    found: list[Node] = [each.node for each in source.functions if each.name == name]
    found += declarations(source, name)
    for node in top_level(source):
        if node.type in ("preproc_def", "preproc_function_def"):
            named = node.child_by_field_name("name")
            if named is not None and source.text(named) == name.encode():
                found.append(node)
    return max(found, key=lambda node: node.start_byte, default=None)


def _place(source: SourceFile, anchor: Node, *, before: bool) -> int:
    """Where code goes beside an anchor: outside of the conditionals around it, if it has any.

    The one that keeps a header from being read twice does not count.
    """
    outer = anchor
    for parent in ancestors(anchor):
        if parent.type in CONDITIONALS[:2] and not _is_guard(source, parent):
            outer = parent
    if before:
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
