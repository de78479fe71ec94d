"""Make the edits of a program in one file: bytes in, bytes out, and a verdict on every mention.

Pure. All edits are made of the original buffer, and what is refused is left as it is. The result
is read again: no new syntax error, nothing left to change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from refactor.c.align import realign
from refactor.c.comments import dedented
from refactor.c.layout import TOLERATED, Changed, MisfitError, origin, reflow, without, written
from refactor.c.syntax import SourceFile, errors_in, parse, statement_of
from refactor.match import insert
from refactor.match.mentions import judge
from refactor.match.verdict import Change, Conforming, NotApplicable, Reason, Refused, Verdict
from refactor.rewrite.includes import header_edits
from refactor.rule.edits import Edit, Flags, Insert, Program
from refactor.text import EditSet, Span, TextEdit


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of a file: plain data, with offsets of the original."""

    path: str
    before: bytes
    after: bytes
    verdicts: tuple[Verdict, ...] = ()
    """On every mention; the changes among them are made."""
    comments: tuple[str, ...] = ()
    """Comments that went with what they explained, as if they stood in the first column."""
    heads: tuple[tuple[str, int], ...] = ()
    """Functions that other files may declare as well, and whose heads changed, each with the
    number of the edit."""

    @property
    def changes(self) -> list[Change]:
        """What was changed, in order."""
        return [each for each in self.verdicts if isinstance(each, Change)]

    @property
    def conforming(self) -> list[Conforming]:
        """What is as it should be."""
        return [each for each in self.verdicts if isinstance(each, Conforming)]

    @property
    def refused(self) -> list[Refused]:
        """What the tool did not dare to change, in order."""
        return [each for each in self.verdicts if isinstance(each, Refused)]

    @property
    def skipped(self) -> list[NotApplicable]:
        """Where there is nothing to change."""
        return [each for each in self.verdicts if isinstance(each, NotApplicable)]


def rewrite(source: SourceFile, program: Program) -> Rewritten:
    """Make every edit of `program` that applies to the file."""
    verdicts = list(judge(source, program))
    refused = [each for each in verdicts if isinstance(each, Refused)]
    every = [each for each in verdicts if isinstance(each, Change)]
    disjoint, clashes = _disjoint(source, every)
    refused += clashes
    changes = _whole(program, every, disjoint)
    after = source.data
    comments: tuple[str, ...] = ()
    while changes:
        # What clashes is no part of these: if it fits in behind the other, the rule feeds itself.
        made_now = set(changes)
        dropped = [each for each in disjoint if each not in made_now]
        made = _made(source, program, changes, dropped, len(refused))
        if not isinstance(made, Refused):
            after, comments = made
            break
        refused.append(made)
        left = [change for change in changes if not _is_blamed(change, made)]
        changes = _whole(program, every, left)
    others = [each for each in verdicts if isinstance(each, Conforming | NotApplicable)]
    return Rewritten(
        path=source.path,
        before=source.data,
        after=after,
        verdicts=(*changes, *sorted(refused, key=lambda each: each.where), *others),
        comments=comments,
    )


def _is_blamed(change: Change, refused: Refused) -> bool:
    """True for the change that a refusal is about; what cannot be told is about all of them."""
    # A line that is too wide has a place. A syntax error that the result has does not: it may show
    # far behind the edit that made it, so to leave out the nearest edit, and try again, could write
    # what was read wrongly.
    return refused.reason is not Reason.LAYOUT or change.where == refused.where


def _whole(program: Program, every: Sequence[Change], left: Sequence[Change]) -> list[Change]:
    """Of the changes that are left of `every`: those whose company is complete.

    A unit is made as a whole. An insertion that goes with another edit is not made without it.
    """
    kept = set(left)
    broken = {each.unit for each in every if each.unit is not None and each not in kept}
    whole = [each for each in left if each.unit not in broken]
    numbers = {each.number for each in whole}
    edits = {edit.number: edit for edit in program.edits}
    return [each for each in whole if _companion(edits[each.number]) in (None, *numbers)]


def _companion(edit: Edit) -> int | None:
    return edit.companion if isinstance(edit, Insert) else None


# ---------------------------------------------------------------------------- the edits


def _disjoint(source: SourceFile, changes: Sequence[Change]) -> tuple[list[Change], list[Refused]]:
    """Changes whose edits do not overlap."""
    kept: list[Change] = []
    refused: list[Refused] = []
    taken: list[Span] = []
    # Of two that overlap the first one is kept: which of them was meant nobody can tell, and one
    # refusal is enough to stop a series.
    for change in sorted(changes, key=lambda each: (each.where.start, each.number)):
        spans = [edit.span for edit in change.edits]
        if any(_overlap(one, other) for one in spans for other in taken):
            refused.append(Refused(Reason.OVERLAP, change.where, "", change.function))
        else:
            kept.append(change)
            taken += spans
    return kept, refused


