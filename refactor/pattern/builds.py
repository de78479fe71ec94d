"""Whether the elements of a list that a pattern names are there in the same builds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from refactor.c.code import Code
from refactor.pattern.binding import State


def are_in_one_build(items: Sequence[Code], n: Code, state: State, changing: Iterable[int]) -> bool:
    """True if each of some elements is there in all builds that have those which change.

    `items` are the elements of the pattern, `changing` the identities of those that change; `n` is
    the list that they were found in. Where none changes they have to be there together at all.
    """
    if all(each.kind != "directive" for each in n.children):
        return True
    branches = {id(each): branch for each, branch in zip(n.children, _branches(n), strict=True)}
    met = {pair.number: pair.node for pair in state.pairs() if pair.node is not None}
    chosen = [(id(p), branches[id(node)]) for p in items if (node := _element(p, met, branches))]
    moving = set(changing)
    those = [branch for p, branch in chosen if p in moving]
    deepest = max(those or [branch for _, branch in chosen], key=len, default=())
    is_same = all(branch == deepest for branch in those)
    return is_same and all(deepest[: len(branch)] == branch for _, branch in chosen)


def _element(
    p: Code, met: Mapping[int, Code], branches: Mapping[int, tuple[int, ...]]
) -> Code | None:
    """The element of the list that one of the pattern has met."""
    for leaf in p.leaves():
        node = met.get(leaf.token.number) if leaf.token is not None else None
        while node is not None:
            if id(node) in branches:
                return node
            node = node.parent
    return None


def _branches(n: Code) -> Iterator[tuple[int, ...]]:
    """For each child of a list the branches of conditionals that it stands in, by number."""
    around: tuple[int, ...] = ()
    for number, node in enumerate(n.children):
        if node.kind == "directive":
            word = node.text.lstrip(b"#").lstrip()
            if word.startswith(b"if"):
                around = (*around, number)
            elif around and word.startswith(b"el"):
                around = (*around[:-1], number)
            elif word.startswith(b"endif"):
                around = around[:-1]
        yield around
