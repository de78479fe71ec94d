"""A name in a file, looked at as text: is it only used, or may a definition hide behind it?

Whatever hides a definition (a macro, a conditional, old style, a syntax error) hides it from the
tree, so the tree is asked no more than what it has understood.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from refactor.c.lexical import (
    WINDOW,
    Directive,
    Tail,
    byte_at,
    code_only,
    macro,
    mentions,
    skip_blanks,
    statement_start,
    tail,
    words,
)
from refactor.c.syntax import SourceFile
from refactor.match.verdict import Reason, Refused
from refactor.text import Span

_OPERATOR = re.compile(rb"[-=!?:<>+/%^|&~.]")
_DECLARING = re.compile(rb"[\w$\x80-\xff*]")
_RETURN = re.compile(rb"\breturn\s*\Z")
_ALIAS = re.compile(rb"\b_*(?:alias|ifunc)_*\b")

# What begins a declaration and says nothing about a type.
_STORAGE = (b"static", b"extern", b"inline", b"__inline", b"__inline__")
# Words before a parenthesis that are the name of no macro.
_KEYWORDS = frozenset(
    b"if while for switch return sizeof typeof __typeof__ __attribute__ __attribute asm __asm__"
    b" void char short int long float double signed unsigned bool _Bool struct union enum".split()
)
# Macros that take a function's name and only refer to it: include/linux/export.h and kin.
REFERENCES = ("EXPORT_", "ALLOW_ERROR_INJECTION", "NOKPROBE_", "_ASM_NOKPROBE", "BTF_ID", "KSYM_")


def only_uses(data: bytes, entry: str) -> bool:
    """True if every mention of `entry` in a file is plainly a use: then it need not be parsed."""
    code = code_only(data)
    return all(_is_plain_use(code, mention) for mention in mentions(code, entry))


@dataclass(frozen=True)
class TextView:
    """A file as text, for what the tree has not understood, and what is asked of it again."""

    source: SourceFile

    @cached_property
    def has_aliases(self) -> bool:
        """True if anything in the file may be an alias."""
        return _ALIAS.search(self.source.code) is not None

    @cached_property
    def before_braces(self) -> frozenset[str]:
        """Words outside of function bodies that a body follows, with parameters or without."""
        code = self.source.code
        return frozenset(
            code[word.start : word.end].decode(errors="replace")
            for word in words(code)
            if _is_outside(self.source, word)
            if byte_at(code, skip_blanks(code, word.end)) == b"{"
            or tail(code, word.end) is Tail.BODY
        )


def hidden_definition(file: TextView, mention: Span) -> Refused | None:
    """Why a mention that the parser has not seen as the name of a definition may still be one."""
    source, code = file.source, file.source.code
    if _is_plain_use(code, mention):
        return None
    directive = source.directive_at(mention.start)
    if directive is not None:
        return _in_directive(file, directive, mention)
    function = None if _is_outside(source, mention) else source.function_at(mention.start)
    if function is not None and not function.node.has_error:
        return None
    in_body = function is not None and source.is_sound(function, mention.start)
    behind = tail(code, mention.end)
    if behind is Tail.OLD_STYLE and not in_body:
        return Refused(Reason.OLD_STYLE, mention)
    if behind is Tail.BODY:
        signature = code[mention.end : code.find(b"{", mention.end)]
        split = re.search(rb"^\s*#", signature, re.MULTILINE)
        return Refused(Reason.CONDITIONAL_SIGNATURE if split else Reason.PARSE, mention)
    if in_body:
        return None
    around = _macro_around(code, source.directives, mention)
    if around is not None:
        return _made_by_macro(code, mention, around)
    if behind is Tail.DIRECTIVE:
        return Refused(Reason.CONDITIONAL_SIGNATURE, mention)
    if behind is Tail.UNCLOSED:
        return Refused(Reason.PARSE, mention, "a parenthesis is not closed")
    if file.has_aliases and _ALIAS.search(code, *_statement(code, mention)):
        return Refused(Reason.ALIAS, mention)
    return None


def _is_plain_use(code: bytes, mention: Span) -> bool:
    """True behind an operator or `return`, where only a value or a call can stand."""
    before = code[max(0, mention.start - 200) : mention.start].rstrip()
    if not _OPERATOR.match(before[-1:]) and not _RETURN.search(before):
        return False
    return tail(code, mention.end) in (Tail.OTHER, Tail.NO_PARAMETERS)


def _statement(code: bytes, mention: Span) -> tuple[int, int]:
    end = code.find(b";", mention.end, mention.end + WINDOW)
    return statement_start(code, mention.start), end if end >= 0 else mention.end


def _in_directive(file: TextView, directive: Directive, mention: Span) -> Refused | None:
    """A mention in a #define: as its name, or in its text."""
    code = file.source.code
    found = macro(code, directive)
    if found is None:
        return None
    name = file.source.text(found.name).decode(errors="replace")
    text = code[found.text.start : found.text.end]
    if found.name == mention:
        if text.strip() == name.encode():  # `#define name name` says that there is a function
            return None
        return Refused(Reason.MACRO_DEFINITION, mention, "it is the name of a macro")
    if tail(text, mention.end - found.text.start) in (Tail.BODY, Tail.OLD_STYLE):
        return Refused(Reason.MACRO_DEFINITION, mention, f"{name} has its definition")
    if name in file.before_braces:
        return Refused(Reason.MACRO_DEFINITION, mention, f"{name} stands for it before a brace")
    return None


def _is_outside(source: SourceFile, word: Span) -> bool:
    function = source.function_at(word.start)
    return function is None or word.end <= function.body.start_byte


def _macro_around(code: bytes, directives: list[Directive], mention: Span) -> Span | None:
    """The name of the macro at file scope that the mention stands in the parentheses of."""
    start = statement_start(code, mention.start)
    index = bisect_right(directives, mention.start, key=lambda one: one.span.start)
    if index:
        start = max(start, directives[index - 1].span.end)
    if byte_at(code, start - 1) == b"{":  # elements of an initializer, members, a body
        return None
    before = code[start : mention.start].rstrip()
    is_call = byte_at(code, skip_blanks(code, mention.end)) == b"("
    if is_call != bool(_DECLARING.match(before[-1:])) and (is_call or before.endswith(b"*")):
        return None
    opening = _open_parenthesis(before)
    name = re.search(rb"([A-Za-z_]\w*)\s*\Z", before[: opening or 0])
    if opening is None or name is None or name[1] in _KEYWORDS:
        return None
    declares = before[: name.start()].rstrip()
    last = re.search(rb"\w*\Z", declares)
    if declares.endswith(b")") or not declares or (last and last[0] in _STORAGE):
        return Span(start + name.start(1), start + name.end(1))
    return None


def _open_parenthesis(code: bytes) -> int | None:
    """The outermost parenthesis of `code` that is not closed in it."""
    opened: list[int] = []
    for match in re.finditer(rb"[()]", code):
        if match[0] == b"(":
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[0] if opened else None


def _made_by_macro(code: bytes, mention: Span, around: Span) -> Refused | None:
    name = code[around.start : around.end].decode(errors="replace")
    if tail(code, around.end) is Tail.BODY:
        return Refused(Reason.MACRO_DEFINITION, mention, f"{name}() makes the signature")
    if name.startswith(REFERENCES):
        return None
    return Refused(Reason.MACRO_DEFINITION, mention, f"{name}() has it as an argument")
