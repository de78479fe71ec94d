"""What the walk over dots and the cases of a switch ask of the matching of statements in a row.

`refactor.pattern.paths` answers; it walks, so what it is asked stands apart from both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from refactor.c.code import Code
from refactor.c.flow import Flow
from refactor.pattern.binding import State
from refactor.pattern.leaves import Leaves
from refactor.pattern.matching import Matcher
from refactor.pattern.whereabouts import Rows


class Asked(Protocol):
    """Do these items begin here?"""

    m: Matcher
    block: Code | None
    """What has to end with the items, None for no end."""
    within: Code | None
    """What no path may leave: that block, or the body of a switch whose cases need not end."""
    some: bool
    """True if one path is enough (`exists`)."""

    def row(
        self,
        items: tuple[Code, ...],
        node: Code | None,
        last: Code | None,
        state: State,
        before: tuple[Code, ...] = (),
        skips: bool = True,
    ) -> Iterator[Leaves]:
        """The items from a statement on."""

    def may(self, item: Code, node: Code, state: State) -> bool:
        """False if an item cannot be at a statement, as far as words tell."""

    def has_place(self, item: Code, rows: Rows, top: Code | None) -> bool:
        """False if nothing in a part of the file can be what an item meets."""

    def rows(self, item: Code, state: State, top: Code) -> Rows:
        """Where in a part of the file the signs of an item are."""

    def flow(self, node: Code) -> Flow | None:
        """The flow of the function around a node."""

    def alone(self, item: Code) -> frozenset[str]:
        """The names that nothing but an item speaks of."""

    def spoken_apart(
        self, dots: Code, rest: tuple[Code, ...]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of the names behind dots, those that mean one value on all paths, and those of which code
        that comes before them speaks."""

    def free(self) -> Asked:
        """The same without a block that has to end."""

    def inside(self, block: Code) -> Asked:
        """The same without a block that has to end, but with one that no path leaves."""
