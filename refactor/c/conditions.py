"""Under which conditions a place of a file is compiled, and reached within its function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.lexical import Directive
from refactor.c.syntax import Node, SourceFile

_JUMPS = ("return_statement", "goto_statement", "break_statement", "continue_statement")
_CALLED = re.compile(r"(?:IS_ENABLED|defined)\s*\(?\s*(\w+)\s*\)?")


def conditions_at(source: SourceFile, offset: int) -> tuple[str, ...]:
    """What has to hold for the code at `offset` to be run, from outside to inside.

    Terms of an AND are told apart. An option of Kconfig, or any other macro, is named alone,
    whether `#ifdef`, `defined()` or `IS_ENABLED()` asks for it; `!` in front of it means that it
    must not be there. Conditions of a loop are left out, and those that a call has to return for.
    """
    found: dict[str, None] = {}
    for text in (*_compiled(source, offset), *_reached(source, offset)):
        found |= dict.fromkeys(_terms(text))
    return tuple(found)


def _compiled(source: SourceFile, offset: int) -> Iterator[str]:
    """The conditionals of the preprocessor around an offset."""
    around: list[list[str]] = []
    for each in source.directives:
        if each.span.start > offset:
            break
        keyword = each.keyword.decode()
        if keyword in ("if", "ifdef", "ifndef"):
            around.append([_asked(source, each)])
        elif keyword.startswith("el") and around:
            # A branch is compiled where none of those before it is.
            around[-1] = [*(_negated(text) for text in around[-1][-1:]), *around[-1][:-1]]
            if keyword != "else":
                around[-1].append(_asked(source, each))
        elif keyword == "endif" and around:
            around.pop()
    for texts in around:
        yield from texts


def _asked(source: SourceFile, directive: Directive) -> str:
    text = source.code[directive.rest.start : directive.rest.end].decode(errors="replace")
    text = " ".join(text.replace("\\\n", " ").split())
    return f"!{text}" if directive.keyword in (b"ifndef", b"elifndef") else text


def _reached(source: SourceFile, offset: int) -> Iterator[str]:
    """The `if` statements around an offset, and those before it that leave."""
    node: Node | None = source.root.descendant_for_byte_range(offset, offset)
    texts: list[str] = []
    while node is not None and node.parent is not None and node.type != "function_definition":
        parent = node.parent
        if parent.type == "if_statement":
            condition = _condition(source, parent)
            if node == parent.child_by_field_name("consequence"):
                texts.append(condition)
            elif node == parent.child_by_field_name("alternative"):
                texts.append(_negated(condition))
        if parent.type in ("compound_statement", "case_statement") or "preproc" in parent.type:
            before = node.prev_named_sibling
            while before is not None:
                texts += [_negated(_condition(source, each)) for each in _leaving(before)]
                before = before.prev_named_sibling
        node = parent
    return reversed(texts)


def _leaving(statement: Node) -> Iterator[Node]:
    """The `if` statements without an `else` that leave, in a statement or conditional."""
    if statement.type in ("preproc_if", "preproc_ifdef"):
        for child in statement.named_children:
            yield from _leaving(child)
    elif statement.type == "if_statement" and not statement.child_by_field_name("alternative"):
        body = statement.child_by_field_name("consequence")
        if body is not None and body.type == "compound_statement" and body.named_children:
            body = body.named_children[-1]
        if body is not None and body.type in _JUMPS:
            yield statement


def _condition(source: SourceFile, statement: Node) -> str:
    condition = statement.child_by_field_name("condition")
    text = source.text(condition).decode(errors="replace") if condition is not None else ""
    return " ".join(text.split())


def _negated(text: str) -> str:
    bare = _unwrapped(text)
    if bare.startswith("!") and _is_one(bare[1:]):
        return _unwrapped(bare[1:])
    return f"!{bare}" if _is_one(bare) else f"!({bare})"


def _terms(text: str) -> Iterator[str]:
    """The terms of an AND, or of a negated OR."""
    bare = _unwrapped(text)
    inner = _unwrapped(bare[1:]) if bare.startswith("!(") and _is_one(bare[1:]) else ""
    parts = _split(bare, "&&")
    if len(parts) > 1:
        for part in parts:
            yield from _terms(part)
    elif inner and len(alternatives := _split(inner, "||")) > 1:
        for part in alternatives:
            yield from _terms(_negated(part))
    elif bare.startswith("!") and _is_one(bare[1:]):
        yield f"!{_named(inner if _is_one(inner) else bare[1:].strip())}"
    elif bare:
        yield _named(bare)


def _named(text: str) -> str:
    match = _CALLED.fullmatch(text)
    return match[1] if match else text


def _unwrapped(text: str) -> str:
    """`text` without parentheses around all of it."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _is_one(text: str) -> bool:
    """True for what a `!` in front of it negates as a whole: a name, a call, a parenthesis."""
    text = text.strip()
    opening = text.find("(")
    if opening < 0:
        return re.fullmatch(r"[\w.>-]+", text) is not None
    return re.fullmatch(r"[\w.>-]*\s*", text[:opening]) is not None and (
        opening + _closing(text[opening:]) == len(text) - 1
    )


def _closing(text: str) -> int:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return at
    return -1


def _split(text: str, operator: str) -> list[str]:
    """`text` at an operator that stands in no parentheses; one part if another one does, too."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and text.startswith(operator, at):
            parts.append(text[start:at])
            start = at + len(operator)
        elif depth == 0 and operator == "&&" and text.startswith("||", at):
            return [text]
    return [*parts, text[start:]]
