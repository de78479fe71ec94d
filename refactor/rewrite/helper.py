"""Rewrite one file as a rule says: byte-exact, minimal, and checked by reading the result again.

Pure: a `SourceFile`, what `refactor.match.entry` found in it, and what to insert; a new buffer or a
refusal out. Nothing is written, and nothing is written by halves: a file is rewritten whole or not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from refactor.c.comments import before_definition, dedented
from refactor.c.layout import MisfitError, newline_of, origin, reflow, without, written
from refactor.c.syntax import (
    SourceFile,
    errors_in,
    reparse,
)
from refactor.match.entry import Definition, Found, find
from refactor.match.flags import Change, edit_flags, explaining
from refactor.match.verdict import Reason, Refused
from refactor.rewrite.includes import Insertion
from refactor.rule.model import HelperBody, HelperRule
from refactor.text import EditSet, Span, TextEdit


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

    edits: tuple[TextEdit, ...]
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
    inside = [*draft.edits, *(TextEdit(without(source, each), b"") for each in draft.comments)]
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


# ---------------------------------------------------------------------------- flags


def _draft(
    source: SourceFile, found: Found, rule: HelperRule, returns: frozenset[str]
) -> _Draft | Refused:
    sites = {site.call.start_byte: site for each in found.definitions for site in each.sites}
    edits: list[tuple[TextEdit, int]] = []
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


def _insert(source: SourceFile, insertion: Insertion) -> TextEdit:
    newline = newline_of(source, max(0, insertion.offset - 1))
    text = insertion.text.replace(b"\n", newline)
    before = source.data[: insertion.offset]
    if before and not before.endswith(b"\n"):
        text = newline + text
    return TextEdit(Span(insertion.offset, insertion.offset), text)


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
