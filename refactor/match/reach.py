"""Code that would be changed and that is reached on paths on which the pattern does not match.

`lock(x); ... - unlock(x);` means an unlock behind a lock. One that is reached past the lock as
well, because only a branch has it, cannot go: on the other path nobody has asked for that. So from
each place that a match changes behind its first statement, every path back has to come by where
that match begins, or another one that changes the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from refactor.c.code import Code
from refactor.c.flow import Flow, Point, reachable
from refactor.match.sites import Site
from refactor.pattern.closing import closes_function, is_closing
from refactor.pattern.compile import CONTEXT
from refactor.pattern.statements import is_dots


def reached_otherwise(sites: Sequence[Site]) -> Iterator[tuple[Site, Code]]:
    """The matches of a rule that change code which is reached past them, with the first such code.

    Matches without dots between their statements are none: what they change follows at once.
    """
    some = [each for each in sites if _has_dots_inside(each)]
    flows: dict[int, _Back] = {}
    changed: dict[int, tuple[_Back, Point, list[Site], list[Point]]] = {}
    for site in some:
        body = _body(site.node)
        if body is None:
            continue
        back = flows.setdefault(id(body), _Back(body))
        root = back.flow.entry_of.get(id(site.node))
        if root is None:
            continue
        for point in _changed(site, back):
            _, _, who, roots = changed.setdefault(id(point), (back, point, [], []))
            who.append(site)
            roots.append(root)
    told: set[int] = set()
    for back, point, who, roots in changed.values():
        if not back.passes(point, roots):
            for site in who:
                if id(site) not in told and point.node is not None:
                    told.add(id(site))
                    yield site, point.node


def run_past(sites: Sequence[Site]) -> Iterator[tuple[Site, Code]]:
    """The matches of a rule in which a `return` goes that is not the end of its function: what is
    behind it would run."""
    for site in sites:
        (item, *_), pattern = site.pattern.items, site.pattern
        if item.kind != "function":
            continue
        ends = [each for each in item.walk() if each.kind == "return" and is_closing(each, pattern)]
        numbers = {each.children[0].token.number for each in ends}
        met = (
            pair.node.parent
            for leaf in (site.leaves if numbers else ())
            for way in leaf.unfolded()
            for pair in way.pairs()
            if pair.number in numbers and pair.node is not None
        )
        early = next((each for each in met if each and not closes_function(each)), None)
        if early is not None:
            yield site, early


def _has_dots_inside(site: Site) -> bool:
    items = site.pattern.items
    return (
        len(items) > 1
        and items[0].kind != "function"
        and not is_dots(items[0])
        and any(is_dots(each) for each in items[1:])
    )


def _body(node: Code) -> Code | None:
    """The block of the function around a node."""
    found = node if node.kind == "block" else None
    for each in node.ancestors():
        if each.kind == "block":
            found = each
    return found


def _changed(site: Site, back: _Back) -> list[Point]:
    """The points whose code a match changes."""
    states = site.pattern.states
    leaves = site.pattern.leaves
    # Code that comes stands beside the token that it has been put to.
    beside = {
        token.number
        for hunk in site.pattern.hunks
        for token in (hunk.left, hunk.right)
        if hunk.added and not hunk.removed and token is not None
    }
    found: dict[int, Point] = {}
    for leaf in site.leaves:
        for path in leaf.unfolded():
            for pair in path.pairs():
                part = leaves.get(pair.number)
                if part is None or pair.node is None:
                    continue
                if pair.number not in beside and states.get(id(part), CONTEXT) == CONTEXT:
                    continue
                point = back.point(pair.node)
                if point is not None:
                    found[id(point)] = point
    return list(found.values())


class _Back:
    """The flow of a function, to be walked backwards."""

    def __init__(self, body: Code) -> None:
        self.flow = Flow(body)
        self.before: dict[int, list[Point]] = {}
        for point in self.flow.points:
            for each in point.next:
                self.before.setdefault(id(each), []).append(point)

    def point(self, node: Code) -> Point | None:
        """The point that a node is executed at; None for the body, or an end that nobody wrote."""
        while id(node) not in self.flow.entry_of:
            if node.parent is None:
                return None
            node = node.parent
        point = self.flow.entry_of[id(node)]
        return None if point is self.flow.entry else point

    def passes(self, point: Point, roots: Sequence[Point]) -> bool:
        """True if no path leads from the beginning of the function to a point past all roots."""
        ends = {id(each) for each in roots}

        def before(at: Point) -> Iterable[Point]:
            return () if id(at) in ends else self.before.get(id(at), ())

        entry = self.flow.entry
        return id(entry) in ends or all(at is not entry for at in reachable(point, before))
