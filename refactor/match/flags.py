"""The edit `flags`: what becomes of one mention, and which comments go with a flag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from refactor.c.comments import (
    attached,
    comment_span,
    explains,
)
from refactor.c.flags import is_or, or_terms
from refactor.c.lexical import code_only, mentions
from refactor.c.syntax import (
    TIGHT,
    Node,
    SourceFile,
    ancestors,
    arguments,
    callee,
    is_statement,
    parse,
    span,
    tokens_of,
    walk,
)
from refactor.match.entry import Site, Statement
from refactor.match.file import (
    Conforming,
    File,
    Hit,
    Outcome,
    is_called,
    other_use,
    reference,
    unsound,
)
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.rule.edits import Flags
from refactor.rule.model import FlagsEdit
from refactor.text import Span, TextEdit


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


def _beside(source: SourceFile, site: Site) -> Iterator[Span]:
    """Comments in the argument list, on the lines of the argument."""
    arguments = site.call.child_by_field_name("arguments")
    first = source.line_start(site.argument.start_byte)
    lines = Span(first, source.line_end(site.argument.end_byte))
    for node in arguments.named_children if arguments is not None else ():
        if node.type == "comment" and node.start_byte in lines:
            yield comment_span(source, node)


def _around(source: SourceFile, statement: Statement | None) -> Iterator[Span]:
    """Comments directly before a statement, or behind it on its line."""
    while statement is not None:
        yield from attached(source, statement.node)
        statement = statement.outer if _is_all_of(statement) else None


def _is_all_of(statement: Statement) -> bool:
    """True if the statement around this one is there for this one alone."""
    if statement.parent.type in _GOVERNING:
        return True
    block, outer = statement.parent, statement.outer
    if outer is None or outer.node != block or outer.parent.type not in _GOVERNING:
        return False
    return [child for child in block.named_children if child.type != "comment"] == [statement.node]


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


_ZERO = re.compile(rb"0[0xXbB]*0*[uUlL]*")


def edit_flags(
    source: SourceFile, site: Site, rule: FlagsEdit, returns: frozenset[str]
) -> tuple[Change, list[TextEdit]] | Refused:
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
    return change, [TextEdit(span(argument), text)]


def _append(argument: Node, adds: Sequence[str]) -> Iterator[TextEdit]:
    """OR something to an argument as a whole."""
    start, end = argument.start_byte, argument.end_byte
    tail = b"".join(b" | " + add.encode() for add in adds)
    if argument.type in TIGHT or is_or(argument):
        yield TextEdit(Span(end, end), tail)
    else:
        yield TextEdit(Span(start, start), b"(")
        yield TextEdit(Span(end, end), b")" + tail)


@cache
def _tokens(code: str) -> tuple[bytes, ...]:
    """The tokens of an expression, for comparing without white space."""
    source = parse("", b"int x = " + code.encode() + b";")
    return tuple(tokens_of(source, source.root)[3:-1])


def _shown(text: bytes) -> str:
    return " ".join(text.decode(errors="replace").split())
