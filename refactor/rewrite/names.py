"""Declarations that a match brings: they may be no second ones, and capture no name.

What a patch declares it uses itself. Code of the file behind it that has the same word means
something else by it, and would mean the new variable without a word of the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from refactor.c.code import Code, lexemes
from refactor.c.types import declarators

TWICE = "two declarations of one name in a block"
_SCOPES = ("block", "for", "iterator")
_LABELS = ("label", "case", "default")
_WORDS = (b"return", b"goto", b"case", b"else", b"sizeof", b"do", b"typeof")


def wrong_names(
    items: Iterable[Code],
    after: bytes,
    is_written: Callable[[int], bool],
    was_declared: Callable[[bytes], bool],
) -> Iterator[tuple[int, str, str]]:
    """The names that are declared where they may not be: where, what is wrong, which.

    `is_written` tells for an offset of the new text whether it is from no place of the file,
    `was_declared` for a name whether the function declared it before.
    """
    for item in items:
        for node in item.walk():
            scope = node.parent
            if node.kind != "declaration" or scope is None or scope.kind not in _SCOPES:
                continue
            for each in declarators(node):
                name = each.name
                if not is_written(name.start) or _is_extern(node):
                    continue
                wrong = _wrong(node, scope, name, after, is_written, was_declared)
                if wrong:
                    yield name.start, wrong, name.text.decode(errors="replace")


def _wrong(
    declaration: Code,
    scope: Code,
    name: Code,
    after: bytes,
    is_written: Callable[[int], bool],
    was_declared: Callable[[bytes], bool],
) -> str:
    siblings = [each for each in scope.children if each.kind != "directive"]
    at = next(n for n, each in enumerate(siblings) if each is declaration)
    if at and siblings[at - 1].kind in _LABELS:
        return "a declaration would follow a label"
    others = [
        one.name
        for each in scope.children
        if each.kind == "declaration"
        for one in declarators(each)
        if one.name is not name and one.name.text == name.text
    ]
    if others:
        return TWICE
    if was_declared(name.text) and not _is_declared_around(scope, name.text):
        return ""  # This is what the name meant before.
    if _is_meant_by_others(after, name, scope.end, is_written):
        return "a declaration would capture a name"
    return ""


def _is_extern(declaration: Code) -> bool:
    return any(each.kind == "storage" and each.text == b"extern" for each in declaration.children)


def _is_declared_around(scope: Code, name: bytes) -> bool:
    """True if a block around, or the head of the function, declares a name as well."""
    for node in scope.ancestors():
        nodes = node.walk() if node.kind == "function" else iter(node.children)
        for each in nodes:
            if each.kind == "block" and node.kind == "function":
                break
            if each.kind in ("declaration", "param") and any(
                one.name.text == name for one in declarators(each)
            ):
                return True
    return False


def _is_meant_by_others(
    after: bytes, name: Code, end: int, is_written: Callable[[int], bool]
) -> bool:
    """True if code of the file names it, before it is declared once more."""
    previous, before = b"", b""
    for token in lexemes(after, name.end, end):
        if token.text == name.text and before not in (b".", b"->") and not is_written(token.start):
            is_declared = before not in _WORDS and (before[:1].isalpha() or before == b"*")
            return not (is_declared and previous not in (b"=", b"(", b","))
        previous, before = before, token.text
    return False
