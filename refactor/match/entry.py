"""Whole definitions: an edit of flags in every definition of one function.

A definition is refused by what its own nodes look like, and by those of the static functions it
calls; errors elsewhere in the file do not matter. It is edited as a whole or not at all: of two
attempts to allocate, none may be left with other flags than the other.

A mention of the entry is the name of a definition that the parser has understood, or it is looked
at as text (`refactor.match.hidden`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from refactor.c.callgraph import macros_that_use
from refactor.c.lexical import Directive, balanced, closing, mentions, skip_blanks, words
from refactor.c.syntax import Function, Node, SourceFile, arguments, callee, errors_in, span, walk
from refactor.match.file import File, empty_argument
from refactor.match.flags import Site, judge_site
from refactor.match.hidden import hidden_definition
from refactor.match.verdict import Conforming, NotApplicable, Reason, Refused, Verdict
from refactor.rule.edits import Flags
from refactor.text import Span


@dataclass(frozen=True)
class Definition:
    """A definition of the entry, with everything it allocates through."""

    function: Function
    reached: tuple[Function, ...]
    sites: tuple[Site, ...]
    skipped: tuple[NotApplicable, ...]
    shared: Mapping[str, str]
    """For a static function that it reaches: who else uses it, in words."""


@dataclass(frozen=True)
class Found:
    """All that a file has to do with an entry."""

    definitions: tuple[Definition, ...] = ()
    refused: tuple[Refused, ...] = ()
    skipped: tuple[NotApplicable, ...] = ()
    uses: int = 0
    """Mentions that are no definition: calls, prototypes, references."""


def judge(file: File, edit: Flags) -> Iterator[Verdict]:
    """What becomes of every definition of the function that the edit is within."""
    found = find(file, edit)
    yield from found.refused
    yield from found.skipped
    seen: set[Span] = set()
    for definition in found.definitions:
        sites = [site for site in definition.sites if span(site.call) not in seen]
        seen |= {span(site.call) for site in sites}
        yield from _together(
            [
                judge_site(
                    file.source,
                    edit,
                    site,
                    unit=definition.function.name_node.start_byte,
                    note=definition.shared.get(site.function.name, ""),
                )
                for site in sites
            ]
        )
        for skipped in definition.skipped:
            if skipped.where not in seen:
                seen.add(skipped.where)
                yield skipped


def _together(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The verdicts on the calls of one definition, without changes if one of them is refused."""
    every = list(verdicts)
    is_refused = any(isinstance(each, Refused) for each in every)
    for each in every:
        if not is_refused or isinstance(each, Refused | Conforming):
            yield each


def find(file: File, edit: Flags) -> Found:
    """Every mention of the function that the edit is within, and what it is."""
    source = file.source
    definitions = {
        function.name_node.start_byte: function
        for function in source.functions
        if function.name == edit.within
    }
    every = [
        each
        for mention in mentions(source.code, edit.within)
        for each in _judge(file, edit, mention, definitions.get(mention.start))
    ]
    return Found(
        tuple(each for each in every if isinstance(each, Definition)),
        tuple(each for each in every if isinstance(each, Refused)),
        tuple(each for each in every if isinstance(each, NotApplicable)),
        sum(each is None for each in every),
    )


_Found = Definition | Refused | NotApplicable | None
"""What a mention of the entry is; None is a mere use."""


def _judge(file: File, edit: Flags, mention: Span, function: Function | None) -> Iterable[_Found]:
    hidden = None if function is not None else hidden_definition(file.as_text, mention)
    if file.source.is_disabled(mention.start):
        defines = function is not None or hidden is not None
        return [NotApplicable(Reason.DISABLED, mention, "", edit.within) if defines else None]
    return [hidden] if function is None else _judge_definition(file, edit, function)


# ---------------------------------------------------------------------------- definitions


@dataclass(frozen=True, slots=True)
class _Calls:
    """What one function calls."""

    function: Function
    calls: Mapping[int, Node]
    """Under the offset where each begins."""
    sites: tuple[Site, ...]
    unflagged: tuple[NotApplicable, ...]
    disabled: tuple[NotApplicable, ...]

    @property
    def allocates(self) -> bool:
        return bool(self.sites or self.unflagged)


def _judge_definition(file: File, edit: Flags, entry: Function) -> list[_Found]:
    reached = list(file.reach.functions(entry))
    wrappers = macros_that_use(file.reach.macros, edit.call.name)
    refused: list[Refused] = []
    found: list[_Calls] = []
    for function in reached:
        calls = _calls_in(function)
        problems = list(_unsound(file, edit, function, calls, wrappers, is_entry=function is entry))
        refused += problems
        if not problems:
            found.append(_sort_calls(file.source, edit, function, calls))
    refused = refused or list(_without_allocator(file.source, found))
    sites = tuple(site for each in found for site in each.sites)
    refused = refused or list(_nested(sites))
    skipped = tuple(one for each in found for one in (*each.unflagged, *each.disabled))
    if refused:
        return [*refused]
    if not sites and not skipped:
        return [NotApplicable(Reason.NOTHING, span(entry.name_node), "", entry.name)]
    shared = dict(_shared_functions(file.source, reached))
    return [Definition(entry, tuple(reached), sites, skipped, shared)]


