"""Where dots ask for nothing: in the handling of an error, where the pattern does not go on.

spatch's rule: the first branch of an `if` of which each path ends in a jump before what has to come
next is there. A `return` or `continue` is enough; behind a `goto` or `break` what has to come must
be nowhere, or else it is one more way to it, on which the conditions of the dots count.
"""

from __future__ import annotations

from collections.abc import Callable

from refactor.c.flow import JUMPS, Point, body_of, reachable


class Excuses:
    """The excuses of one walk.

    `is_met` says if what has to come next is at a point with all that is behind it, `begins` if its
    first item is: so much is enough to go for behind a `goto`, as dots are the shortest path.
    """

    def __init__(self, is_met: Callable[[Point], bool], begins: Callable[[Point], bool]) -> None:
        self.is_met = is_met
        self.begins = begins
        self.known: dict[int, bool] = {}
        """By the identity of the node of a head."""
        self.begun: dict[int, bool] = {}
        self.leads: dict[int, bool] = {}
        """By the identity of a point, if what has to come next is anywhere behind it."""

    def gives_up(self, head: Point) -> bool:
        """True for the head of an `if` whose first branch is the handling of an error."""
        if head.branch is None or head.node is None:
            return False
        if id(head.node) not in self.known:
            self.known[id(head.node)] = self._ends_in_jumps(head.branch, head)
        return self.known[id(head.node)]

    def _ends_in_jumps(self, start: Point, head: Point) -> bool:
        assert head.node is not None
        branch = body_of(head.node)
        seen: set[int] = set()
        stack = [start]
        while stack:
            point = stack.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            node = point.node
            if branch is None or node is None or not branch.start <= node.start < branch.end:
                return False
            if self.is_met(point):
                return False
            if point.kind != "statement" or node.kind not in JUMPS:
                stack += point.next
            elif node.kind in ("goto", "break") and any(map(self._leads_there, point.next)):
                return False
        return True

    def _leads_there(self, target: Point) -> bool:
        found = self.leads.get(id(target))
        if found is None:
            found = any(map(self._begins, reachable(target, lambda at: at.next)))
            self.leads[id(target)] = found
        return found

    def _begins(self, point: Point) -> bool:
        if id(point) not in self.begun:
            self.begun[id(point)] = self.begins(point)
        return self.begun[id(point)]
