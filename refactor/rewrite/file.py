"""Make the edits of a rule in one file: bytes in, bytes out, and an account of every mention.

Pure. All edits are made of the original buffer, and what is refused is left as it is. The result
is read again: no new syntax error, nothing left to change, nothing left unused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from refactor.c.align import realign
from refactor.c.callgraph import is_variable
from refactor.c.layout import (
    TOLERATED,
    Changed,
    MisfitError,
    newline_of,
    origin,
    reflow,
    without,
    written,
)
from refactor.c.lexical import mentions
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    errors_in,
    includes,
    parse,
    span,
    statement_of,
    walk,
)
from refactor.match.delete import obstacle, removal
from refactor.match.file import Conforming, Hit
from refactor.match.mentions import judged
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.rewrite.includes import include_of
from refactor.rule.edits import EditRule, Replace
from refactor.text import EditSet, Span, TextEdit


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file."""

    path: str
    before: bytes
    after: bytes
    hits: tuple[Hit, ...] = ()
    conforming: tuple[Conforming, ...] = ()
    refused: tuple[Refused, ...] = ()
    skipped: tuple[NotApplicable, ...] = ()


def rewrite(source: SourceFile, rule: EditRule) -> Result:
    """Make every edit of `rule` that applies to the file."""
    outcomes = list(judged(source, rule))
    hits = [each for each in outcomes if isinstance(each, Hit)]
    refused = [each for each in outcomes if isinstance(each, Refused)]
    hits, clashes = _disjoint(source, hits)
    refused += clashes
    after = source.data
    dropped: list[Hit] = []
    while hits:
        made = _made(source, rule, hits, dropped, len(refused))
        if not isinstance(made, Refused):
            after = made
            break
        refused.append(made)
        dropped += [hit for hit in hits if _is_blamed(hit, made)]
        hits = [hit for hit in hits if not _is_blamed(hit, made)]
    return Result(
        path=source.path,
        before=source.data,
        after=after,
        hits=tuple(hits),
        conforming=tuple(each for each in outcomes if isinstance(each, Conforming)),
        refused=tuple(sorted(refused, key=lambda each: each.where)),
        skipped=tuple(each for each in outcomes if isinstance(each, NotApplicable)),
    )


def _is_blamed(hit: Hit, refused: Refused) -> bool:
    """True for the hit that a refusal is about; what cannot be told is about all of them."""
    return refused.reason not in (Reason.LAYOUT, Reason.UNUSED) or hit.where == refused.where


# ---------------------------------------------------------------------------- the edits


def _disjoint(source: SourceFile, hits: Sequence[Hit]) -> tuple[list[Hit], list[Refused]]:
    """Hits whose edits do not overlap, and whose statements can all go together."""
    kept: list[Hit] = []
    refused: list[Refused] = []
    taken: list[Span] = []
    for hit in sorted(hits, key=lambda hit: (hit.where.start, hit.number)):
        spans = [*(edit.span for edit in hit.edits), *(span(node) for node in hit.gone)]
        if any(_overlap(one, other) for one in spans for other in taken):
            refused.append(Refused(Reason.OVERLAP, hit.where, "", hit.function))
        else:
            kept.append(hit)
            taken += spans
    while True:
        gone = [node for hit in kept for node in hit.gone]
        bad = obstacle(source, gone, "")
        if bad is None:
            return kept, refused
        block = _block_of(gone, bad.where)
        for hit in [hit for hit in kept if any(_is_in(node, block) for node in hit.gone)]:
            kept.remove(hit)
            refused.append(replace(bad, where=hit.where, function=hit.function))


def _block_of(gone: Sequence[Node], where: Span) -> Span:
    node = next(node for node in gone if span(node) == where)
    return span(node.parent) if node.parent is not None else where


def _is_in(node: Node, block: Span) -> bool:
    return node.parent is not None and span(node.parent) == block


def _overlap(one: Span, other: Span) -> bool:
    if len(one) == 0 and len(other) == 0:
        return one == other
    return one.start < other.end and other.start < one.end


def _made(
    source: SourceFile, rule: EditRule, hits: Sequence[Hit], dropped: Sequence[Hit], refused: int
) -> bytes | Refused:
    """The file with all hits made but the dropped ones, or why it cannot be."""
    statements = {
        edit: statement_of(source.at(edit.span)).start_byte for hit in hits for edit in hit.edits
    }
    removed = [
        *removal(source, (each for hit in hits for each in _lines_of(source, hit))),
        *(
            TextEdit(without(source, each), b"")
            for hit in hits
            if not hit.gone
            for each in hit.comments
        ),
    ]
    inline = list(statements)
    headers = list(_headers(source, rule, hits))
    try:
        edits = EditSet((*inline, *_outside(removed, inline), *headers))
    except ValueError:
        return Refused(Reason.OVERLAP, hits[0].where, "", hits[0].function)
    edits |= realign(source, edits)
    after = edits.apply(source.data)
    try:
        breaks = reflow(after, _written(source, statements, edits))
    except MisfitError as error:
        where = origin(edits, error.offset)
        blamed = min(hits, key=lambda hit: _distance(hit, where))
        return Refused(Reason.LAYOUT, blamed.where, "", blamed.function)
    result = parse(source.path, breaks.apply(after))
    problem = _problem(source, result, rule, dropped, refused)
    if problem is not None:
        return replace(problem, where=hits[0].where, function=hits[0].function)
    return _unused(source, result, hits) or result.data


