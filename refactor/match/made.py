"""Is a match as the rule would leave it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from refactor.c.code import STATEMENTS, Code
from refactor.match.alike import has_to_go, overlaps, shares
from refactor.match.sites import Seeker, Site, behind_dots
from refactor.pattern.binding import Binding, State
from refactor.pattern.leaves import Leaves
from refactor.pattern.matching import Matcher
from refactor.pattern.paths import Paths
from refactor.pattern.shapes import DECLARATORS
from refactor.pattern.statements import is_dots
from refactor.pattern.tokens import ADDED


def is_made(seeker: Seeker, site: Site, inherited: Mapping[str, Binding]) -> bool:
    """True if a match is as the rule would leave it: the added side matches there as well."""
    pattern = seeker.pattern
    result = pattern.result
    if not result or has_to_go(pattern, site.leaves):
        return False
    paths = Paths(pattern, seeker.some, seen=seeker.index.seen)
    matcher = seeker.matcher_for(paths, is_exact=True)
    start = State(dict(inherited))
    if site.node.kind == "declaration" and pattern.items[0].kind == "function":
        return _is_made_prototype(matcher, site, result, start)
    is_expression = len(result) == 1 and seeker.is_expression(result[0])
    # Of alternatives it has to be the one that has matched: what another one would make here is
    # no sign, because this one changes it.
    has_choice = any(each.kind == "disj" for each in result)
    if not is_expression and is_dots(result[0]) and site.node.kind == "function":
        begun = behind_dots(matcher, paths, result, site.node, start)
        return any(shares(pattern, site.leaves, leaves) for leaves in begun)
    around = _outwards(site.node) if is_expression else _around(site.node, len(result))
    for node in chain((site.node,), around):
        if is_expression:
            found = matcher.match_expression(result[0], node, start)
            ways: Iterator[Leaves] = ([one] for one in found)
        else:
            ways = paths.at(matcher, result, node, start)
        # What is added may stand before or around what is matched: then it has to be the same.
        is_same = node is site.node and not has_choice
        if any(
            shares(pattern, site.leaves, leaves)
            or (is_same and overlaps(pattern, site.leaves, leaves))
            for leaves in ways
        ):
            return True
    return _is_filled(matcher, site, result)


def _is_made_prototype(matcher: Matcher, site: Site, result: Sequence[Code], start: State) -> bool:
    """True for a prototype that has the head which the rule would give to the definition."""
    return any(
        shares(site.pattern, site.leaves, [found])
        for item in result
        if item.kind == "function"
        for each in site.node.parts
        if each.kind in DECLARATORS
        for found in matcher.prototype(item, site.node, each, start)
    )


def _is_filled(matcher: Matcher, site: Site, result: Sequence[Code]) -> bool:
    """True for a definition that begins and ends with all that the rule adds to its block.

    What comes at the end is behind a `return`, where no path leads on which it could be matched.
    """
    (before, *others), node = site.pattern.items, site.node
    if others or len(result) != 1 or before.kind != "function" or node.kind != "function":
        return False
    block, body = result[0].children[-1], node.children[-1]
    hunks = site.pattern.hunks
    added = [each for each in block.children[1:-1] if _comes(each)]
    if any(each.removed for each in hunks) or sum(len(each.added) for each in hunks) != sum(
        1 for each in added for leaf in each.leaves() if leaf.token is not None
    ):
        return False
    first = [*_until_kept(block.children[1:-1])]
    last = [*_until_kept(block.children[-2:0:-1])]
    there = [each for each in body.children[1:-1] if each.kind in STATEMENTS]
    if len(first) + len(last) != len(added) or len(there) < len(added):
        return False
    pairs = [*zip(first, there, strict=False), *zip(last, reversed(there), strict=False)]
    return all(
        any(True for _ in matcher.match(each, other, State(dict(leaf.env))))
        for each, other in pairs
        for leaf in site.leaves
    )


def _until_kept(items: Sequence[Code]) -> Iterator[Code]:
    """The statements up to the first one that does not come."""
    for each in items:
        if not _comes(each):
            return
        yield each


def _comes(statement: Code) -> bool:
    tokens = [leaf.token for leaf in statement.leaves() if leaf.token is not None]
    return all(token.mark == ADDED and token.kind not in ("dots", "nest") for token in tokens)


def _outwards(node: Code) -> Iterator[Code]:
    """The expressions that an expression is in, up to its statement."""
    for each in node.ancestors():
        if each.kind in STATEMENTS:
            return
        yield each


def _around(node: Code, length: int) -> Iterator[Code]:
    """Where a sequence of statements that has a node somewhere inside may begin."""
    if node.kind == "function":
        yield from _before(node, length - 1)
    while node.parent is not None and node.kind != "function":
        # Nobody has written the return at the end of a function: all is before it.
        yield from _before(node, length - 1)
        node = node.parent
        yield node


def _before(node: Code, count: int) -> Sequence[Code]:
    """So many statements and definitions that stand before a node, the nearest one first."""
    siblings = node.parent.children if count and node.parent is not None else []
    at = next((number for number, each in enumerate(siblings) if each is node), len(siblings))
    return [each for each in siblings[:at] if each.kind in STATEMENTS or each.kind == "function"][
        ::-1
    ][:count]
