"""The edits `replace` and `delete`: what becomes of one mention."""

from __future__ import annotations

from refactor.c.assignments import values_of
from refactor.c.lexical import mentions
from refactor.c.syntax import Node, SourceFile, arguments, callee, span, walk
from refactor.match.delete import comments_of, obstacle
from refactor.match.file import (
    File,
    is_called,
    is_declared,
    is_exported,
    other_use,
    reference,
    unsound,
)
from refactor.match.verdict import Change, Conforming, NotApplicable, Reason, Refused, Verdict
from refactor.pattern.replacing import Replacement, instantiated, replacement
from refactor.pattern.shape import Match, Shape, equal
from refactor.rule.edits import Origin, Parameter, Replace
from refactor.text import Span, TextEdit

_EFFECTS = ("call_expression", "update_expression", "assignment_expression")


def judge(file: File, edit: Replace, mention: Span) -> Verdict:
    """What becomes of a mention of what the edit is about."""
    source = file.source
    node = source.at(mention)
    name = file.function_name(mention.start)
    declarator = is_declared(node)
    if edit.parameter is not None and declarator is not None:
        return _parameter(file, edit, edit.parameter, declarator, mention)
    if (other := other_use(file, mention)) is not None:
        return other
    if edit.to is not None and edit.to.match_at(source, mention) is not None:
        return Conforming(edit.number, mention, name)
    match = edit.find.match_at(source, mention)
    if match is None:
        return _no_match(file, edit, mention, node)
    return judge_match(file, edit, match, mention)


def judge_match(file: File, edit: Replace, match: Match, mention: Span) -> Verdict:
    """What becomes of a match, unless something speaks against it."""
    source = file.source
    name = file.function_name(mention.start)
    problem = unsound(file, match.nodes, mention)
    if problem is not None:
        return problem
    for origin in edit.origins:
        bound = match.bindings[origin.metavariable]
        if not _is_from(file, origin, bound):
            text = _line(source, bound)
            note = f"nothing tells where {text} comes from"
            return NotApplicable(Reason.ORIGIN, span(match.nodes[0]), note, name)
    effect = _effect(source, edit, match)
    if effect is not None:
        return Refused(Reason.EFFECT, span(effect), _line(source, effect), name)
    done = replacement(source, edit.find, edit.to, match)
    problem = obstacle(source, [span(node) for node in done.gone], name)
    if problem is not None:
        return problem
    comments = comments_of(source, done.gone, edit.comment, name)
    if isinstance(comments, Refused):
        return comments
    comment = _comment_in(done, match)
    if comment is not None:
        return Refused(Reason.COMMENT, span(comment), "", name)
    if any(b"\n" in edit_.text for edit_ in done.edits) and _is_crowded(match):
        return Refused(Reason.BODY, span(match.nodes[0]), "", name)
    return Change(
        number=edit.number,
        where=match.span,
        function=name,
        edits=tuple(done.edits),
        gone=tuple(map(span, done.gone)),
        comments=tuple(comments),
        before=instantiated(edit.find, match, source),
        after=instantiated(edit.to, match, source) if edit.to is not None else "",
    )


def _no_match(file: File, edit: Replace, mention: Span, node: Node) -> Verdict:
    """Why a mention in code is not what the edit looks for."""
    source = file.source
    name = file.function_name(mention.start)
    if node.type in ("field_identifier", "statement_identifier"):
        return NotApplicable(Reason.MEMBER, mention, "", name)
    if not is_called(file, mention):
        if edit.parameter is not None and not is_exported(file, mention):
            return Refused(Reason.MENTION, mention, "", name)
        return reference(file, mention)
    call = node.parent
    if call is None or call.type != "call_expression" or callee(call) != node:
        return Refused(Reason.PARSE, mention, "", name)
    problem = unsound(file, [call], mention)
    if problem is not None:
        return problem
    word = source.text(mention).decode(errors="replace")
    wanted = edit.find.call(word)
    if wanted is not None and len(arguments(wanted)) != len(arguments(call)):
        after = edit.to.call(word) if edit.to is not None else None
        if after is not None and len(arguments(after)) == len(arguments(call)):
            return Conforming(edit.number, mention, name)
        note = f"{len(arguments(call))} instead of {len(arguments(wanted))}"
        return Refused(Reason.ARGUMENTS, mention, note, name)
    if not edit.find.is_expression and len(edit.find.roots) == 1:
        inner = edit.find.roots[0].named_children
        if inner and inner[0].type == "call_expression" and _matches(source, inner[0], call):
            return Refused(Reason.VALUE, mention, "", name)
    if len(edit.find.roots) > 1:
        others = [each for each in edit.find.called if each != word]
        note = f"no {' or '.join(f'{other}()' for other in others)} with the same arguments beside"
        return NotApplicable(Reason.FORM, mention, note if others else "", name)
    return NotApplicable(Reason.FORM, mention, "", name)


