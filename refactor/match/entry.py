"""Find what a rule is about in one file, and account for every mention of its entry.

Pure: a `SourceFile` and a `Rule` in, values out. A definition is refused by what its own nodes look
like, and by those of the static functions it calls; errors elsewhere in the file do not matter.

A mention of the entry is the name of a definition that the parser has understood, or it is looked
at as text (`refactor.match.hidden`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from refactor.c.callgraph import Reach, macros_that_use
from refactor.c.lexical import Directive, balanced, closing, mentions, skip_blanks, words
from refactor.c.syntax import Function, Node, SourceFile, arguments, callee, errors_in, span
from refactor.match.hidden import Suspect, hidden_definition
from refactor.match.hidden import only_uses as only_uses
from refactor.match.verdict import NotApplicable as NotApplicable
from refactor.match.verdict import Reason as Reason
from refactor.match.verdict import Refused as Refused
from refactor.rule.model import HelperRule
from refactor.text import Span


@dataclass(frozen=True)
class Statement:
    """A statement or declaration, with the node it is a child of and the statement around it."""

    node: Node
    parent: Node
    outer: Statement | None


@dataclass(frozen=True)
class Site:
    """A call to edit, in a definition of the entry or in a static function that it reaches."""

    call: Node
    function: Function
    argument: Node
    statement: Statement
    """The innermost one."""


@dataclass(frozen=True)
class Definition:
    """A definition of the entry, with everything it allocates through."""

    function: Function
    reached: tuple[Function, ...]
    sites: tuple[Site, ...]
    skipped: tuple[NotApplicable, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """All that a file has to do with a rule's entry."""

    definitions: tuple[Definition, ...] = ()
    refused: tuple[Refused, ...] = ()
    skipped: tuple[NotApplicable, ...] = ()
    uses: int = 0
    """Mentions that are no definition: calls, prototypes, references."""


NAME = 60
"""How much of what is called is shown, in bytes, if it is no plain name."""


def find(source: SourceFile, rule: HelperRule) -> Found:
    """Judge every mention of the rule's entry in `source`."""
    definitions = {
        function.name_node.start_byte: function
        for function in source.functions
        if function.name == rule.entry
    }
    file = _File(source, rule)
    outcomes = [
        outcome
        for mention in mentions(source.code, rule.entry)
        for outcome in _judge(file, mention, definitions.get(mention.start))
    ]
    return Found(
        tuple(each for each in outcomes if isinstance(each, Definition)),
        tuple(each for each in outcomes if isinstance(each, Refused)),
        tuple(each for each in outcomes if isinstance(each, NotApplicable)),
        sum(each is None for each in outcomes),
    )


@dataclass(frozen=True)
class _File:
    """What all the questions about one file need, computed when the first one asks."""

    source: SourceFile
    rule: HelperRule

    @cached_property
    def suspect(self) -> Suspect:
        """The file as text, for mentions that the tree does not explain."""
        return Suspect(self.source)

    @cached_property
    def reach(self) -> Reach:
        """What the functions of the file use."""
        return Reach(self.source)

    @cached_property
    def wrappers(self) -> frozenset[str]:
        """The macros that call what the rule edits."""
        return macros_that_use(self.reach.macros, self.rule.call.name)


Outcome = Definition | Refused | NotApplicable | None
"""What a mention of the entry is; None is a mere use."""


def _judge(file: _File, mention: Span, function: Function | None) -> Iterable[Outcome]:
    hidden = None if function is not None else hidden_definition(file.suspect, mention)
    if file.source.is_disabled(mention.start):
        defines = function is not None or hidden is not None
        return [NotApplicable(Reason.DISABLED, mention, "", file.rule.entry) if defines else None]
    return [hidden] if function is None else _judge_definition(file, function)


# ---------------------------------------------------------------------------- definitions


class _Call(NamedTuple):
    node: Node
    statement: Statement


@dataclass(frozen=True, slots=True)
class _Calls:
    """What one function calls."""

    function: Function
    calls: Mapping[int, _Call]
    """Under the offset where each begins."""
    sites: tuple[Site, ...]
    unflagged: tuple[NotApplicable, ...]
    disabled: tuple[NotApplicable, ...]

    @property
    def allocates(self) -> bool:
        return bool(self.sites or self.unflagged)


