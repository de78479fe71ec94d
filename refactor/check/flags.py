"""What an expression that is a set of flags holds: always, in some cases, or nobody can tell.

Local variables are followed through their assignments, parameters of static functions to their
callers, macros of the same file to their text. Nothing is guessed: what is left is `unknown`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from refactor.c.flags import or_terms
from refactor.c.syntax import Function, Node, SourceFile, arguments, callee, fragment, walk

_WRAPPERS = ("parenthesized_expression", "cast_expression")


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of an expression; a call is a flag of the name `f()`."""

    always: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    """Those that it has in some configurations, or on some ways through the function."""
    unknown: tuple[str, ...] = ()
    """The text of terms that cannot be looked into."""

    @property
    def possible(self) -> frozenset[str]:
        return self.always | self.maybe

    def __or__(self, other: Flags) -> Flags:
        always = self.always | other.always
        maybe = (self.maybe | other.maybe) - always
        return Flags(always, maybe, _unique((*self.unknown, *other.unknown)))

    def otherwise(self, other: Flags) -> Flags:
        """The flags of either the one or the other."""
        always = self.always & other.always
        possible = self.possible | other.possible
        return Flags(always, possible - always, _unique((*self.unknown, *other.unknown)))

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

    def read(self, node: Node, function: Function) -> Flags:
        """The flags of the expression `node` in `function`."""
        return self._expression(node, function, frozenset())

    def returned(self, function: Function) -> Flags:
        """The flags that `function` returns."""
        values = [
            self.read(node.named_children[0], function)
            for node in walk(function.body)
            if node.type == "return_statement" and node.named_children
        ]
        return _either(values) if values else Flags(unknown=(f"{function.name}()",))

    # -------------------------------------------------------------------- expressions

    def _expression(self, node: Node, function: Function | None, seen: frozenset[str]) -> Flags:
        flags = Flags()
        for term in or_terms(node):
            flags |= self._term(term, function, seen)
        return flags

    def _term(self, node: Node, function: Function | None, seen: frozenset[str]) -> Flags:
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
            return Flags()
        name = callee(node) if node.type == "call_expression" else None
        if name is not None and (name.text or b"").decode() in self.calls:
            return Flags(frozenset({f"{(name.text or b'').decode()}()"}))
        if node.type == "identifier":
            return self._name(node, text, function, seen)
        return Flags(unknown=(" ".join(text.split()),))

    def _name(
        self, node: Node, name: str, function: Function | None, seen: frozenset[str]
    ) -> Flags:
        if name in self.known:
            return Flags(frozenset({name}))
        if name not in seen:
            inside = seen | {name}
            found = self._variable(node, name, function, inside) if function else None
            found = found or self._parameter(name, function, inside) or self._macro(name, inside)
            if found is not None:
                return found
        return Flags(unknown=(name,))

    def _macro(self, name: str, seen: frozenset[str]) -> Flags | None:
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
    ) -> Flags | None:
        flags: Flags | None = None
        for operator, value, certain in _assignments(self.source, function, name, use.start_byte):
            read = self._expression(value, function, seen)
            if operator not in ("=", "|="):
                read = Flags(unknown=(name,))
            if flags is None or (operator == "=" and certain):
                flags = read
            elif operator == "=":
                flags = flags.otherwise(read)
            else:
                flags |= read if certain else Flags().otherwise(read)
        return flags

    def _parameter(
        self, name: str, function: Function | None, seen: frozenset[str]
    ) -> Flags | None:
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


def _either(values: Iterable[Flags]) -> Flags:
    first, *rest = values
    for value in rest:
        first = first.otherwise(value)
    return first


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _assignments(
    source: SourceFile, function: Function, name: str, before: int
) -> Iterator[tuple[str, Node, bool]]:
    """Operator and value of each assignment to a variable, and whether it is always made."""
    for node in walk(function.body):
        if node.start_byte >= before:
            return
        if node.type == "init_declarator":
            target, operator = node.child_by_field_name("declarator"), "="
            value = node.child_by_field_name("value")
        elif node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            sign = node.child_by_field_name("operator")
            operator = sign.type if sign is not None else ""
        else:
            continue
        if target is not None and value is not None and source.text(target) == name.encode():
            statement = node.parent
            certain = statement is not None and statement.parent == function.body
            yield operator, value, certain


def _declared_name(parameter: Node) -> str:
    names = [node for node in walk(parameter) if node.type == "identifier"]
    return (names[-1].text or b"").decode(errors="replace") if names else ""


def _calls_of(caller: Function, name: str) -> Iterator[Node]:
    for node in walk(caller.body):
        if node.type == "call_expression":
            called = callee(node)
            if called is not None and called.text == name.encode():
                yield node