def _matches(source: SourceFile, wanted: Node, node: Node) -> bool:
    """True if a node is what a part of the shape looks for."""
    return equal(wanted, source, node, {})


def _is_crowded(match: Match) -> bool:
    """True if there is no block to put another line into."""
    parent = match.nodes[0].parent
    return parent is None or parent.type not in ("compound_statement", "case_statement")


# ---------------------------------------------------------------------------- what speaks against


def _effect(source: SourceFile, edit: Replace, match: Match) -> Node | None:
    """An expression that would be evaluated another number of times, and matters."""
    before = edit.find.metavariables
    after = edit.to.metavariables if edit.to is not None else {}
    for metavariable, times in before.items():
        if after.get(metavariable, 0) != times:
            for node in walk(match.bindings[metavariable]):
                if node.type in _EFFECTS and not _is_pure(source, node, edit.pure):
                    return node
    return None


def _is_pure(source: SourceFile, node: Node, pure: frozenset[str]) -> bool:
    called = callee(node) if node.type == "call_expression" else None
    return called is not None and source.text(called).decode(errors="replace") in pure


def _comment_in(done: Replacement, match: Match) -> Node | None:
    """A comment that stands in what goes."""
    spans = [*(edit.span for edit in done.edits), *(span(node) for node in done.gone)]
    for node in (each for root in match.nodes for each in walk(root)):
        if node.type == "comment" and any(where.covers(span(node)) for where in spans):
            return node
    return None


def _is_from(file: File, origin: Origin, bound: Node) -> bool:
    """True if an expression is one that the rule names, or was assigned what it names."""
    source = file.source
    if any(_equal(shape, source, bound) for shape in origin.expressions):
        return True
    function = source.function_at(bound.start_byte)
    if function is None or not origin.sources:
        return False
    values = list(values_of(source, function, bound))
    return bool(values) and all(
        any(_equal(shape, source, value) for shape in origin.sources) for value in values
    )


def _equal(shape: Shape, source: SourceFile, node: Node) -> bool:
    found = shape.match(source, node)
    return found is not None and found.nodes[0] == node


def _line(source: SourceFile, node: Node) -> str:
    return " ".join(source.text(node).decode(errors="replace").split())


# ---------------------------------------------------------------------------- parameters


def _parameter(
    file: File, edit: Replace, parameter: Parameter, declarator: Node, mention: Span
) -> Verdict:
    """Give a declaration or definition of the function its new parameter, or take the old one."""
    source = file.source
    if source.is_disabled(mention.start):
        return NotApplicable(Reason.DISABLED, mention, "", parameter.function)
    listed = declarator.child_by_field_name("parameters")
    if listed is None or listed.has_error:
        return Refused(Reason.PARSE, mention, "", parameter.function)
    problem = unsound(file, [listed], mention)
    if problem is not None:
        return problem
    nodes = [child for child in listed.named_children if child.type != "comment"]
    if len(nodes) == 1 and source.text(nodes[0]) == b"void":
        nodes = []
    after = parameter.arity + (1 if parameter.text else -1)
    if len(nodes) == after:
        return Conforming(edit.number, mention, parameter.function)
    if len(nodes) != parameter.arity:
        note = f"{len(nodes)} instead of {parameter.arity}"
        return Refused(Reason.ARGUMENTS, mention, note, parameter.function)
    made = (
        _added(listed, nodes, parameter)
        if parameter.text
        else _dropped(file, nodes, parameter, mention)
    )
    if isinstance(made, Refused):
        return made
    return Change(edit.number, span(declarator), parameter.function, (made,))


def _added(listed: Node, nodes: list[Node], parameter: Parameter) -> TextEdit:
    text = parameter.text.encode()
    if not nodes:
        return TextEdit(Span(listed.start_byte + 1, listed.end_byte - 1), text)
    if parameter.position < len(nodes):
        at = nodes[parameter.position].start_byte
        return TextEdit(Span(at, at), text + b", ")
    at = nodes[-1].end_byte
    return TextEdit(Span(at, at), b", " + text)


def _dropped(
    file: File, nodes: list[Node], parameter: Parameter, mention: Span
) -> TextEdit | Refused:
    node = nodes[parameter.position]
    function = file.source.function_at(mention.start)
    names = [each for each in walk(node) if each.type == "identifier"]
    if function is not None and function.name_node.start_byte == mention.start:
        body = file.source.code[function.body.start_byte : function.body.end_byte]
        for name in names:
            if any(mentions(body, file.source.text(name).decode(errors="replace"))):
                return Refused(Reason.USED, span(name), "", parameter.function)
    if len(nodes) == 1:
        return TextEdit(span(node), b"void")
    if parameter.position:
        return TextEdit(Span(nodes[parameter.position - 1].end_byte, node.end_byte), b"")
    return TextEdit(Span(node.start_byte, nodes[1].start_byte), b"")
