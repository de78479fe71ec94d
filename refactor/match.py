"""Find what a rule is about in one file, and account for every mention of its entry.

Pure: a `SourceFile` and a `Rule` in, values out. A definition is refused by what its own nodes look
like, and by those of the static functions it calls; errors elsewhere in the file do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from refactor.c.lexical import closing, code_only, mentions, opens_body, skip_blanks, words
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    ancestors,
    arguments,
    callee,
    defines,
    first_error,
    span,
    walk,
)
from refactor.edits import Span
from refactor.rules import Rule


class Reason(StrEnum):
    """Why something is refused or not applicable; the value is for people."""

    PARSE = "it does not parse as C"
    OLD_STYLE = "the definition is in K&R style"
    CONDITIONAL_SIGNATURE = "its signature is split by a preprocessor conditional"
    CONDITIONAL_ARGUMENTS = "a preprocessor conditional inside the argument list"
    MACRO_DEFINITION = "it may be defined by a macro"
    MACRO_CALL = "the call is made by a macro"
    ALIAS = "it is defined as an alias"
    ARGUMENTS = "the number of arguments differs"
    ALLOCATOR = "an unknown allocator"
    MENTION = "a use of the allocator that is not a plain call"
    UNFLAGGED = "the allocator takes no flags"
    NOTHING = "it allocates nothing"
    DISABLED = "disabled by #if 0"
    LAYOUT = "the result does not fit the line"
    COMMENT = "a comment stands between the flags"
    RESULT = "the result is not sound"
    CONFORMING = "it is as it should be"
    SIZE = "the file is too large"
    LINK = "a symbolic link out of the tree"


@dataclass(frozen=True)
class Refused:
    """The tool does not dare to; `where` is what it stumbled over."""

    reason: Reason
    where: Span
    note: str = ""
    function: str = ""


@dataclass(frozen=True)
class NotApplicable:
    """There is nothing to change, for a reason worth telling."""

    reason: Reason
    where: Span
    note: str = ""
    function: str = ""


@dataclass(frozen=True)
class Site:
    """A call to edit, in a definition of the entry or in a static function that it reaches."""

    call: Node
    function: Function
    argument: Node


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


@dataclass
class _Collector:
    definitions: list[Definition] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: list[NotApplicable] = field(default_factory=list)
    uses: int = 0


def only_uses(data: bytes, entry: str) -> bool:
    """True if every mention of `entry` in a file is plainly a call: then it need not be parsed."""
    code = code_only(data)
    for mention in mentions(code, entry):
        rest = code[mention.end : mention.end + 4096].lstrip()
        if not rest.startswith(b"(") or opens_body(code, mention.end):
            return False
        if code[code.rfind(b"\n", 0, mention.start) + 1 : mention.start].lstrip().startswith(b"#"):
            return False
        if _declares(code, mention):
            return False
    return True


def find(source: SourceFile, rule: Rule) -> Found:
    """Judge every mention of the rule's entry in `source`."""
    collector = _Collector()
    functions = {function.name_node.start_byte: function for function in source.functions}
    for mention in mentions(source.code, rule.entry):
        function = functions.get(mention.start)
        if function is not None:
            _judge_definition(source, rule, function, collector)
        else:
            _judge_mention(source, mention, collector)
    return Found(
        tuple(collector.definitions),
        tuple(collector.refused),
        tuple(collector.skipped),
        collector.uses,
    )


# ---------------------------------------------------------------------------- mentions


def _judge_mention(source: SourceFile, mention: Span, collector: _Collector) -> None:
    """A mention that is not the name of a function definition the parser has understood."""
    refused = _hidden_definition(source, mention)
    if refused is None:
        collector.uses += 1
    else:
        collector.refused.append(refused)