def _overlap(one: Span, other: Span) -> bool:
    if len(one) == 0 and len(other) == 0:
        return one == other
    return one.start < other.end and other.start < one.end


def _made(
    source: SourceFile,
    program: Program,
    changes: Sequence[Change],
    dropped: Sequence[Change],
    refused: int,
) -> tuple[bytes, tuple[str, ...]] | Refused:
    """The file with all changes made, and the comments that went, or why it cannot be."""
    comments = sorted({each for change in changes for each in change.comments})
    texts = [dedented(source, each) for each in comments]
    statements = {
        edit: statement_of(source.at(edit.span)).start_byte
        for change in changes
        for edit in _edits_of(program, change, texts)
    }
    removed = [TextEdit(without(source, each), b"") for each in comments]
    headers = list(header_edits(source, _headers(program, changes), as_first=False))
    try:
        edits = EditSet((*statements, *removed, *headers))
    except ValueError:
        return Refused(Reason.OVERLAP, changes[0].where, "", changes[0].function)
    edits |= realign(source, edits)
    after = edits.apply(source.data)
    try:
        breaks = reflow(after, _written(source, statements, edits))
    except MisfitError as error:
        where = origin(edits, error.offset)
        # The line is one of the result, and may have no edit of its own: the list that it is in has
        # moved it. So the nearest edit is blamed, not one that covers the place.
        blamed = min(changes, key=lambda change: _distance(change, where))
        return Refused(Reason.LAYOUT, blamed.where, "", blamed.function)
    # All of the result is read again, not what has changed: an edit may change what a name means,
    # or what a brace closes, anywhere behind it.
    result = parse(source.path, breaks.apply(after))
    problem = _problem(source, result, program, dropped, refused)
    if problem is not None:
        return replace(problem, where=changes[0].where, function=changes[0].function)
    return result.data, tuple(text.decode(errors="replace") for text in texts)


def _edits_of(program: Program, change: Change, comments: Sequence[bytes]) -> Iterator[TextEdit]:
    """The edits of a change; an insertion takes the comments that other edits take away."""
    edit = next(each for each in program.edits if each.number == change.number)
    for each in change.edits:
        if isinstance(edit, Insert):
            given = comments or [edit.comment.strip().encode()]
            yield replace(each, text=insert.with_comments(each.text, given))
        else:
            yield each


def _distance(change: Change, where: Span) -> int:
    """How far a place is from the nearest edit of a change."""
    return min((abs(edit.span.start - where.start) for edit in change.edits), default=1 << 30)


def _written(
    source: SourceFile, statements: Mapping[TextEdit, int], edits: EditSet
) -> Iterator[Changed]:
    """What the edits have written. A function of one line stays one, as long as it is tolerable."""
    stubs = {
        edit: start
        for edit, start in statements.items()
        if (function := source.function_at(start)) is not None
        and b"\n" not in source.text(function.span)
    }
    lines = {edit: start for edit, start in statements.items() if edit not in stubs}
    yield from written(source, lines, edits)
    for change in written(source, stubs, edits):
        yield replace(change, old_width=TOLERATED)


def _headers(program: Program, changes: Sequence[Change]) -> set[str]:
    """The headers that what was put in needs."""
    numbers = {change.number for change in changes}
    edits = (edit for edit in program.edits if edit.number in numbers)
    return {edit.header for edit in edits if isinstance(edit, Flags) and edit.header}


def _problem(
    source: SourceFile,
    result: SourceFile,
    program: Program,
    dropped: Sequence[Change],
    refused: int,
) -> Refused | None:
    """Read the result again. What was dropped is found again, and nothing else."""
    if _errors(result) > _errors(source):
        return Refused(Reason.RESULT, Span(0, 0), "it has a new syntax error")
    again = list(judge(result, program))
    changes, clashes = _disjoint(result, [each for each in again if isinstance(each, Change)])
    if Counter(map(_gist, changes)) - Counter(map(_gist, dropped)):
        return Refused(Reason.RESULT, Span(0, 0), "a second run would change it again")
    if len(clashes) + sum(isinstance(each, Refused) for each in again) > refused:
        return Refused(Reason.RESULT, Span(0, 0), "the result would be refused")
    return None


def _gist(change: Change) -> tuple[int, str, str, str]:
    """What tells a change without its place, which moves."""
    return change.number, change.function, change.before, change.after


def _errors(source: SourceFile) -> int:
    return sum(1 for _ in errors_in(source.root))
