"""The macros that a file defines, as far as their words tell: nothing is expanded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from refactor.c.lexical import words
from refactor.c.syntax import SourceFile


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