def _hidden_definition(source: SourceFile, mention: Span) -> Refused | None:
    node = source.at(mention)
    above = list(ancestors(node))
    if node.type == "preproc_arg" or (above and above[0].type.startswith("preproc_")):
        return _in_directive(source, node, mention)
    if _in_sound_body(node, above):
        return None
    if any(parent.type == "declaration" and not parent.has_error for parent in above):
        declaration = next(parent for parent in above if parent.type == "declaration")
        if b"alias" in source.text(declaration):
            return Refused(Reason.ALIAS, mention)
        return None if not _opens_body(source, mention) else _unparsed(source, mention, above)
    if _opens_body(source, mention) or _enclosing_macro_opens_body(source, mention):
        return _unparsed(source, mention, above)
    macro = _file_scope_macro(source, above)
    if macro is not None and not _is_reference_macro(macro):
        return Refused(Reason.MACRO_DEFINITION, mention, f"{macro}() has it as an argument")
    return None


def _in_directive(source: SourceFile, node: Node, mention: Span) -> Refused | None:
    """A mention in a #define: as its name, or in its text."""
    parents = [node, *ancestors(node)]
    define = next(
        (one for one in parents if one.type in ("preproc_def", "preproc_function_def")), None
    )
    if define is None:
        return None
    name = define.child_by_field_name("name")
    if name is not None and span(name) == mention:
        return Refused(Reason.MACRO_DEFINITION, mention, "it is the name of a macro")
    code = source.code[: define.end_byte]
    if opens_body(code, mention.end) and b"{" in code[mention.end :]:
        macro = source.text(name).decode(errors="replace") if name is not None else "a macro"
        return Refused(Reason.MACRO_DEFINITION, mention, f"{macro} has its definition")
    return None


def _in_sound_body(node: Node, above: list[Node]) -> bool:
    """True if `node` is inside the body of a function, with no error between the two."""
    for parent in above:
        if parent.is_error:
            return False
        if parent.type == "compound_statement" and parent.parent is not None:
            if parent.parent.type == "function_definition":
                return not _declares_here(node)
    return False


def _declares_here(node: Node) -> bool:
    """True for a function declarator inside of a body: a swallowed definition looks like that."""
    parent = node.parent
    return parent is not None and parent.type == "function_declarator"


def _opens_body(source: SourceFile, mention: Span) -> bool:
    following = source.code[mention.end :].lstrip()[:1]
    return following == b"(" and opens_body(source.code, mention.end)


def _enclosing_macro_opens_body(source: SourceFile, mention: Span) -> bool:
    """True for `MACRO(..., name, ...) {` at file scope."""
    line_start = source.line_start(mention.start)
    opening = source.code.find(b"(", line_start, mention.start)
    first = next(words(source.code[line_start : mention.start]), None)
    return (
        first is not None
        and first.start == 0
        and opening >= 0
        and source.code[line_start : line_start + first.end] not in (b"if", b"while", b"for")
        and opens_body(source.code, opening)
        and b"{" == source.code[_behind(source.code, opening) :][:1]
    )


def _behind(code: bytes, opening: int) -> int:
    return skip_blanks(code, closing(code, opening) or len(code))


def _unparsed(source: SourceFile, mention: Span, above: list[Node]) -> Refused:
    """Say what makes the definition around `mention` hard to read."""
    if _enclosing_macro_opens_body(source, mention) and not _opens_body(source, mention):
        return Refused(Reason.MACRO_DEFINITION, mention, "the signature is made by a macro")
    code = source.code
    brace = code.find(b"{", mention.end)
    signature = code[mention.end : brace] if brace >= 0 else code[mention.end :]
    if b"#" in signature:
        return Refused(Reason.CONDITIONAL_SIGNATURE, mention)
    if b";" in signature:
        return Refused(Reason.OLD_STYLE, mention)
    error = next((parent for parent in above if parent.is_error), None)
    return Refused(Reason.PARSE, span(error) if error is not None else mention)


# ---------------------------------------------------------------------------- definitions


