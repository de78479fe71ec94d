"""One file as the edits see it, and the questions that they all ask about a mention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from refactor.c.callgraph import Reach
from refactor.c.lexical import balanced, mentions, skip_blanks
from refactor.c.syntax import CONTAINERS, Function, Node, SourceFile, ancestors, arguments
from refactor.match.hidden import REFERENCES, TextView, hidden_definition
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.text import Span


@dataclass(frozen=True)
class File:
    """A source file, with what is asked of it again and again."""

    source: SourceFile
    _within: dict[str, list[Function]] = field(default_factory=dict)

    @cached_property
    def reach(self) -> Reach:
        """What the functions of the file use."""
        return Reach(self.source)

    @cached_property
    def as_text(self) -> TextView:
        """The file as text."""
        return TextView(self.source)

    def within(self, entry: str) -> list[Function]:
        """Every definition of `entry`, and the static functions that it reaches."""
        if entry not in self._within:
            found = {
                function.node.start_byte: function
                for definition in self.source.functions
                if definition.name == entry
                and not self.source.is_disabled(definition.name_node.start_byte)
                for function in self.reach.functions(definition)
            }
            self._within[entry] = [function for _, function in sorted(found.items())]
        return self._within[entry]

    def hidden(self, entry: str) -> Iterator[Refused]:
        """Mentions behind which a definition of `entry` may hide."""
        known = {each.name_node.start_byte for each in self.source.functions if each.name == entry}
        for mention in mentions(self.source.code, entry):
            if mention.start in known or self.source.is_disabled(mention.start):
                continue
            hidden = hidden_definition(self.as_text, mention)
            if hidden is not None:
                yield hidden

    def function_name(self, offset: int) -> str:
        """The function that an offset is in, or nothing."""
        function = self.source.function_at(offset)
        return function.name if function is not None else ""


def unsound(file: File, nodes: Sequence[Node], mention: Span) -> Refused | None:
    """Why the tree cannot be trusted at some nodes; errors elsewhere do not matter."""
    source = file.source
    function = source.function_at(mention.start)
    name = function.name if function is not None else ""
    if any(node.has_error or _is_in_error(node) or empty_argument(source, node) for node in nodes):
        return Refused(Reason.PARSE, mention, "", name)
    if function is not None and not balanced(source.code[function.span.start : function.span.end]):
        note = "a preprocessor conditional begins or ends in the middle of it"
        return Refused(Reason.PARSE, mention, note, name)
    where = Span(nodes[0].start_byte, nodes[-1].end_byte)
    if any(where.start <= each.span.start < where.end for each in source.directives):
        return Refused(Reason.CONDITIONAL_ARGUMENTS, mention, "", name)
    return None


def empty_argument(source: SourceFile, call: Node) -> Node | None:
    """The place of an argument that is not there, `f(a, , b)`, for which the mask has a word."""
    given = arguments(call) if call.type == "call_expression" else []
    return next((each for each in given if source.text(each).strip() in (b"", b",")), None)


def _is_in_error(node: Node) -> bool:
    """True if what the parser did not understand is around a node, but inside of its function."""
    for each in ancestors(node):
        if each.type == "function_definition":
            return False
        if each.is_error:
            return each.parent is not None and each.parent.type not in CONTAINERS
    return False


def is_declared(node: Node) -> Node | None:
    """The declarator of the function whose name is declared or defined by this word."""
    parent = node.parent
    while parent is not None and parent.child_by_field_name("declarator") == node:
        if parent.type == "function_declarator":
            return parent
        node, parent = parent, parent.parent
    return None


def other_use(file: File, mention: Span) -> NotApplicable | Refused | None:
    """What a mention in code is, if it is no expression that could be edited."""
    source = file.source
    name = file.function_name(mention.start)
    if source.is_disabled(mention.start):
        return NotApplicable(Reason.DISABLED, mention, "", name)
    directive = source.directive_at(mention.start)
    if directive is not None:
        found = next((one for one in source.macros if one.name.start in directive.span), None)
        if found is None:
            return NotApplicable(Reason.CONDITION, mention, "", name)
        macro = source.text(found.name).decode(errors="replace")
        if found.name == mention or source.text(found.text).strip() == source.text(mention):
            return NotApplicable(Reason.DECLARED, mention, f"{macro} is a macro", name)
        return Refused(Reason.MACRO_CALL, mention, f"it stands in the text of {macro}", name)
    if is_declared(source.at(mention)) is not None:
        return NotApplicable(Reason.DECLARED, mention, "", name)
    return None


def is_called(file: File, mention: Span) -> bool:
    """True if a parenthesis opens behind a word."""
    code = file.source.code
    at = skip_blanks(code, mention.end)
    return code[at : at + 1] == b"("


def reference(file: File, mention: Span) -> NotApplicable:
    """A name that is not called: its address is taken, or it is exported."""
    note = "it is exported" if is_exported(file, mention) else ""
    return NotApplicable(Reason.REFERENCE, mention, note, file.function_name(mention.start))


def is_exported(file: File, mention: Span) -> bool:
    """True if a name stands in an EXPORT_SYMBOL() or its kind."""
    line = file.source.code[file.source.line_start(mention.start) : mention.start].strip()
    return line.decode(errors="replace").startswith(REFERENCES)
