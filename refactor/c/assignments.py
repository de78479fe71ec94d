"""What an expression holds at a place, as far as the assignments before it tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from refactor.c.syntax import Function, Node, SourceFile, statement_of, tokens_of, walk

_NOTHING = (b"NULL", b"0")


def values_of(source: SourceFile, function: Function, place: Node) -> Iterator[Node]:
    """What is assigned to the expression at `place`: surely, or else anywhere in the function.

    Casts and parentheses are taken off, and a null pointer is no value.
    """
    tokens = tokens_of(source, place)
    last = _assigned_before(source, place, tokens)
    values = [last] if last is not None else _values(source, function.body, tokens)
    for value in map(_bare, values):
        if source.text(value) not in _NOTHING:
            yield value


def _assigned_before(source: SourceFile, bound: Node, tokens: list[bytes]) -> Node | None:
    """The value that an expression surely has at a place, where one statement before tells.

    None if a branch, a loop or a label in between may have another say.
    """
    node = statement_of(bound)
    while node.parent is not None and node.type != "function_definition":
        before = node.prev_named_sibling
        while before is not None:
            values = list(_values(source, before, tokens))
            if before.type == "labeled_statement":
                return None
            if values:
                plain = before.type in ("expression_statement", "declaration")
                return values[0] if plain and len(values) == 1 else None
            before = before.prev_named_sibling
        node = node.parent
        if node.type not in ("compound_statement", "if_statement", "else_clause"):
            return None
    return None


def _values(source: SourceFile, below: Node, tokens: list[bytes]) -> Iterator[Node]:
    for each in assignments(below):
        if tokens_of(source, each.target) == tokens:
            yield each.value


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment or an initializer; `value` is the last one of `a = b = value`."""

    node: Node
    target: Node
    operator: str
    """`=`, `|=` and the like."""
    value: Node


def assignments(below: Node) -> Iterator[Assignment]:
    """Every assignment and initializer in and below a node, in order."""
    for node in walk(below):
        operator = "="
        if node.type == "assignment_expression":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            sign = node.child_by_field_name("operator")
            operator = sign.type if sign is not None else ""
        elif node.type == "init_declarator":
            target = node.child_by_field_name("declarator")
            value = node.child_by_field_name("value")
            while target is not None and target.type == "pointer_declarator":
                target = target.child_by_field_name("declarator")
        else:
            continue
        while value is not None and value.type == "assignment_expression":
            value = value.child_by_field_name("right")
        if target is not None and value is not None:
            yield Assignment(node, target, operator, value)


def _bare(node: Node) -> Node:
    """An expression without casts and parentheses."""
    while True:
        inner = node.child_by_field_name("value") if node.type == "cast_expression" else None
        if node.type == "parenthesized_expression":
            inner = node.named_child(0)
        if inner is None:
            return node
        node = inner