def _judge_definition(
    source: SourceFile, rule: Rule, function: Function, collector: _Collector
) -> None:
    if _disabled(source, function.node):
        where = span(function.name_node)
        collector.skipped.append(NotApplicable(Reason.DISABLED, where, "", function.name))
        return
    reached = _reached(source, function)
    refused = list(_unsound(source, rule, reached))
    if refused:
        collector.refused += refused
        return
    sites: list[Site] = []
    skipped: list[NotApplicable] = []
    for each in reached:
        for node in walk(each.body):
            if node.type != "call_expression":
                continue
            name = callee(node)
            called = source.text(name).decode(errors="replace") if name is not None else ""
            if called == rule.call.name:
                position = rule.call.parameters.index(rule.edit.argument)
                sites.append(Site(node, each, arguments(node)[position]))
            elif called in rule.call.unflagged:
                note = f"{called}() takes no {rule.edit.argument.removeprefix('$')}"
                skipped.append(NotApplicable(Reason.UNFLAGGED, span(node), note, each.name))
    refused = list(_without_allocator(source, rule, reached, sites, skipped))
    if refused:
        collector.refused += refused
    elif not sites and not skipped:
        where = span(function.name_node)
        collector.skipped.append(NotApplicable(Reason.NOTHING, where, "", function.name))
    else:
        notes = tuple(_shared_helpers(source, reached))
        collector.definitions.append(
            Definition(function, tuple(reached), tuple(sites), tuple(skipped), notes)
        )


def _reached(source: SourceFile, entry: Function) -> list[Function]:
    """`entry`, and every static function of the file that is mentioned by one that is reached."""
    reached = [entry]
    for function in reached:
        body = source.code[function.body.start_byte : function.body.end_byte]
        named = {body[word.start : word.end].decode(errors="replace") for word in words(body)}
        reached += [
            other
            for other in source.functions
            if other.static and other.name in named and other not in reached
        ]
    return reached


def _unsound(source: SourceFile, rule: Rule, reached: list[Function]) -> Iterator[Refused]:
    """What keeps the calls of these functions from being read reliably."""
    macros = _macros_that_call(source, rule.call.name)
    relevant = [each for each in reached if each is reached[0] or _allocates(source, rule, each, macros)]
    for function in relevant:
        if function.old_style:
            yield Refused(Reason.OLD_STYLE, span(function.name_node), "", function.name)
            continue
        misread = list(_misread_calls(source, rule, function, macros))
        yield from misread
        error = first_error(function.node)
        if error is not None and not misread:
            yield Refused(Reason.PARSE, span(error), "", function.name)


def _allocates(source: SourceFile, rule: Rule, function: Function, macros: set[str]) -> bool:
    code = source.code[function.span.start : function.span.end]
    names = {rule.call.name, *macros}
    return any(True for name in names for _ in mentions(code, name))


def _misread_calls(
    source: SourceFile, rule: Rule, function: Function, macros: set[str]
) -> Iterator[Refused]:
    """Mentions of the callee that are no plain call with the right number of arguments."""
    body = function.body
    code = source.code[: body.end_byte]
    for macro in sorted(macros):
        for mention in mentions(code[body.start_byte :], macro):
            where = Span(body.start_byte + mention.start, body.start_byte + mention.end)
            note = f"{macro}() calls {rule.call.name}()"
            yield Refused(Reason.MACRO_CALL, where, note, function.name)
    for found in mentions(code[body.start_byte :], rule.call.name):
        mention = Span(body.start_byte + found.start, body.start_byte + found.end)
        yield from _misread_call(source, rule, function, mention)


def _misread_call(
    source: SourceFile, rule: Rule, function: Function, mention: Span
) -> Iterator[Refused]:
    name = source.at(mention)
    call = name.parent
    if b"\n#" in _list_text(source, mention).replace(b" ", b"").replace(b"\t", b""):
        yield Refused(Reason.CONDITIONAL_ARGUMENTS, mention, "", function.name)
    elif call is None or call.type != "call_expression" or callee(call) != name:
        yield Refused(Reason.MENTION, mention, "", function.name)
    elif call.has_error:
        yield Refused(Reason.PARSE, span(first_error(call) or call), "", function.name)
    elif len(arguments(call)) != len(rule.call.parameters):
        note = f"{len(arguments(call))} instead of {len(rule.call.parameters)}"
        yield Refused(Reason.ARGUMENTS, mention, note, function.name)


