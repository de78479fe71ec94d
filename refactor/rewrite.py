"""Rewrite one file as a rule says: byte-exact, minimal, and checked by reading the result again.

Pure: a `SourceFile`, what `refactor.match` found in it, and what to insert; a new buffer or a
refusal out. Nothing is written, and nothing is written by halves: a file is rewritten whole or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from refactor.c.layout import MisfitError, newline_of, origin, reflow, without, written
from refactor.c.lexical import code_only, mentions
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    errors_in,
    parse,
    reparse,
    span,
    walk,
)
from refactor.comments import blank_between, dedented, explaining
from refactor.edits import Edit, EditSet, Span
from refactor.match import Definition, Found, Reason, Refused, Site, find
from refactor.pattern import tokens_of
from refactor.rules import FlagsEdit, HelperBody, HelperRule

# What needs no parentheses as an operand of `|`, with gcc's -Wparentheses in mind.
OPERANDS = "identifier number_literal char_literal call_expression field_expression null true false"
PREFIXED = "unary_expression cast_expression pointer_expression sizeof_expression"
BRACKETED = "subscript_expression parenthesized_expression alignof_expression offsetof_expression"
TIGHT = frozenset(f"{OPERANDS} {PREFIXED} {BRACKETED}".split())


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
    """What is to be done at the calls of a file."""

    edits: tuple[Edit, ...]
    """Edits of arguments, in order."""
    statements: tuple[int, ...]
    """For each of the edits: where the statement around it begins."""
    comments: tuple[Span, ...]
    """Comments that go, in order."""
    changes: tuple[Change, ...]


def rewrite(
    source: SourceFile,
    found: Found,
    rule: HelperRule,
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
    comments = [dedented(source, comment) for comment in draft.comments]
    extra = list(insertions)
    if override is not None and found.definitions:
        extra.append(_override(source, found.definitions[0], override, comments))
    inside = [*draft.edits, *(Edit(without(source, each), b"") for each in draft.comments)]
    between = [_insert(source, each) for each in extra]
    edits = EditSet((*inside, *between))
    after = edits.apply(source.data)
    statements = dict(zip(draft.edits, draft.statements, strict=True))
    try:
        breaks = reflow(after, written(source, statements, edits))
    except MisfitError as error:
        return Refused(Reason.LAYOUT, origin(edits, error.offset))
    if edits:
        result = reparse(source, inside, between, breaks)
        after = result.data
        refused = _check(source, found, result, rule, returns)
        if refused is not None:
            return replace(refused, where=edits.edits[0].span)
    removed = tuple(comment.decode(errors="replace") for comment in comments)
    return Rewritten(source.path, source.data, after, draft.changes, removed)


def before_definition(source: SourceFile, function: Function) -> int:
    """Where a new function goes in front of an old one: before the comment that belongs to it."""
    offset = source.line_start(source.outset(function.node))
    around = function.node.parent
    before = [node for node in around.children if node.end_byte <= offset] if around else []
    for comment in reversed(before):
        start = source.line_start(comment.start_byte)
        if (
            comment.type != "comment"
            or blank_between(source, comment.end_byte, offset)
            or source.data[start : comment.start_byte].strip()
        ):
            break
        offset = start
    return offset


# ---------------------------------------------------------------------------- flags


def or_terms(node: Node) -> Iterator[Node]:
    """The terms of an OR expression, from left to right; needless parentheses do not count."""
    stack = [node]
    while stack:
        term = _unwrapped(stack.pop())
        if _is_or(term):
            sides = (term.child_by_field_name("right"), term.child_by_field_name("left"))
            stack += [side for side in sides if side is not None]
        else:
            yield term


def _unwrapped(term: Node) -> Node:
    """`term` without the parentheses around it, if it needs none as an operand of `|`."""
    inner = term
    while inner.type == "parenthesized_expression":
        inside = [child for child in inner.named_children if child.type != "comment"]
        if len(inside) != 1:
            return term
        inner = inside[0]
    return inner if inner.type in TIGHT or _is_or(inner) else term


def _is_or(node: Node) -> bool:
    operator = node.child_by_field_name("operator")
    return node.type == "binary_expression" and operator is not None and operator.type == "|"


_ZERO = re.compile(rb"0[0xXbB]*0*[uUlL]*")


def _draft(
    source: SourceFile, found: Found, rule: HelperRule, returns: frozenset[str]
) -> _Draft | Refused:
    sites = {site.call.start_byte: site for each in found.definitions for site in each.sites}
    edits: list[tuple[Edit, int]] = []
    comments: set[Span] = set()
    changes = []
    for _, site in sorted(sites.items()):
        drafted = edit_flags(source, site, rule.edit, returns)
        if isinstance(drafted, Refused):
            return drafted
        change, texts = drafted
        changes.append(change)
        if texts:
            edits += [(edit, site.statement.node.start_byte) for edit in texts]
            comments |= set(explaining(source, site, rule.edit, change.removed))
    edits.sort()
    return _Draft(
        tuple(edit for edit, _ in edits),
        tuple(statement for _, statement in edits),
        tuple(sorted(comments)),
        tuple(changes),
    )


def edit_flags(
    source: SourceFile, site: Site, rule: FlagsEdit, returns: frozenset[str]
) -> tuple[Change, list[Edit]] | Refused:
    """What changes at a call, and the edits of its argument.

    `returns` are flags that are there without being asked for: only such a flag can be removed.
    """
    argument = site.argument
    terms = list(or_terms(argument))
    texts = [source.text(term) for term in terms]
    zeros = [bool(_ZERO.fullmatch(text)) for text in texts]
    goes = [text.decode(errors="replace") in returns & set(rule.remove) for text in texts]
    present = {tuple(tokens_of(source, term)) for term in terms}
    added = tuple(add for add in rule.add if _tokens(add) not in present)
    kept = [text for text, zero, go in zip(texts, zeros, goes, strict=True) if not zero and not go]
    change = Change(
        function=site.function.name,
        line=source.place(site.call.start_byte).line or 0,
        before=tuple(_shown(text) for text, zero in zip(texts, zeros, strict=True) if not zero),
        kept=tuple(map(_shown, kept)),
        removed=tuple(_shown(text) for text, go in zip(texts, goes, strict=True) if go),
        added=added,
    )
    if not change.is_edit:
        return change, []
    for add in added:
        word = _tokens(add)[0].decode()
        if any(mentions(code_only(source.text(argument)), word)):
            note = f"{word} is in it, but not as a flag of its own"
            return Refused(Reason.EXPRESSION, span(argument), note, site.function.name)
    if not change.removed and not any(zeros):
        return change, list(_append(argument, added))
    if any(node.type == "comment" for node in walk(argument)):
        return Refused(Reason.COMMENT, span(argument), "", site.function.name)
    text = b" | ".join((*kept, *(add.encode() for add in added))) or b"0"
    return change, [Edit(span(argument), text)]


def _append(argument: Node, adds: Sequence[str]) -> Iterator[Edit]:
    """OR something to an argument as a whole."""
    start, end = argument.start_byte, argument.end_byte
    tail = b"".join(b" | " + add.encode() for add in adds)
    if argument.type in TIGHT or _is_or(argument):
        yield Edit(Span(end, end), tail)
    else:
        yield Edit(Span(start, start), b"(")
        yield Edit(Span(end, end), b")" + tail)


@cache
def _tokens(code: str) -> tuple[bytes, ...]:
    """The tokens of an expression, for comparing without white space."""
    source = parse("", b"int x = " + code.encode() + b";")
    return tuple(tokens_of(source, source.root)[3:-1])


def _shown(text: bytes) -> str:
    return " ".join(text.decode(errors="replace").split())


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


def _check(
    source: SourceFile, found: Found, result: SourceFile, rule: HelperRule, returns: frozenset[str]
) -> Refused | None:
    """Read the result again: no new errors, every site conforming, nothing left to change."""
    nowhere = Span(0, 0)
    if _count_errors(result) > _count_errors(source):
        return Refused(Reason.RESULT, nowhere, "it has a new syntax error")
    again = find(result, rule)
    if len(again.refused) > len(found.refused):
        return replace(again.refused[-1], reason=Reason.RESULT)
    draft = _draft(result, again, rule, returns)
    if isinstance(draft, Refused) or draft.edits:
        return Refused(Reason.RESULT, nowhere, "a second run would change it again")
    return None


def _count_errors(source: SourceFile) -> int:
    return sum(1 for _ in errors_in(source.root))
