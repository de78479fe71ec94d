"""A `return` that goes as the last statement of a function.

`{ ... - return; }` is about every way out for spatch, which so takes the one in the middle along:
`if (!p) return; use(p);` becomes `if (!p) {} use(p);`. Whoever writes it means the one that the
function would end without all the same. The others stay; but `return 0;` cannot stay in a function
that has nothing to return any more, so with a value such a match is refused.
"""

from __future__ import annotations

from refactor.c.code import STATEMENTS, Code
from refactor.pattern.compile import MINUS, Pattern

_AROUND = frozenset(("block", "if", "else"))
"""What leads to what is behind it, once it is done."""


def is_left(item: Code, node: Code, pattern: Pattern) -> bool:
    """True for a `return` without a value that stays, because it is not the last statement of its
    function: a branch at the end would have nothing in it any more."""
    is_bare = len(item.parts) == len(node.parts) == 2
    block = node.parent
    is_last = block is not None and block.kind == "block" and closes_function(node)
    if is_last and block is not None and block.parent is not None:
        is_last = block.parent.kind == "function"
    return is_bare and not is_last and is_closing(item, pattern)


def is_closing(item: Code, pattern: Pattern) -> bool:
    """True for a `return` of a pattern that ends a function there, and goes without a successor."""
    outer = item
    while outer.parent is not None and outer.parent.kind in ("disj", "conj", "seq"):
        outer = outer.parent
    block = outer.parent
    if block is None or block.parent is None or block.parent.kind != "function":
        return False
    if block.kind != "block" or block.children[-2] is not outer:
        return False
    if pattern.states.get(id(item)) != MINUS:
        return False
    numbers = {leaf.token.number for leaf in item.leaves() if leaf.token is not None}
    return not any(
        hunk.added and not numbers.isdisjoint(each.number for each in hunk.removed)
        for hunk in pattern.hunks
    )


def closes_function(node: Code) -> bool:
    """True for a statement behind which nothing of its function would run, were it none that
    jumps."""
    while node.parent is not None and node.parent.kind != "function":
        parent = node.parent
        if parent.kind not in _AROUND:
            return False
        if parent.kind == "block" and any(
            each.kind in STATEMENTS and each.start > node.start for each in parent.children
        ):
            return False
        node = parent
    return node.parent is not None