def _judge_definition(file: _File, entry: Function) -> list[Outcome]:
    reached = list(file.reach.functions(entry))
    refused: list[Refused] = []
    found: list[_Calls] = []
    for function in reached:
        calls = _calls_in(function)
        problems = list(_unsound(file, function, calls, is_entry=function is entry))
        refused += problems
        if not problems:
            found.append(_sort_calls(file, function, calls))
    refused = refused or list(_without_allocator(file, found))
    sites = tuple(site for each in found for site in each.sites)
    refused = refused or list(_nested(sites))
    skipped = tuple(one for each in found for one in (*each.unflagged, *each.disabled))
    if refused:
        return [*refused]
    if not sites and not skipped:
        return [NotApplicable(Reason.NOTHING, span(entry.name_node), "", entry.name)]
    notes = tuple(_shared_helpers(file.source, reached))
    return [Definition(entry, tuple(reached), sites, skipped, notes)]


def _unsound(
    file: _File,
    function: Function,
    calls: Mapping[int, _Call],
    *,
    is_entry: bool,
) -> Iterator[Refused]:
    """What keeps the calls of a function from being read reliably, if it makes any."""
    source, rule = file.source, file.rule
    body = source.code[function.body.start_byte : function.body.end_byte]
    used = {body[word.start : word.end].decode(errors="replace") for word in words(body)}
    if not is_entry and rule.call.name not in used and not used & file.wrappers:
        return
    if function.old_style:
        yield Refused(Reason.OLD_STYLE, span(function.name_node), "", function.name)
        return
    if _first_directive(source, Span(function.name_node.end_byte, function.body.start_byte)):
        yield Refused(Reason.CONDITIONAL_SIGNATURE, span(function.name_node), "", function.name)
        return
    if not balanced(source.code[function.node.start_byte : function.node.end_byte]):
        note = "a preprocessor conditional begins or ends in the middle of it"
        yield Refused(Reason.PARSE, span(function.name_node), note, function.name)
        return
    misread = list(_misread_calls(file, function, calls, sorted(used & file.wrappers)))
    yield from misread
    error = next(errors_in(function.node), None)
    if error is not None and not misread:
        yield Refused(Reason.PARSE, span(error), _why(source, error), function.name)


def _why(source: SourceFile, error: Node) -> str:
    """What is likely to be behind a syntax error."""
    end = re.compile(rb"[;{}]|\Z").search(source.code, error.end_byte)
    text = source.code[error.start_byte : end.end() if end else error.end_byte]
    split = re.search(rb"^[ \t]*#", text, re.MULTILINE)
    return "a preprocessor conditional splits the statement" if split else ""


def _misread_calls(
    file: _File, function: Function, calls: Mapping[int, _Call], wrappers: Iterable[str]
) -> Iterator[Refused]:
    """Mentions of the callee that are no plain call with the right number of arguments."""
    source, rule = file.source, file.rule
    for wrapper in wrappers:
        for mention in _mentions_in(source, function, wrapper):
            note = f"{wrapper}() calls {rule.call.name}()"
            if wrapper == rule.call.name:
                note = f"{wrapper} is a macro of this file"
            yield Refused(Reason.MACRO_CALL, mention, note, function.name)
    for mention in _mentions_in(source, function, rule.call.name):
        call = calls[mention.start].node if mention.start in calls else None
        if call is not None and callee(call) is None:
            call = None
        directive = _directive_inside(source, mention)
        if directive is not None and directive.keyword.startswith((b"if", b"el", b"endif")):
            yield Refused(Reason.CONDITIONAL_ARGUMENTS, mention, "", function.name)
        elif directive is not None:
            note = "a directive inside the argument list"
            yield Refused(Reason.PARSE, directive.span, note, function.name)
        elif call is None:
            yield Refused(Reason.MENTION, mention, "", function.name)
        elif call.has_error:
            error = next(errors_in(call))
            yield Refused(Reason.PARSE, span(error), "", function.name)
        elif len(arguments(call)) != len(rule.call.parameters):
            note = f"{len(arguments(call))} instead of {len(rule.call.parameters)}"
            yield Refused(Reason.ARGUMENTS, mention, note, function.name)


