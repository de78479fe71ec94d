"""The edits `rename`, `flags` and `insert`: what becomes of one mention, or of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.layout import TAB, newline_of, width
from refactor.c.lexical import mentions
from refactor.c.syntax import (
    CONDITIONALS,
    Node,
    SourceFile,
    ancestors,
    arguments,
    callee,
    declarations,
    is_statement,
    span,
    top_level,
)
from refactor.comments import explaining
from refactor.edits import Edit, Span
from refactor.match import Site, Statement
from refactor.outcome import NotApplicable, Reason, Refused
from refactor.rewrite import before_definition, edit_flags
from refactor.semantic.site import (
    Conforming,
    File,
    Hit,
    Outcome,
    is_called,
    other_use,
    reference,
    unsound,
)
from refactor.semantic.spec import Flags, Insert, Rename

# ---------------------------------------------------------------------------- rename


def rename(file: File, edit: Rename, mention: Span) -> Outcome:
    """Give a mention its new name, in macros and dead code as well: it is about the word."""
    source = file.source
    name = file.function_name(mention.start)
    node = source.at(mention)
    if node.type in ("field_identifier", "statement_identifier"):
        return NotApplicable(Reason.MEMBER, mention, "", name)
    if any(mentions(source.code, edit.to)):
        return Refused(Reason.CLASH, mention, f"{edit.to} is in the same file", name)
    edits = [Edit(mention, edit.to.encode())]
    defined = any(each.name == mention for each in source.macros)
    if defined:
        edits += _same_column(source, mention, edit.to.encode())
    if edit.describe and defined:
        comment = _comment_behind(source, mention)
        if comment is None:
            return Refused(Reason.COMMENT, mention, "no comment behind the definition", name)
        edits.append(Edit(comment, b"/* " + edit.describe.encode() + b" */"))
    return Hit(edit.number, mention, name, tuple(edits), (), (), edit.name, edit.to)


def _same_column(source: SourceFile, mention: Span, name: bytes) -> Iterator[Edit]:
    """The tabs behind the name of a macro, so many that its value stays in its column."""
    rest = source.data[mention.end : source.line_end(mention.end)]
    tabs = rest[: len(rest) - len(rest.lstrip(b"\t"))]
    start = source.line_start(mention.start)
    goal = width(source.data[start : mention.end] + tabs)
    column = width(source.data[start : mention.start] + name)
    needed = max(1, -(-(goal - column) // TAB))
    if tabs and needed != len(tabs):
        yield Edit(Span(mention.end, mention.end + len(tabs)), b"\t" * needed)


def _comment_behind(source: SourceFile, mention: Span) -> Span | None:
    """The one comment on the line of a word, behind it."""
    line = source.data[mention.end : source.line_end(mention.end)].rstrip()
    start = line.find(b"/*")
    if start < 0 or not line.endswith(b"*/") or line.count(b"*/") != 1:
        return None
    return Span(mention.end + start, mention.end + len(line))


# ---------------------------------------------------------------------------- flags


def flags(file: File, edit: Flags, mention: Span) -> Outcome:
    """Change the flags of the call that a mention belongs to: of the function, or of a flag."""
    source = file.source
    name = file.function_name(mention.start)
    if (other := other_use(file, mention)) is not None:
        return other
    node = source.at(mention)
    is_callee = source.text(mention).decode(errors="replace") == edit.call.name
    if is_callee:
        if node.type in ("field_identifier", "statement_identifier"):
            return NotApplicable(Reason.MEMBER, mention, "", name)
        if not is_called(file, mention):
            return reference(file, mention)
        call = node.parent
        if call is None or call.type != "call_expression" or callee(call) != node:
            return Refused(Reason.PARSE, mention, "", name)
    else:
        call = _call_around(source, node, edit)
        if call is None:
            return NotApplicable(
                Reason.FORM, mention, f"not an argument of {edit.call.name}()", name
            )
    return _flags_of(file, edit, mention, call, is_callee=is_callee)


def _flags_of(file: File, edit: Flags, mention: Span, call: Node, *, is_callee: bool) -> Outcome:
    source = file.source
    name = file.function_name(mention.start)
    problem = unsound(file, [call], mention)
    if problem is not None:
        return problem
    given = arguments(call)
    if len(given) != len(edit.call.parameters):
        note = f"{len(given)} instead of {len(edit.call.parameters)}"
        return Refused(Reason.ARGUMENTS, mention, note, name)
    argument = given[edit.call.parameters.index(edit.flags.argument)]
    if not is_callee and mention.start not in span(argument):
        return NotApplicable(Reason.FORM, mention, "not among the flags", name)
    function = source.function_at(mention.start)
    if function is None:
        return NotApplicable(Reason.FORM, mention, "not in a function", name)
    site = Site(call, function, argument, _statement_around(call))
    drafted = edit_flags(source, site, edit.flags, frozenset(edit.flags.remove))
    if isinstance(drafted, Refused):
        return drafted
    change, edits = drafted
    if not change.is_edit:
        return Conforming(edit.number, mention, name)
    return Hit(
        number=edit.number,
        where=span(argument),
        function=name,
        edits=tuple(edits),
        comments=tuple(explaining(source, site, edit.flags, change.removed)),
        before=" | ".join(change.before) or "0",
        after=" | ".join((*change.kept, *change.added)) or "0",
    )


def _call_around(source: SourceFile, node: Node, edit: Flags) -> Node | None:
    """The call of the edit's function that a flag is an argument of."""
    for each in ancestors(node):
        if each.type == "call_expression":
            called = callee(each)
            if (
                called is not None
                and source.text(called).decode(errors="replace") == edit.call.name
            ):
                return each
    return None


def _statement_around(node: Node) -> Statement:
    """The statement that a node is in, with those around it."""
    around = [each for each in ancestors(node) if is_statement(each)]
    found: Statement | None = None
    for each in reversed(around):
        if each.parent is not None:
            found = Statement(each, each.parent, found)
    assert found is not None, "a call in a function stands in its body"
    return found


# ---------------------------------------------------------------------------- insert


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
    return Hit(edit.number, Span(at, at), "", (Edit(Span(at, at), text),), (), (), "", edit.name)


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