def _unsound(
    file: File,
    edit: Flags,
    function: Function,
    calls: Mapping[int, Node],
    wrappers: frozenset[str],
    *,
    is_entry: bool,
) -> Iterator[Refused]:
    """What keeps the calls of a function from being read reliably, if it makes any."""
    source = file.source
    body = source.code[function.body.start_byte : function.body.end_byte]
    used = {body[word.start : word.end].decode(errors="replace") for word in words(body)}
    if not is_entry and edit.call.name not in used and not used & wrappers:
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
    misread = list(_misread_calls(source, edit, function, calls, sorted(used & wrappers)))
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
    source: SourceFile,
    edit: Flags,
    function: Function,
    calls: Mapping[int, Node],
    wrappers: Iterable[str],
) -> Iterator[Refused]:
    """Mentions of the callee that are no plain call with the right number of arguments."""
    for wrapper in wrappers:
        for mention in _mentions_in(source, function, wrapper):
            note = f"{wrapper}() calls {edit.call.name}()"
            if wrapper == edit.call.name:
                note = f"{wrapper} is a macro of this file"
            yield Refused(Reason.MACRO_CALL, mention, note, function.name)
    for mention in _mentions_in(source, function, edit.call.name):
        call = calls.get(mention.start)
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
        elif (nothing := empty_argument(source, call)) is not None:
            yield Refused(Reason.PARSE, span(nothing), "", function.name)
        elif len(arguments(call)) != len(edit.call.parameters):
            note = f"{len(arguments(call))} instead of {len(edit.call.parameters)}"
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


def _calls_in(function: Function) -> dict[int, Node]:
    """The calls in a body, under the offset where each begins."""
    # Of calls that begin at one offset, as in `f(x)(y)`, the inner one comes later and counts.
    return {node.start_byte: node for node in walk(function.body) if node.type == "call_expression"}


def _sort_calls(
    source: SourceFile, edit: Flags, function: Function, calls: Mapping[int, Node]
) -> _Calls:
    position = edit.call.parameters.index(edit.argument)
    sites: list[Site] = []
    unflagged: list[NotApplicable] = []
    disabled: list[NotApplicable] = []
    for offset, node in calls.items():
        called = _called(source, node)
        if called != edit.call.name and called not in edit.call.unflagged:
            continue
        if source.is_disabled(offset):
            disabled.append(NotApplicable(Reason.DISABLED, span(node), "", function.name))
        elif called == edit.call.name:
            sites.append(Site(node, function, arguments(node)[position]))
        else:
            note = f"{called}() takes no {edit.argument}"
            where = span(node)
            unflagged.append(NotApplicable(Reason.UNFLAGGED, where, note, function.name, (called,)))
    return _Calls(function, calls, tuple(sites), tuple(unflagged), tuple(disabled))


NAME = 60
"""How much of what is called is shown, in bytes, if it is no plain name."""


def _called(source: SourceFile, call: Node) -> str:
    """What is called: a name, or an expression such as `ops->get`."""
    function = call.child_by_field_name("function")
    text = source.text(function)[:NAME] if function is not None else b""
    return " ".join(text.decode(errors="replace").split())


def _without_allocator(source: SourceFile, found: list[_Calls]) -> Iterator[Refused]:
    """Definitions, or variants of a static function, that get memory in a way we do not know."""
    allocating = {each.function.name for each in found if each.allocates}
    for position, each in enumerate(found):
        known = bool(allocating) if position == 0 else each.function.name not in allocating
        if known or each.allocates:
            continue
        called = sorted({_called(source, call) for call in each.calls.values()})
        if called:
            note = f"it calls {', '.join(f'{name}()' for name in called)}"
            where = span(each.function.name_node)
            yield Refused(Reason.ALLOCATOR, where, note, each.function.name, tuple(called))


def _nested(sites: Iterable[Site]) -> Iterator[Refused]:
    """Calls that stand in the argument that is edited of another one."""
    ordered = sorted(sites, key=lambda site: (site.argument.start_byte, -site.argument.end_byte))
    for outer, inner in pairwise(ordered):
        if inner.argument.start_byte < outer.argument.end_byte:
            yield Refused(Reason.NESTED, span(inner.call), "", inner.function.name)


def _shared_functions(source: SourceFile, reached: list[Function]) -> Iterator[tuple[str, str]]:
    """Static functions that somebody else uses as well: the edit reaches those users too."""
    names = dict.fromkeys(function.name for function in reached[1:])
    known = {function.node.start_byte for function in reached}
    for name in names:
        places = (mention.start for mention in mentions(source.code, name))
        users = (source.function_at(at) for at in places if not source.is_disabled(at))
        others = [each for each in users if each and each.node.start_byte not in known]
        if others:
            told = " and ".join(dict.fromkeys(f"{each.name}()" for each in others))
            yield name, f"{name}() is also used by {told}"
