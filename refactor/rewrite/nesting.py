"""How deep statements stand in one another, and what they stand beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refactor.c.code import Code
from refactor.pattern.binding import Pair
from refactor.pattern.compile import Pattern
from refactor.pattern.tokens import Token
from refactor.rewrite.path import Path

GOVERNING = ("if", "while", "for", "do", "iterator")


def neighbour(token: Token | None, pair: Pair | None) -> tuple[Token, Pair] | None:
    """A token that stays, with what it has met; None for dots and where nothing is there."""
    if token is None or pair is None or pair.node is None or token.kind in ("dots", "nest"):
        return None
    return token, pair


def levels_between(first: Code, other: Code, is_branch: Callable[[Code], bool]) -> int:
    """How many branches and loops a statement is inside of that another one is behind."""
    count = 0
    node: Code | None = first.parent
    while node is not None:
        if is_branch(node):
            count += 1
        if node.parent is other.parent:
            return count
        node = node.parent
    return 0


def climbed(node: Code, levels: int) -> Code | None:
    """The branch or loop that many levels around a statement."""
    found: Code | None = node
    while found is not None and levels:
        found = found.parent
        if found is not None and found.kind in GOVERNING:
            levels -= 1
    return found


def freed(path: Path, p: Code, node: Code, before: Code | None) -> Code:
    """The branch or loop of the file that ends with a statement, and behind which something comes
    that follows `before` in what the rule makes of it; the statement itself if that is a body.

    It may be a branch whose head goes, or becomes that of another one: what comes behind it is in
    no braces with the statement.
    """
    after, around = before or _result(path.pattern, p), node
    while after is not None and _opening(after) != _opening(p):
        if p.parent is None or p.parent.kind not in GOVERNING or around.parent is None:
            return node
        p, around = p.parent, around.parent
        if around is not path.met(p):
            return node
    return around


def _opening(p: Code) -> int | None:
    """The number of the token that what is around a statement begins with."""
    first = next(p.parent.leaves()).token if p.parent is not None else None
    return first.number if first is not None else None


def _result(pattern: Pattern, p: Code) -> Code | None:
    """What comes of a statement of the pattern."""
    first = next(p.leaves()).token
    if first is None:
        return None
    numbers = [new for new, kept in pattern.kept_as.items() if kept == first.number]
    return next(
        (
            found
            for number in (*numbers, first.number)
            if (found := pattern.result_statements.get(number)) is not None
        ),
        None,
    )


def braces(tokens: Sequence[Token]) -> int:
    """How many blocks some tokens open more than they close."""
    return sum((each.text == b"{") - (each.text == b"}") for each in tokens)


def is_top(node: Code) -> bool:
    """True for what stands in no function."""
    return node.parent is None or node.parent.kind in ("file", "group")


def brace_behind(path: Path, comma: Token | None, pair: Pair | None) -> Code | None:
    """The brace that closes a list whose last element lacks the comma that the pattern has."""
    if comma is None or pair is None or comma.text != b"," or pair.node is not None:
        return None
    pairs = [each for each in path.pairs.values() if each.number < comma.number]
    before = max(pairs, key=lambda each: each.number, default=None)
    node = before.node if before is not None else None
    if node is not None and node.text == b"}":
        node = node.parent  # that of the element, and not of the list
    element = path.element(node) if node is not None else None
    return element.parent.children[-1] if element is not None and element.parent else None


def takes_else(pattern: Pattern, added: Sequence[Token]) -> bool:
    """True for an `if` that an `else` behind it would become a part of."""
    node = next(
        (
            found
            for token in added
            if (found := pattern.result_statements.get(token.number)) is not None
        ),
        None,
    )
    while node is not None and node.kind in GOVERNING and node.kind != "do":
        if node.kind == "if" and not any(each.text == b"else" for each in node.children):
            return True
        node = node.children[-1]
    return False
