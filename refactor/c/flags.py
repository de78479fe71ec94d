"""Sets of flags that are ORed: read as what they hold, and written as what they shall hold.

What an expression holds: always, in some cases, or nobody can tell. Local variables are followed
through their assignments, parameters of static functions to their callers, macros of the same file
to their text. Nothing is guessed: what is left is `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from refactor.c.assignments import assignments
from refactor.c.syntax import (
    TIGHT,
    Function,
    Node,
    SourceFile,
    arguments,
    callee,
    fragment,
    parse,
    span,
    tokens_of,
    walk,
)
from refactor.text import Span, TextEdit

_WRAPPERS = ("parenthesized_expression", "cast_expression")


def or_terms(node: Node) -> Iterator[Node]:
    """The terms of an OR expression, from left to right; needless parentheses do not count."""
    stack = [node]
    while stack:
        term = _unwrapped(stack.pop())
        if is_or(term):
            sides = (term.child_by_field_name("right"), term.child_by_field_name("left"))
            stack += [side for side in sides if side is not None]
        else:
            yield term


def _unwrapped(term: Node) -> Node:
    """`term` without the parentheses around it, if it needs none as an operand of `|`."""
    inner = term
    while inner.type == "parenthesized_expression":
        inside = [child for child in inner.named_children if child.type != "comment"]
        if len(inside) != 1:
            return term
        inner = inside[0]
    return inner if inner.type in TIGHT or is_or(inner) else term


def is_or(node: Node) -> bool:
    """True for an OR expression."""
    operator = node.child_by_field_name("operator")
    return node.type == "binary_expression" and operator is not None and operator.type == "|"


# ---------------------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class FlagTerms:
    """The terms of a set of flags, as they are written: before, and what becomes of them."""

    before: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def differ(self) -> bool:
        """False if the set is as it should be."""
        return bool(self.added or self.removed)


_ZERO = re.compile(rb"0[0xXbB]*0*[uUlL]*")


def changed_terms(
    source: SourceFile, argument: Node, add: Iterable[str], remove: Collection[str]
) -> FlagTerms:
    """What becomes of the terms of `argument` if some flags are added, and some removed."""
    terms = list(or_terms(argument))
    present = {tuple(tokens_of(source, term)) for term in terms}
    texts = [_shown(source.text(term)) for term in terms if not _is_zero(source, term)]
    return FlagTerms(
        before=tuple(texts),
        kept=tuple(text for text in texts if text not in remove),
        removed=tuple(text for text in texts if text in remove),
        added=tuple(flag for flag in add if flag_tokens(flag) not in present),
    )


def written_terms(source: SourceFile, argument: Node, terms: FlagTerms) -> list[TextEdit] | None:
    """What makes of `argument` what `terms` say; None if a comment between them is in the way."""
    pieces = [term for term in or_terms(argument) if not _is_zero(source, term)]
    if not terms.removed and len(pieces) == sum(1 for _ in or_terms(argument)):
        return list(_appended(argument, terms.added))
    if any(node.type == "comment" for node in walk(argument)):
        return None
    texts = (source.text(piece) for piece in pieces)
    kept = [text for text in texts if _shown(text) not in terms.removed]
    text = b" | ".join((*kept, *(flag.encode() for flag in terms.added))) or b"0"
    return [TextEdit(span(argument), text)]


def _appended(argument: Node, flags: Sequence[str]) -> Iterator[TextEdit]:
    """OR something to an argument as a whole."""
    start, end = argument.start_byte, argument.end_byte
    tail = b"".join(b" | " + flag.encode() for flag in flags)
    if argument.type in TIGHT or is_or(argument):
        yield TextEdit(Span(end, end), tail)
    else:
        yield TextEdit(Span(start, start), b"(")
        yield TextEdit(Span(end, end), b")" + tail)


@cache
def flag_tokens(code: str) -> tuple[bytes, ...]:
    """The tokens of an expression, for comparing without white space."""
    source = parse("", b"int x = " + code.encode() + b";")
    return tuple(tokens_of(source, source.root)[3:-1])


def _is_zero(source: SourceFile, term: Node) -> bool:
    return _ZERO.fullmatch(source.text(term)) is not None


def _shown(text: bytes) -> str:
    return " ".join(text.decode(errors="replace").split())


# ---------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class FlagSet:
    """The flags of an expression; a call is a flag of the name `f()`."""

    always: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    """Those that it has in some configurations, or on some ways through the function."""
    unknown: tuple[str, ...] = ()
    """The text of terms that cannot be looked into."""

    @property
    def possible(self) -> frozenset[str]:
        return self.always | self.maybe

    def __or__(self, other: FlagSet) -> FlagSet:
        always = self.always | other.always
        maybe = (self.maybe | other.maybe) - always
        return FlagSet(always, maybe, _unique((*self.unknown, *other.unknown)))

    def otherwise(self, other: FlagSet) -> FlagSet:
        """The flags of either the one or the other."""
        always = self.always & other.always
        possible = self.possible | other.possible
        return FlagSet(always, possible - always, _unique((*self.unknown, *other.unknown)))

    def __str__(self) -> str:
        parts = [*sorted(self.always), *self.unknown]
        parts += [f"{flag} in some cases" for flag in sorted(self.maybe)]
        return " | ".join(parts) or "no flags"


@dataclass(frozen=True)
class Reader:
    """Reads the flags in one file.

    `known` are the names that count as flags, `calls` the functions whose result does. `reached`
    are the functions whose calls of each other are all there are.
    """

    source: SourceFile
    known: Collection[str]
    calls: Collection[str]
    reached: tuple[Function, ...] = ()

    def read(self, node: Node, function: Function) -> FlagSet:
        """The flags of the expression `node` in `function`."""
        return self._expression(node, function, frozenset())

    def returned(self, function: Function) -> FlagSet:
        """The flags that `function` returns."""
        values = [
            self.read(node.named_children[0], function)
            for node in walk(function.body)
            if node.type == "return_statement" and node.named_children
        ]
        return _either(values) if values else FlagSet(unknown=(f"{function.name}()",))

    # -------------------------------------------------------------------- expressions

    def _expression(self, node: Node, function: Function | None, seen: frozenset[str]) -> FlagSet:
        flags = FlagSet()
        for term in or_terms(node):
            flags |= self._term(term, function, seen)
        return flags

    def _term(self, node: Node, function: Function | None, seen: frozenset[str]) -> FlagSet:
        text = (node.text or b"").decode(errors="replace")
        if node.type in _WRAPPERS and node.named_children:
            return self._expression(node.named_children[-1], function, seen)
        if node.type == "conditional_expression":
            sides = (
                node.child_by_field_name("consequence"),
                node.child_by_field_name("alternative"),
            )
            values = [self._expression(side, function, seen) for side in sides if side is not None]
            return _either(values)
        if node.type == "number_literal" and text.rstrip("uUlL").lstrip("0xX") == "":
            return FlagSet()
        name = callee(node) if node.type == "call_expression" else None
        if name is not None and (name.text or b"").decode() in self.calls:
            return FlagSet(frozenset({f"{(name.text or b'').decode()}()"}))
        if node.type == "identifier":
            return self._name(node, text, function, seen)
        return FlagSet(unknown=(" ".join(text.split()),))

    def _name(
        self, node: Node, name: str, function: Function | None, seen: frozenset[str]
    ) -> FlagSet:
        if name in self.known:
            return FlagSet(frozenset({name}))
        if name not in seen:
            inside = seen | {name}
            found = self._variable(node, name, function, inside) if function else None
            found = found or self._parameter(name, function, inside) or self._macro(name, inside)
            if found is not None:
                return found
        return FlagSet(unknown=(name,))

    def _macro(self, name: str, seen: frozenset[str]) -> FlagSet | None:
        texts = [
            self.source.code[each.text.start : each.text.end]
            for each in self.source.macros
            if self.source.text(each.name) == name.encode()
        ]
        values = []
        for text in texts:
            try:
                root, _tree = fragment(text.replace(b"\\\n", b" \n") + b";")
            except ValueError:
                return None
            if root.type != "expression_statement" or not root.named_children:
                return None
            values.append(self._expression(root.named_children[0], None, seen))
        return _either(values) if values else None

    # -------------------------------------------------------------------- variables

    def _variable(
        self, use: Node, name: str, function: Function, seen: frozenset[str]
    ) -> FlagSet | None:
        flags: FlagSet | None = None
        for each in assignments(function.body):
            if each.node.start_byte >= use.start_byte:
                break
            if self.source.text(each.target) != name.encode():
                continue
            statement = each.node.parent
            certain = statement is not None and statement.parent == function.body
            read = self._expression(each.value, function, seen)
            if each.operator not in ("=", "|="):
                read = FlagSet(unknown=(name,))
            if flags is None or (each.operator == "=" and certain):
                flags = read
            elif each.operator == "=":
                flags = flags.otherwise(read)
            else:
                flags |= read if certain else FlagSet().otherwise(read)
        return flags

    def _parameter(
        self, name: str, function: Function | None, seen: frozenset[str]
    ) -> FlagSet | None:
        """What the callers of a static function pass, if all of them are known."""
        if function is None or function.name not in self.source.static_names:
            return None
        parameters = function.declarator.child_by_field_name("parameters")
        names = [
            _declared_name(each)
            for each in (parameters.named_children if parameters is not None else ())
        ]
        if name not in names:
            return None
        values = []
        for caller in self.reached:
            for call in _calls_of(caller, function.name):
                passed = arguments(call)
                if len(passed) != len(names):
                    return None
                values.append(self._expression(passed[names.index(name)], caller, seen))
        return _either(values) if values else None


def _either(values: Iterable[FlagSet]) -> FlagSet:
    first, *rest = values
    for value in rest:
        first = first.otherwise(value)
    return first


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _declared_name(parameter: Node) -> str:
    names = [node for node in walk(parameter) if node.type == "identifier"]
    return (names[-1].text or b"").decode(errors="replace") if names else ""


def _calls_of(caller: Function, name: str) -> Iterator[Node]:
    for node in walk(caller.body):
        if node.type == "call_expression":
            called = callee(node)
            if called is not None and called.text == name.encode():
                yield node
