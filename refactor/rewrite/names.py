"""Declarations that a match brings: they may be no second ones, and capture no name.

What a patch declares it uses itself. Code of the file behind it that has the same word means
something else by it, and would mean the new variable without a word of the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from refactor.c.code import Code, lexemes
from refactor.c.types import declarators

TWICE = "two declarations of one name in a block"
_SCOPES = ("block", "for", "iterator")
_LABELS = ("label", "case", "default")
_WORDS = (b"return", b"goto", b"case", b"else", b"sizeof", b"do", b"typeof")


def wrong_names(
    declarations: Iterable[Code],
    after: bytes,
    is_written: Callable[[int], bool],
) -> Iterator[tuple[int, str, str]]:
    """The names that are declared where they may not be: where, what is wrong, which.

    `is_written` tells for an offset of the new text whether it is from no place of the file.
    """
    for node in declarations:
        scope = node.parent
        if scope is None or scope.kind not in _SCOPES:
            continue
        for each in declarators(node):
            name = each.name
            if not is_written(name.start) or _is_extern(node):
                continue
            wrong = _wrong(node, scope, name, after, is_written)
            if wrong:
                yield name.start, wrong, name.text.decode(errors="replace")


def _wrong(
    declaration: Code,
    scope: Code,
    name: Code,
    after: bytes,
    is_written: Callable[[int], bool],
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
        # Where the file itself has declared a name twice it is not this one that makes it wrong.
        before = [each for each in others if not is_written(each.start)]
        return TWICE if len(before) < 2 else ""
    if not _is_declared_around(scope, name.text, after) and not _is_of_the_file(after, name.text):
        # Either it was declared where it is now, or a rule before this one has written its uses.
        return ""
    if _is_meant_by_others(after, name, scope.end, is_written):
        return "a declaration would capture a name"
    return ""


def _is_extern(declaration: Code) -> bool:
    return any(each.kind == "storage" and each.text == b"extern" for each in declaration.children)


def _is_of_the_file(after: bytes, name: bytes) -> bool:
    """True if something like a declaration at the beginning of a line names it."""
    pattern = rb"^[A-Za-z_][^\n(]*\b" + re.escape(name) + rb"\b[ \t]*[;=\[]"
    return re.search(pattern, after, re.MULTILINE) is not None


def _is_declared_around(scope: Code, name: bytes, after: bytes) -> bool:
    """True if a block around, or the head of the function, declares a name as well."""
    for node in scope.ancestors():
        if node.kind == "function":
            return any(
                one.name.text == name
                for each in _of_head(node)
                if each.kind == "param"
                for one in declarators(each)
            )
        for each in node.children:
            if each.kind == "declaration" and _declares(after, each, name):
                return True
    return False


def _of_head(function: Code) -> Iterator[Code]:
    for node in function.walk():
        if node.kind == "block":
            return
        yield node


def _declares(after: bytes, declaration: Code, name: bytes) -> bool:
    """True if a declaration, which may have been read without its details, declares a name."""
    depth = 0
    before = b""
    tokens = list(lexemes(after, declaration.start, declaration.end))
    for token, following in pairwise(tokens):
        depth += (token.text in (b"(", b"{", b"[")) - (token.text in (b")", b"}", b"]"))
        is_declarator = before[:1].isalpha() or before in (b"*", b",", b"_")
        if token.text == name and depth == 0 and is_declarator:
            return following.text in (b";", b",", b"=", b"[", b")")
        before = token.text
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
