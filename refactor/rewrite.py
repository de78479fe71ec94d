"""Rewrite one file as a rule says: byte-exact, minimal, and checked by reading the result again.

Pure: a `SourceFile`, what `refactor.match` found in it, and what to insert; a new buffer or a
refusal out. Nothing is written, and nothing is written by halves: a file is rewritten whole or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from refactor.c.layout import (
    Changed,
    MisfitError,
    comment_lines,
    indent_of,
    line_width,
    newline_of,
    reflow,
)
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    parse,
    span,
    statement_of,
    walk,
)
from refactor.edits import Edit, EditSet, Span
from refactor.match import Definition, Found, Reason, Refused, Site, find
from refactor.pattern import tokens_of
from refactor.rules import FlagsEdit, HelperBody, Rule

# What needs no parentheses as an operand of `|`, with gcc's -Wparentheses in mind.
TIGHT = frozenset(
    ("identifier", "number_literal", "char_literal", "call_expression", "field_expression")
    + ("subscript_expression", "parenthesized_expression", "unary_expression", "cast_expression")
    + ("pointer_expression", "sizeof_expression", "alignof_expression", "offsetof_expression")
    + ("null", "true", "false")
)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened at one call. Flags are the terms of the OR expression, as they are written."""

    function: str
    line: int
    before: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_edit(self) -> bool:
        """False if the call was as it should be before."""
        return bool(self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Insertion:
    """Code to put in front of the outset of a definition, or behind the line of a declaration."""

    offset: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file before and after, with what was changed at each call."""

    path: str
    before: bytes
    after: bytes
    changes: tuple[Change, ...] = ()
    comments: tuple[str, ...] = ()
    """Comments that went with the flag that they explained."""


@dataclass(frozen=True, slots=True)
class _Draft:
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    comments: tuple[bytes, ...]


def rewrite(
    source: SourceFile,
    found: Found,
    rule: Rule,
    returns: frozenset[str],
    insertions: Sequence[Insertion] = (),
    override: HelperBody | None = None,
) -> Rewritten | Refused:
    """Edit every site of `found`, with a helper in force that always returns `returns`.

    `override` is a helper of the component's own; it goes in front of the first definition, with
    the comment of a flag that is removed. The result may be equal to the original: then all of it
    was conforming.
    """
    draft = _draft(source, found, rule, returns)
    if isinstance(draft, Refused):
        return draft
    extra = list(insertions)
    if override is not None and found.definitions:
        extra.append(_override(source, found.definitions[0], override, draft.comments))
    edits = EditSet((*draft.edits, *(_insert(source, each) for each in extra)))
    after = edits.apply(source.data)
    try:
        after = _laid_out(source, edits, after)
    except MisfitError as error:
        return Refused(Reason.LAYOUT, _near(edits, error.offset))
    refused = _check(source, after, rule, returns)
    if refused is not None:
        return refused
    comments = tuple(comment.decode(errors="replace") for comment in draft.comments)
    return Rewritten(source.path, source.data, after, draft.changes, comments)


def before_definition(source: SourceFile, function: Function) -> int:
    """Where a new function goes in front of an old one: before the comment that belongs to it."""
    offset = source.line_start(source.outset(function.node))
    comment = function.node.prev_sibling
    while (
        comment is not None
        and comment.type == "comment"
        and not _blank_between(source, comment.end_byte, offset)
        and not source.data[source.line_start(comment.start_byte) : comment.start_byte].strip()
    ):
        offset = source.line_start(comment.start_byte)
        comment = comment.prev_sibling
    return offset


def _blank_between(source: SourceFile, start: int, end: int) -> bool:
    return source.data[start:end].count(b"\n") > 1


# ---------------------------------------------------------------------------- flags


def or_terms(node: Node) -> Iterator[Node]:
    """The terms of an OR expression, from left to right; parentheses around it do not count."""
    stack = [node]
    while stack:
        term = stack.pop()
        if term.type == "parenthesized_expression" and _is_or(term.named_children[-1]):
            term = term.named_children[-1]
        if _is_or(term):
            sides = (term.child_by_field_name("right"), term.child_by_field_name("left"))
            stack += [side for side in sides if side is not None]
        else:
            yield term


def _is_or(node: Node) -> bool:
    operator = node.child_by_field_name("operator")
    return node.type == "binary_expression" and operator is not None and operator.type == "|"


def _is_zero(text: bytes) -> bool:
    digits = text.strip(b"() \t\r\n").rstrip(b"uUlL")
    try:
        return int(digits or b"1", 0) == 0
    except ValueError:
        return digits.strip(b"0") == b"" and digits != b""


def _draft(
    source: SourceFile, found: Found, rule: Rule, returns: frozenset[str]
) -> _Draft | Refused:
    edits: dict[Span, Edit] = {}
    changes: dict[int, Change] = {}
    comments: dict[int, bytes] = {}
    for definition in found.definitions:
        for site in definition.sites:
            drafted = _draft_site(source, site, rule.edit, returns)
            if isinstance(drafted, Refused):
                return drafted
            edit, change = drafted
            changes[site.call.start_byte] = change
            if edit is not None:
                edits[edit.span] = edit
            for comment in _explaining(source, site, rule.edit, change.removed):
                where = comment_lines(source, comment)
                edits[where] = Edit(where, b"")
                comments[where.start] = _dedented(source, comment)
    ordered = tuple(changes[offset] for offset in sorted(changes))
    return _Draft(tuple(edits.values()), ordered, tuple(comments.values()))


def _draft_site(
    source: SourceFile, site: Site, rule: FlagsEdit, returns: frozenset[str]
) -> tuple[Edit | None, Change] | Refused:
    argument = site.argument
    terms = list(or_terms(argument))
    wanted = {add: _tokens(add) for add in rule.add}
    kept: list[bytes] = []
    removed: list[str] = []
    zero = False
    for term in terms:
        text = source.text(term)
        if text.decode(errors="replace") in returns & set(rule.remove):
            removed.append(text.decode())
        elif _is_zero(text):
            zero = True
        else:
            kept.append(text)
            wanted = {add: tokens for add, tokens in wanted.items() if tokens != tokens_of(source, term)}
    change = Change(
        function=site.function.name,
        line=source.place(site.call.start_byte).line or 0,
        before=tuple(_shown(source.text(term)) for term in terms if not _is_zero(source.text(term))),
        kept=tuple(map(_shown, kept)),
        removed=tuple(removed),
        added=tuple(wanted),
    )
    if not change.is_edit:
        return None, change
    if removed or (zero and wanted):
        if any(node.type == "comment" for node in walk(argument)):
            return Refused(Reason.COMMENT, span(argument), "", site.function.name)
        text = b" | ".join((*kept, *(add.encode() for add in wanted))) or b"0"
        return Edit(span(argument), text), change
    return _append(source, argument, wanted), change


def _append(source: SourceFile, argument: Node, adds: Iterable[str]) -> Edit:
    text = source.text(argument)
    if argument.type not in TIGHT and not _is_or(argument):
        text = b"(" + text + b")"
    return Edit(span(argument), b" | ".join((text, *(add.encode() for add in adds))))


def _tokens(code: str) -> list[bytes]:
    """The tokens of an expression, for comparing without white space."""
    source = parse("", b"int x = " + code.encode() + b";")
    return tokens_of(source, source.root)[3:-1]


def _shown(text: bytes) -> str:
    return " ".join(text.decode(errors="replace").split())


# ---------------------------------------------------------------------------- comments


def _explaining(
    source: SourceFile, site: Site, rule: FlagsEdit, removed: Iterable[str]
) -> Iterator[Node]:
    """The comments that explain a removed flag: before the statement, or beside the argument."""
    wanted = {word.lower() for flag in removed for word in rule.comments[flag]}
    if not wanted:
        return
    candidates = []
    comment = statement_of(site.call).prev_sibling
    while comment is not None and comment.type == "comment":
        candidates.append(comment)
        comment = comment.prev_sibling
    line = Span(source.line_start(site.argument.start_byte), source.line_end(site.argument.end_byte))
    arguments = site.call.child_by_field_name("arguments")
    candidates += [
        node
        for node in (walk(arguments) if arguments is not None else ())
        if node.type == "comment" and node.start_byte in line
    ]
    for node in candidates:
        text = source.text(node).decode(errors="replace").lower()
        if wanted & set(re.findall(r"\w+", text)):
            yield node


def _dedented(source: SourceFile, comment: Node) -> bytes:
    """A comment's text as if it stood in the first column."""
    start = source.line_start(comment.start_byte)
    indent = indent_of(source.data[start : comment.start_byte])
    text = source.text(comment).replace(b"\r\n", b"\n")
    return text.replace(b"\n" + indent, b"\n")


# ---------------------------------------------------------------------------- insertions


def _override(
    source: SourceFile, definition: Definition, body: HelperBody, comments: Sequence[bytes]
) -> Insertion:
    """A component's own helper, with the comment that the flags' own had there, or a given one."""
    comment = b"\n".join(comments) or body.comment.strip().encode()
    code = body.code.lstrip("\n").encode()
    found = re.search(rb"^([ \t]*)\$\{comment\}", code, re.MULTILINE)
    if found:
        indented = comment.replace(b"\n", b"\n" + found[1])
        code = code[: found.start()] + found[1] + indented + code[found.end() :]
    return Insertion(before_definition(source, definition.function), code)


def _insert(source: SourceFile, insertion: Insertion) -> Edit:
    newline = newline_of(source, max(0, insertion.offset - 1))
    text = insertion.text.replace(b"\n", newline)
    before = source.data[: insertion.offset]
    if before and not before.endswith(b"\n"):
        text = newline + text
    return Edit(Span(insertion.offset, insertion.offset), text)


# ---------------------------------------------------------------------------- the result


def _laid_out(source: SourceFile, edits: EditSet, after: bytes) -> bytes:
    """Break the lines that the edits have made too wide."""
    changed = []
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        if edit.text and len(edit.span):
            old = line_width(source, edit.span.start)
            changed.append(Changed(Span(start, start + len(edit.text)), old))
        shift += len(edit.text) - len(edit.span)
    return reflow(parse(source.path, after), changed).apply(after)


def _near(edits: EditSet, offset: int) -> Span:
    """The edit of the original that an offset of the result belongs to."""
    shift = 0
    for edit in edits:
        if offset < edit.span.start + shift + len(edit.text):
            return edit.span
        shift += len(edit.text) - len(edit.span)
    return edits.edits[-1].span


def _check(
    source: SourceFile, after: bytes, rule: Rule, returns: frozenset[str]
) -> Refused | None:
    """Read the result again: no new errors, every site conforming, nothing left to change."""
    result = parse(source.path, after)
    nowhere = Span(0, 0)
    if _errors(result) > _errors(source):
        return Refused(Reason.RESULT, nowhere, "it has a new syntax error")
    again = find(result, rule)
    if again.refused:
        return replace(again.refused[0], reason=Reason.RESULT, where=nowhere)
    draft = _draft(result, again, rule, returns)
    if isinstance(draft, Refused) or draft.edits:
        return Refused(Reason.RESULT, nowhere, "a second run would change it again")
    return None


def _errors(source: SourceFile) -> int:
    if not source.root.has_error:
        return 0
    return sum(node.is_error or node.is_missing for node in walk(source.root))
