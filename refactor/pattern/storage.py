"""Storage classes that a pattern adds to a declaration, or would take from one."""

from __future__ import annotations

from refactor.c.code import Code
from refactor.pattern.compile import CONTEXT, Pattern

CLASSES = frozenset((b"static", b"extern", b"typedef", b"register", b"auto"))
"""A declaration has one of these at most."""


def has_storage_already(pattern: Pattern, p: Code, n: Code) -> bool:
    """True for a declarer, as `static DEFINE(a);`, with the storage class that it would get."""
    own = {each.text for each in n.children if each.kind == "attr"} & CLASSES
    return bool(own) and bool(own & added_storage(pattern, p))


def would_lose_storage(pattern: Pattern, p: Code, n: Code) -> bool:
    """True if what comes for one of several names would lack a `static` of all of them."""
    if pattern.states.get(id(p), CONTEXT) == CONTEXT:
        return False
    named = {each.text for each in p.parts if each.kind == "storage"}
    others = [each for each in n.parts if each.kind == "storage" and each.text not in named]
    numbers = {leaf.token.number for leaf in p.leaves() if leaf.token is not None}
    return bool(others) and any(
        hunk.added and numbers & {token.number for token in hunk.removed}
        for hunk in pattern.whole_hunks
    )


def added_storage(pattern: Pattern, p: Code) -> set[bytes]:
    """The storage classes that a declaration gets."""
    numbers = {leaf.token.number for leaf in p.leaves() if leaf.token is not None}
    words: set[bytes] = set()
    for hunk in pattern.hunks:
        own = {token.number for token in hunk.added}
        beside = {token.number for token in (*hunk.removed, hunk.right) if token is not None}
        for token in hunk.added if beside & numbers else ():
            leaf = pattern.results.get(token.number)
            is_storage = leaf is not None and leaf.kind in ("storage", "attr")
            if leaf is None or not is_storage or leaf.parent is None:
                continue
            # A declaration that comes beside this one has nothing to do with it.
            takes_its_place = numbers <= {each.number for each in hunk.removed}
            whole = {each.token.number for each in leaf.parent.leaves()}
            if takes_its_place or not whole <= own:
                words.add(token.text)
    return words