def _list_text(source: SourceFile, mention: Span) -> bytes:
    """The argument list behind a name, by its parentheses alone."""
    opening = skip_blanks(source.code, mention.end)
    if source.code[opening : opening + 1] != b"(":
        return b""
    return source.code[opening : closing(source.code, opening)]


def _without_allocator(
    source: SourceFile,
    rule: Rule,
    reached: list[Function],
    sites: list[Site],
    skipped: list[NotApplicable],
) -> Iterator[Refused]:
    """Definitions, or variants of a static function, that get memory in a way we do not know."""
    allocating = {site.function.name for site in sites} | {each.function for each in skipped}
    for function in reached:
        if function is reached[0]:
            known = bool(allocating)
        else:
            known = function.name not in allocating or _has_allocator(function, sites, skipped)
        called = sorted(_calls(source, function))
        if not known and called:
            note = f"it calls {', '.join(f'{name}()' for name in called)}"
            where = span(function.name_node)
            yield Refused(Reason.ALLOCATOR, where, note, function.name)


def _has_allocator(
    function: Function, sites: list[Site], skipped: list[NotApplicable]
) -> bool:
    return any(site.function is function for site in sites) or any(
        function.span.covers(each.where) for each in skipped
    )


def _calls(source: SourceFile, function: Function) -> set[str]:
    names = (callee(node) for node in walk(function.body) if node.type == "call_expression")
    return {source.text(name).decode(errors="replace") for name in names if name is not None}


def _shared_helpers(source: SourceFile, reached: list[Function]) -> Iterator[str]:
    """Static functions that somebody else uses as well: the edit reaches those users too."""
    for helper in {function.name for function in reached[1:]}:
        for other in source.functions:
            if other in reached:
                continue
            code = source.code[other.body.start_byte : other.body.end_byte]
            if any(True for _ in mentions(code, helper)):
                yield f"{helper}() is also used by {other.name}()"


def _macros_that_call(source: SourceFile, name: str) -> set[str]:
    """Macros of this file whose text mentions `name`, directly or through another such macro."""
    bodies: dict[str, bytes] = {}
    for node in defines(source):
        label = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if label is not None and value is not None:
            bodies[source.text(label).decode(errors="replace")] = code_only(source.text(value))
    found: set[str] = set()
    wanted = {name}
    while wanted:
        wanted = {
            macro
            for macro, body in bodies.items()
            if macro not in found and any(True for one in wanted for _ in mentions(body, one))
        }
        found |= wanted
    return found


def _disabled(source: SourceFile, node: Node) -> bool:
    """True if `node` is in the first branch of an `#if 0`."""
    child = node
    for parent in ancestors(node):
        if parent.type == "preproc_if" and child != parent.child_by_field_name("alternative"):
            condition = parent.child_by_field_name("condition")
            if condition is not None and source.text(condition) == b"0":
                return True
        child = parent
    return False


# ---------------------------------------------------------------------------- macros at file scope


def _file_scope_macro(source: SourceFile, above: list[Node]) -> str | None:
    """The name of the call-like thing at file scope that has the mention as an argument."""
    for parent in above:
        if parent.type == "call_expression":
            name = callee(parent)
            return source.text(name).decode(errors="replace") if name is not None else None
        if parent.type in ("function_declarator", "macro_type_specifier"):
            first = next(words(source.text(parent)), None)
            return source.text(parent)[first.start : first.end].decode() if first else None
    return None


def _is_reference_macro(name: str) -> bool:
    """Macros that take a function's name and only refer to it: include/linux/export.h and kin."""
    return name.startswith(("EXPORT_", "ALLOW_ERROR_INJECTION", "NOKPROBE_", "BTF_ID", "KSYM_"))


def _declares(code: bytes, mention: Span) -> bool:
    """True if a type, a `*` or nothing stands before the mention: it may be a declaration."""
    before = code[max(0, mention.start - 200) : mention.start].rstrip()
    if before.endswith((b"*", b"\\")) or not before:
        return True
    last = list(words(before))[-1:]
    return bool(last) and last[0].end == len(before) and before[last[0].start :] not in (
        b"return",
        b"else",
        b"do",
        b"case",
    )