def _distance(hit: Hit, where: Span) -> int:
    """How far a place is from the nearest edit of a hit."""
    return min((abs(edit.span.start - where.start) for edit in hit.edits), default=1 << 30)


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


def _headers(source: SourceFile, rule: EditRule, hits: Sequence[Hit]) -> Iterator[TextEdit]:
    """The headers that what was put in needs."""
    numbers = {hit.number for hit in hits}
    edits = (edit for edit in rule.edits if edit.number in numbers and isinstance(edit, Replace))
    wanted = {edit.header for edit in edits if edit.header is not None}
    present = dict(includes(source))
    for header in sorted(wanted, key=lambda each: each.name):
        if header.name in present or not present:
            continue
        if not header.instead:
            added = include_of(source, header.name)
            if added is not None:
                newline = newline_of(source, max(0, added.offset - 1))
                where = Span(added.offset, added.offset)
                yield TextEdit(where, added.text.replace(b"\n", newline))
        elif header.instead in present:
            path = present[header.instead].child_by_field_name("path")
            if path is not None:
                yield TextEdit(span(path), b"<" + header.name.encode() + b">")


def _lines_of(source: SourceFile, hit: Hit) -> Iterator[Span]:
    """The statements that go with a hit, each with the comment behind it, and comments above."""
    comments = set(hit.comments) if hit.gone else set()
    for node in hit.gone:
        line = Span(node.end_byte, source.line_end(node.end_byte))
        behind = [each for each in comments if each.start in line]
        comments -= set(behind)
        yield Span(node.start_byte, max((each.end for each in behind), default=node.end_byte))
    yield from comments


def _outside(removed: Sequence[TextEdit], inline: Sequence[TextEdit]) -> Iterator[TextEdit]:
    for edit in removed:
        if not any(edit.span.covers(other.span) and len(other.span) for other in inline):
            yield edit


def _problem(
    source: SourceFile,
    result: SourceFile,
    rule: EditRule,
    dropped: Sequence[Hit],
    refused: int,
) -> Refused | None:
    """Read the result again. What was dropped is found again, and nothing else."""
    if _errors(result) > _errors(source):
        return Refused(Reason.RESULT, Span(0, 0), "it has a new syntax error")
    again = list(judged(result, rule))
    hits, clashes = _disjoint(result, [each for each in again if isinstance(each, Hit)])
    if Counter(map(_gist, hits)) - Counter(map(_gist, dropped)):
        return Refused(Reason.RESULT, Span(0, 0), "a second run would change it again")
    if len(clashes) + sum(isinstance(each, Refused) for each in again) > refused:
        return Refused(Reason.RESULT, Span(0, 0), "the result would be refused")
    return None


def _gist(hit: Hit) -> tuple[int, str, str, str]:
    """What tells a hit without its place, which moves."""
    return hit.number, hit.function, hit.before, hit.after


def _errors(source: SourceFile) -> int:
    return sum(1 for _ in errors_in(source.root))


def _unused(source: SourceFile, result: SourceFile, hits: Sequence[Hit]) -> Refused | None:
    """A local variable that only statements which went have used."""
    after: dict[str, list[Function]] = {each.name: [] for each in result.functions}
    for each in result.functions:
        after[each.name].append(each)
    for hit in hits:
        function = source.function_at(hit.where.start)
        if function is None or not hit.gone:
            continue
        others_of_name = [each for each in source.functions if each.name == function.name]
        new = after.get(function.name, [])
        if len(new) != len(others_of_name):
            continue
        body = new[others_of_name.index(function)].body
        code = result.code[body.start_byte : body.end_byte]
        for name in _names_in(source, hit.gone):
            is_local = _is_local(source, function, name)
            if is_local and sum(1 for _ in mentions(code, name)) == 1:
                return Refused(Reason.UNUSED, hit.where, name, function.name)
    return None


def _names_in(source: SourceFile, nodes: Sequence[Node]) -> list[str]:
    found = (each for node in nodes for each in walk(node) if each.type == "identifier")
    return list(dict.fromkeys(source.text(each).decode(errors="replace") for each in found))


def _is_local(source: SourceFile, function: Function, name: str) -> bool:
    """True if the body, not the parameters, declares a variable of this name."""
    listed = function.declarator.child_by_field_name("parameters")
    if listed is None or not is_variable(source, function, name):
        return False
    return not any(mentions(source.code[listed.start_byte : listed.end_byte], name))
