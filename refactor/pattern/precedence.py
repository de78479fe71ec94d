"""In which order the alternatives of a test are asked."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import STATEMENTS, Code

_HEADS = frozenset(("if", "while", "for", "iterator", "switch"))


def ask_for_anything_last(items: Sequence[Code], result: Sequence[Code]) -> None:
    """Puts the alternatives of the head of a statement that are anything behind the others.

    `( e | - e != NULL + e )` is written for conditions: the `e` says that a condition may be bare
    already, and would, asked first, leave nothing for the others to be. spatch takes all the
    alternatives of a head that match; here one that says more than that goes before those behind
    it, as everywhere. Both sides of the pattern are put in one order, because what becomes of an
    alternative is found by its number.
    """
    changed = {node.token.number: node for node in _choices(result)}
    for node in _choices(items):
        after = changed.get(node.token.number)
        if after is None or len(after.children) != len(node.children) or not is_of_head(node):
            continue
        pairs = list(zip(node.children, after.children, strict=True))
        pairs.sort(key=lambda pair: _is_anything(pair[0]) and _stays(*pair))
        node.children = [one for one, _ in pairs]
        after.children = [other for _, other in pairs]


def _choices(items: Sequence[Code]) -> list[Code]:
    return [node for item in items for node in item.walk() if node.kind == "disj"]


def is_of_head(node: Code) -> bool:
    """True for alternatives in the head of an `if`, a loop or a `switch`."""
    statement = next((each for each in node.ancestors() if each.kind in STATEMENTS), None)
    return statement is not None and statement.kind in _HEADS


def _is_anything(alternative: Code) -> bool:
    if alternative.kind != "meta" or alternative.token.positions:
        return False
    meta = alternative.token.meta
    narrowed = (meta.type_text, meta.pointer, meta.constraints, meta.origin)
    return meta.sort == "expression" and not any(narrowed)


def _stays(one: Code, other: Code) -> bool:
    return not other.children and other.token is not None and other.token.number == one.token.number