def _mentions_in(source: SourceFile, function: Function, name: str) -> Iterator[Span]:
    """Where a body mentions `name`, those places left out that no configuration compiles."""
    start = function.body.start_byte
    for found in mentions(source.code[start : function.body.end_byte], name):
        if not source.is_disabled(start + found.start):
            yield Span(start + found.start, start + found.end)


def _directive_inside(source: SourceFile, mention: Span) -> Directive | None:
    """The first directive in the argument list behind a name, by its parentheses alone."""
    opening = skip_blanks(source.code, mention.end)
    if source.code[opening : opening + 1] != b"(":
        return None
    return _first_directive(source, Span(opening, closing(source.code, opening) or opening))


def _first_directive(source: SourceFile, where: Span) -> Directive | None:
    index = bisect_right(source.directives, where.start, key=lambda one: one.span.start)
    found = source.directives[index] if index < len(source.directives) else None
    return found if found is not None and found.span.start < where.end else None


def _calls_in(function: Function) -> dict[int, _Call]:
    """The calls in a body, under the offset where each begins."""
    found: dict[int, _Call] = {}
    outermost = Statement(function.body, function.node, None)
    stack = [(function.body, outermost)]
    while stack:
        node, statement = stack.pop()
        if node.type == "call_expression":
            found[node.start_byte] = _Call(node, statement)
        for child in reversed(node.children):
            is_statement = child.type.endswith("_statement") or child.type == "declaration"
            stack.append((child, Statement(child, node, statement) if is_statement else statement))
    return found


def _sort_calls(file: _File, function: Function, calls: Mapping[int, _Call]) -> _Calls:
    source, rule = file.source, file.rule
    position = rule.call.parameters.index(rule.edit.argument)
    sites: list[Site] = []
    unflagged: list[NotApplicable] = []
    disabled: list[NotApplicable] = []
    for offset, (node, statement) in calls.items():
        called = _called(source, node)
        if called != rule.call.name and called not in rule.call.unflagged:
            continue
        if source.is_disabled(offset):
            disabled.append(NotApplicable(Reason.DISABLED, span(node), "", function.name))
        elif called == rule.call.name:
            sites.append(Site(node, function, arguments(node)[position], statement))
        else:
            note = f"{called}() takes no {rule.edit.argument.removeprefix('$')}"
            unflagged.append(NotApplicable(Reason.UNFLAGGED, span(node), note, function.name))
    return _Calls(function, calls, tuple(sites), tuple(unflagged), tuple(disabled))


def _called(source: SourceFile, call: Node) -> str:
    """What is called: a name, or an expression such as `ops->get`."""
    function = call.child_by_field_name("function")
    text = source.text(function)[:NAME] if function is not None else b""
    return " ".join(text.decode(errors="replace").split())


def _without_allocator(file: _File, found: list[_Calls]) -> Iterator[Refused]:
    """Definitions, or variants of a static function, that get memory in a way we do not know."""
    allocating = {each.function.name for each in found if each.allocates}
    for position, each in enumerate(found):
        known = bool(allocating) if position == 0 else each.function.name not in allocating
        if known or each.allocates:
            continue
        called = {_called(file.source, call.node) for call in each.calls.values()}
        if called:
            note = f"it calls {', '.join(f'{name}()' for name in sorted(called))}"
            where = span(each.function.name_node)
            yield Refused(Reason.ALLOCATOR, where, note, each.function.name)


def _nested(sites: Iterable[Site]) -> Iterator[Refused]:
    """Calls that stand in the argument that is edited of another one."""
    ordered = sorted(sites, key=lambda site: (site.argument.start_byte, -site.argument.end_byte))
    for outer, inner in pairwise(ordered):
        if inner.argument.start_byte < outer.argument.end_byte:
            yield Refused(Reason.NESTED, span(inner.call), "", inner.function.name)


def _shared_helpers(source: SourceFile, reached: list[Function]) -> Iterator[str]:
    """Static functions that somebody else uses as well: the edit reaches those users too."""
    names = dict.fromkeys(function.name for function in reached[1:])
    known = {function.node.start_byte for function in reached}
    for name in names:
        places = (mention.start for mention in mentions(source.code, name))
        users = (source.function_at(at) for at in places if not source.is_disabled(at))
        others = [each for each in users if each and each.node.start_byte not in known]
        for other in dict.fromkeys(each.name for each in others):
            yield f"{name}() is also used by {other}()"
