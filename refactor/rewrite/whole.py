"""All of a program in one file: pass after pass, each on what the one before it has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from refactor.c.syntax import parse
from refactor.c.tables import EMPTY, TypeTable
from refactor.match.verdict import NotApplicable, Reason, Refused, Verdict, moved
from refactor.rewrite.file import Rewritten, rewrite
from refactor.rewrite.includes import header_edits
from refactor.rewrite.original import Places
from refactor.rule.edits import Edit, Program, Smpl
from refactor.text import EditSet, Span
from refactor.tree.globs import matches


def rewrite_all(
    path: str,
    data: bytes,
    program: Program,
    headers: TypeTable = EMPTY,
    spared: Mapping[str, str] | None = None,
) -> Rewritten:
    """Make all edits of a program in the bytes of a file; `headers` is what its headers declare.

    Functions that are `spared` are not changed by a semantic patch, but refused, with the note.

    A semantic patch is a pass of its own, and so is each run of other edits between two of them.
    A file that nests deeper than any that a person writes is refused as a whole.
    """
    try:
        return _rewritten(path, data, program, headers, spared)
    except RecursionError:
        # How deep a tree is, is known only by walking it, and all that walk it have one limit.
        return Rewritten(path, data, data, (Refused(Reason.DEPTH, Span(0, 0)),))


def _rewritten(
    path: str,
    data: bytes,
    program: Program,
    headers: TypeTable,
    spared: Mapping[str, str] | None,
) -> Rewritten:
    passes = list(_passes(path, program))
    if len(passes) == 1:
        return _pass(path, data, passes[0], headers, spared)
    made: list[Rewritten] = []
    after = data
    for each in passes:
        made.append(_pass(path, after, each, headers, spared))
        after = made[-1].after
    comments = tuple(comment for each in made for comment in each.comments)
    heads = tuple(head for each in made for head in each.heads)
    return Rewritten(path, data, after, tuple(_told(data, made)), comments, heads)


def _passes(path: str, program: Program) -> Iterator[Smpl | Program]:
    run: list[Edit] = []
    for edit in program.edits:
        if not isinstance(edit, Smpl):
            run.append(edit)
        elif not edit.paths or matches(path, edit.paths):
            if run:
                yield replace(program, edits=tuple(run))
                run = []
            yield edit
    if run:
        yield replace(program, edits=tuple(run))


def _pass(
    path: str,
    data: bytes,
    each: Smpl | Program,
    headers: TypeTable,
    spared: Mapping[str, str] | None,
) -> Rewritten:
    if not isinstance(each, Smpl):
        return rewrite(parse(path, data), each)
    # A rule without a semantic patch need not wait for all that reads and matches them.
    from refactor.rewrite.patch import rewrite_patch

    made = rewrite_patch(path, data, each, headers, spared=spared)
    if not each.header or not made.changes:
        return made
    edits = EditSet(header_edits(parse(path, made.after), [each.header]))
    return replace(made, after=edits.apply(made.after))


def _told(data: bytes, made: Sequence[Rewritten]) -> list[Verdict]:
    """The verdicts of all passes, in the places of the original.

    What one pass has nothing to do with may be the business of another one: a mention is told of
    as not applicable, once, if it is that for all of them.
    """
    places = Places(data)
    told: list[Verdict] = []
    idle: list[NotApplicable] = []
    for each in made:
        for verdict in each.verdicts:
            at_first = moved(verdict, partial(places.original_of, each.before))
            if isinstance(at_first, NotApplicable):
                idle.append(at_first)
            else:
                told.append(at_first)
    taken = [each.covered if isinstance(each, Refused) else each.where for each in told]
    seen: set[Span] = set()
    for one in idle:
        if one.where not in seen and not any(where.covers(one.where) for where in taken):
            seen.add(one.where)
            told.append(one)
    return sorted(told, key=lambda each: each.where)
