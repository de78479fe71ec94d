"""Sets of flags that are ORed."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.syntax import (
    TIGHT,
    Node,
)


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
    operator = node.child_by_field_name("operator")
    return node.type == "binary_expression" and operator is not None and operator.type == "|"
