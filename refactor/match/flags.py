"""The edit `flags`: what becomes of one mention, or one call, and which comments go with a flag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refactor.c.comments import attached, comment_span, explains
from refactor.c.flags import changed_terms, flag_tokens, written_terms
from refactor.c.lexical import code_only, mentions
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    ancestors,
    arguments,
    callee,
    is_statement,
    span,
)
from refactor.match.file import File, is_called, other_use, reference, unsound
from refactor.match.verdict import Change, Conforming, NotApplicable, Reason, Refused, Verdict
from refactor.rule.edits import Flags
from refactor.text import Span


@dataclass(frozen=True)
class Site:
    """A call to edit, in a function, and the argument of it that is a set of flags."""

    call: Node
    function: Function
    argument: Node


def judge(file: File, edit: Flags, mention: Span) -> Verdict:
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


def _flags_of(file: File, edit: Flags, mention: Span, call: Node, *, is_callee: bool) -> Verdict:
    source = file.source
    name = file.function_name(mention.start)
    problem = unsound(file, [call], mention)
    if problem is not None:
        return problem
    given = arguments(call)
    if len(given) != len(edit.call.parameters):
        note = f"{len(given)} instead of {len(edit.call.parameters)}"
        return Refused(Reason.ARGUMENTS, mention, note, name)
    argument = given[edit.call.parameters.index(edit.argument)]
    if not is_callee and mention.start not in span(argument):
        return NotApplicable(Reason.FORM, mention, "not among the flags", name)
    function = source.function_at(mention.start)
    if function is None:
        return NotApplicable(Reason.FORM, mention, "not in a function", name)
    return judge_site(source, edit, Site(call, function, argument))


def judge_site(
    source: SourceFile, edit: Flags, site: Site, unit: int | None = None, note: str = ""
) -> Verdict:
    """What becomes of the flags of a call that can be read."""
    name, where = site.function.name, span(site.argument)
    terms = changed_terms(source, site.argument, edit.add, edit.remove)
    if not terms.differ:
        return Conforming(edit.number, where, name, terms, unit, note)
    for add in terms.added:
        word = flag_tokens(add)[0].decode()
        if any(mentions(code_only(source.text(site.argument)), word)):
            note = f"{word} is in it, but not as a flag of its own"
            return Refused(Reason.EXPRESSION, where, note, name, (word,))
    edits = written_terms(source, site.argument, terms)
    if edits is None:
        return Refused(Reason.COMMENT, where, "", name)
    explained = (*terms.removed, *edit.moving)
    return Change(
        number=edit.number,
        where=where,
        function=name,
        edits=tuple(edits),
        comments=tuple(dict.fromkeys(_explaining(source, site, edit, explained))),
        before=" | ".join(terms.before) or "0",
        after=" | ".join((*terms.kept, *terms.added)) or "0",
        flags=terms,
        unit=unit,
        note=note,
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


# ---------------------------------------------------------------------------- comments

# What has a statement as its body.
_GOVERNING = frozenset(
    ("if_statement", "else_clause", "for_statement", "while_statement", "do_statement")
)


def _explaining(
    source: SourceFile, site: Site, edit: Flags, removed: Iterable[str]
) -> Iterator[Span]:
    """The comments that explain a removed flag: before or behind the statement, or beside the flag.

    A comment before an `if` or a loop whose only statement is the call's counts as well.
    """
    wanted = {word.lower() for flag in removed for word in edit.comments[flag]}
    if not wanted:
        return
    for comment in (*_beside(source, site), *_around(source, site.call)):
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


def _around(source: SourceFile, call: Node) -> Iterator[Span]:
    """Comments directly before the statement of a call, or behind it on its line."""
    statements = [node for node in ancestors(call) if is_statement(node)]
    for position, statement in enumerate(statements):
        yield from attached(source, statement)
        if not _is_all_of(statement, statements[position + 1 :]):
            return


def _is_all_of(statement: Node, outer: list[Node]) -> bool:
    """True if the statement around this one is there for this one alone."""
    parent = statement.parent
    if parent is not None and parent.type in _GOVERNING:
        return True
    if parent is None or not outer or outer[0] != parent:
        return False
    block = parent
    if block.parent is None or block.parent.type not in _GOVERNING:
        return False
    return [child for child in block.named_children if child.type != "comment"] == [statement]
