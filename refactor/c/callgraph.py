"""What a function of a file uses of the same file: macros, and the static functions it reaches.

An edit within a function is made in those as well: they are there for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from refactor.c.lexical import mentions, words
from refactor.c.syntax import Function, SourceFile
from refactor.text import Span


@dataclass(frozen=True)
class Reach:
    """The static functions and the macros of one file, looked up when they are asked for."""

    source: SourceFile

    @cached_property
    def macros(self) -> Mapping[str, frozenset[str]]:
        """The words in the text of each macro of the file."""
        return macro_words(self.source)

    @cached_property
    def static(self) -> Mapping[str, list[Function]]:
        """The static functions by name; there are several under conditionals."""
        found: dict[str, list[Function]] = {}
        for function in self.source.functions:
            if self.source.is_disabled(function.name_node.start_byte):
                continue
            if function.name in self.source.static_names:
                found.setdefault(function.name, []).append(function)
        return found

    def functions(self, entry: Function) -> Iterator[Function]:
        """`entry`, and every static function of the file that one of these refers to."""
        seen = {entry.name}
        queue = [entry]
        for function in queue:
            yield function
            for name in self._referred(function):
                if name not in seen:
                    seen.add(name)
                    queue += self.static[name]

    def _referred(self, function: Function) -> Iterator[str]:
        """The static functions that a body refers to, directly or through macros."""
        source = self.source
        places: dict[str, list[Span]] = {}
        macros: list[str] = []
        for word in words(source.code, function.body.start_byte, function.body.end_byte):
            name = source.code[word.start : word.end].decode(errors="replace")
            if name in self.macros:
                macros.append(name)
            elif name in self.static:
                places.setdefault(name, []).append(word)
        for name, found in places.items():
            if not is_variable(source, function, name) and any(_is_value(source, w) for w in found):
                yield name
        yield from (name for name in expanded(self.macros, macros) if name in self.static)


def _is_value(source: SourceFile, word: Span) -> bool:
    """False for a member, a label and a type."""
    others = ("field_identifier", "statement_identifier", "type_identifier")
    return source.at(word).type not in others


def is_variable(source: SourceFile, function: Function, name: str) -> bool:
    """True if a function declares a variable or a parameter of this name."""
    start = function.declarator.start_byte
    inside = source.code[start : function.body.end_byte]
    places = (Span(start + each.start, start + each.end) for each in mentions(inside, name))
    return any(_is_declared(source, place) for place in places)


def _is_declared(source: SourceFile, word: Span) -> bool:
    """True if a variable or a parameter is declared here."""
    node = source.at(word)
    parent = node.parent
    while parent is not None and parent.child_by_field_name("declarator") == node:
        if parent.type == "function_declarator":
            return False
        if parent.type in ("parameter_declaration", "declaration"):
            return True
        node, parent = parent, parent.parent
    return False


def macro_words(source: SourceFile) -> dict[str, frozenset[str]]:
    """For each macro of the file: the words of its text, in whatever configuration."""
    found: dict[str, set[str]] = {}
    code = source.code
    for each in source.macros:
        name = code[each.name.start : each.name.end].decode(errors="replace")
        used = words(code, each.text.start, each.text.end)
        named = {code[word.start : word.end].decode(errors="replace") for word in used}
        if named != {name}:
            found.setdefault(name, set()).update(named)
    return {name: frozenset(used) for name, used in found.items()}


def macros_that_use(macros: Mapping[str, frozenset[str]], target: str) -> frozenset[str]:
    """Macros whose text mentions `target`, directly or through others, or that hide its name."""
    users: dict[str, list[str]] = {}
    for name, used in macros.items():
        for word in used:
            users.setdefault(word, []).append(name)
    found = {target} & macros.keys()
    pending = [target]
    while pending:
        for name in users.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return frozenset(found)


def expanded(macros: Mapping[str, frozenset[str]], names: Iterable[str]) -> Iterator[str]:
    """The words that macros expand to, those of the macros in them included."""
    pending = list(names)
    seen = set(pending)
    while pending:
        for name in macros[pending.pop()]:
            if name in macros and name not in seen:
                seen.add(name)
                pending.append(name)
            else:
                yield name
