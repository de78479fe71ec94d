"""At which nodes of a file an expression of a pattern can match at all, by their kind and operator.

Most nodes are dismissed by that, and no matcher is asked. It has to agree with the isomorphisms of
`refactor.pattern.matching`: one more that changes the kind of a node is one more line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.pattern.directives import KINDS
from refactor.pattern.shapes import is_tested
from refactor.pattern.standard import HINTS

Heads = frozenset[str | bytes]
"""Kinds of nodes; for a binary operation its operator, or `binary` for any; or `TESTED`."""

TESTED = "tested"
"""What every node is known by as well of which only the truth counts."""

_MIRROR = {b"<": b">", b">": b"<", b"<=": b">=", b">=": b"<="}
_LEAVES: Heads = frozenset(("ident", "number", "char", "string"))
_OWN = frozenset(
    ("call", "member", "subscript", "cond", "postfix", "sizeof", "literal", "stmt_expr", "comma")
)


def head(node: Code) -> str | bytes:
    """What a node of a file is known by."""
    if node.kind == "binary":
        return next((each.text for each in node.children[1:] if each.kind == "op"), "binary")
    return node.kind


def is_one_of(node: Code, wanted: Heads) -> bool:
    """True if a node of a file has one of some heads."""
    kind = node.kind
    return (
        kind in wanted
        or (kind == "binary" and head(node) in wanted)
        or (TESTED in wanted and is_tested(node))
    )


def nodes_in(roots: Sequence[Code], wanted: Heads | None) -> Iterator[Code]:
    """The nodes of some code that have one of some heads, parents first."""
    has_leaves = wanted is None or TESTED in wanted or not wanted.isdisjoint(_LEAVES)
    stack = [*reversed(roots)]
    while stack:
        node = stack.pop()
        if wanted is None or node.kind in wanted or is_one_of(node, wanted):
            yield node
        if has_leaves:
            stack.extend(reversed(node.children))
        elif node.children:
            stack.extend([each for each in reversed(node.children) if each.children])


def may_be(key: str | bytes, wanted: Heads | None) -> bool:
    """True if a node that is known by `key` may have one of some heads."""
    if wanted is None or key in wanted or TESTED in wanted:
        return True
    return isinstance(key, bytes) and "binary" in wanted


def heads(p: Code) -> Heads | None:
    """The heads of what a node of a pattern can match; None for any."""
    kind = p.kind
    if kind == "disj":
        return _union(map(heads, p.children))
    if kind == "seq":
        return heads(p.children[0]) if len(p.children) == 1 else None
    if kind == "conj":
        return next((found for each in p.children if (found := heads(each)) is not None), None)
    if kind == "binary":
        return _of_binary(p)
    if kind == "unary":
        mine: Heads = frozenset(("unary",))
        return mine | {b"=="} if p.children[0].text == b"!" else mine
    if kind == "assign":
        return frozenset(("assign", "init_decl"))
    if kind in ("cast", "paren"):
        inner = heads(p.children[-1] if kind == "cast" else p.children[1])
        return inner | {kind} if inner is not None else None
    if kind == "call" and p.children[0].text in HINTS:
        return None
    if kind in _OWN:
        return frozenset((kind,))
    if not p.children and kind in _LEAVES:
        return _LEAVES
    return None


def kinds_of(item: Code) -> frozenset[str]:
    """The kinds of statements at which an item can match."""
    kind = item.kind
    if kind in ("disj", "conj"):
        found: set[str] = set()
        for each in item.children:
            inner = each.children[0] if each.kind == "seq" and each.children else each
            found |= kinds_of(inner)
        return frozenset(found)
    if kind == "expr_stmt":
        return frozenset(("expr_stmt", "macro"))
    if kind == "block":
        return STATEMENTS
    if kind == "function":
        return frozenset(("function",))
    if kind == "directive":
        return KINDS
    if kind in ("declaration", "wrapped"):
        return frozenset(("declaration",))
    if kind in EXPRESSIONS:
        return STATEMENTS - {"block"}  # what is in a block is in a statement of it
    if kind in ("meta", "seq"):
        return STATEMENTS
    return frozenset((kind,))


def _of_binary(p: Code) -> Heads | None:
    if len(p.parts) != 3:
        return None
    left, op, right = p.parts
    mine: Heads = frozenset((op.text, _MIRROR.get(op.text, op.text)))
    if right.kind == "dots":
        # Of a chain with dots at its end the beginning is enough, tested as the chain is.
        if op.text in (b"&&", b"||"):
            return mine | {b"!="} | _if_tested(left)
        first = heads(left)
        return mine | first if first is not None else None
    if op.kind == "meta":
        return frozenset(("binary",))
    for one, other in ((left, right), (right, left)):
        if other.text == b"NULL" or other.kind == "number":
            if op.text == b"!=":
                mine |= _if_tested(one)
            elif op.text == b"==":
                mine |= {"unary"}
    return mine


def _if_tested(p: Code) -> Heads:
    found = heads(p)
    return found if found is not None else frozenset((TESTED,))


def _union(found: Iterable[Heads | None]) -> Heads | None:
    every: Heads = frozenset()
    for each in found:
        if each is None:
            return None
        every |= each
    return every
