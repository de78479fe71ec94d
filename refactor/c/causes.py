"""Why the parser does not understand a place, told by what stands there; for people to count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.syntax import Node, SourceFile, errors_in

_CONDITIONAL = re.compile(rb"[ \t]*#[ \t]*(?:if|el|endif)")
_LABEL = re.compile(rb"[ \t]*\w+[ \t]*:[ \t]*\r?\n?\Z")
_DATA = re.compile(rb"\w+[ \t]*\([^()]*\)[ \t]*(?:=[ \t]*)?\{?[ \t]*\r?\n?[ \t]*(?:\{|\.\w|/\*|#)")
_MACRO = re.compile(rb"[ \t]*(?:\w+[ \t]+)*[A-Za-z_]\w*[ \t]*\(")
_SPLIT_TYPE = re.compile(rb"\b(?:struct|union|enum)[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place that is not understood: its lines, from 1, and why."""

    first: int
    last: int
    cause: str


def troubles(source: SourceFile) -> Iterator[Trouble]:
    """The places of a file that the parser does not understand, the outermost ones in order."""
    for node in errors_in(source.root):
        # Not the parser's lines: the mask may have joined some.
        first, last = (source.data.count(b"\n", 0, at) for at in (node.start_byte, node.end_byte))
        yield Trouble(first + 1, last + 1, _cause(source, node))


def _cause(source: SourceFile, node: Node) -> str:
    start = source.line_start(node.start_byte)
    before = source.data[max(0, start - 400) : start]
    here = source.data[start : source.line_end(node.end_byte)]
    behind = source.data[source.line_end(node.end_byte) :][:400]
    around = [before.splitlines()[-1:], here.splitlines(), behind.splitlines()[:1]]
    lines = [line for part in around for line in part]
    if _is_macro_text(source, node):
        return "in the text of a macro"
    if any(map(_LABEL.match, before.splitlines()[-1:] + here.splitlines()[:1])):
        return "a label before a directive or a declaration"
    if any(map(_CONDITIONAL.match, lines)):
        return "a condition in the middle of a statement"
    if _SPLIT_TYPE.search(here + behind[:80]):
        return "a type as an argument, in two lines"
    if _DATA.match(before.splitlines(keepends=True)[-1] + here if before else here):
        return "a macro with data"
    if _MACRO.match(here):
        return "a macro that is no call"
    return f"{node.type} is missing" if node.is_missing else "something else"


def _is_macro_text(source: SourceFile, node: Node) -> bool:
    directive = source.directive_at(node.start_byte)
    return directive is not None and b"define" in source.text(directive.span)[:20]
