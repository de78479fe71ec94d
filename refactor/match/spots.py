"""Where the statements of a pattern that stand side by side can be in a function at all.

`t = a; a = b; b = t;` is three assignments in a row, of which the first sets what the last one
reads. That is told by the kinds of the statements and by the tokens of their sides, before
anything is bound; most functions have no such row, and the walks over the dots around it are not
begun in them.

No match can be lost by that. Statements of a pattern without dots between them meet statements that
follow one another in one list. An item meets none but the kinds that `kinds_of` names, an
assignment is no other expression, two holes of one name stand for equal tokens, and nothing but an
empty statement is one. In doubt, as at a conditional directive, where the row may go on in another
branch, the answer is that it may be there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from refactor.c.code import Code
from refactor.pattern.compile import Pattern
from refactor.pattern.heads import kinds_of
from refactor.pattern.statements import following, is_bare, is_dots, is_empty, is_optional

Below = Callable[[Code, Collection[str | bytes]], Iterator[Code]]
"""The nodes at and below one of some heads."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is assigned to what, of an item that is no more than that: the holes on both sides."""

    left: str
    right: str
    is_name: bool
    """True if what is assigned to is one word."""


@dataclass(frozen=True, slots=True)
class _Item:
    kinds: frozenset[str]
    is_assignment: bool
    sides: _Sides | None


class Spots:
    """Of the rows of one pattern, in the functions of one file; each is told once."""

    def __init__(self, pattern: Pattern, below: Below) -> None:
        self._below = below
        items = [pattern.searched(each) for each in pattern.items]
        # What a semantic patch knows other forms of may be anything, and two definitions stand in
        # two functions.
        is_told = not pattern.forms and (
            len(items) == 1 or all(each.kind not in ("function", "directive") for each in items)
        )
        self._rows = list(_rows(items)) if is_told else []
        self._has_empty = is_told and any(map(_has_empty, items))
        self._known: dict[int, tuple[Code, bool]] = {}

    def may_be_in(self, top: Code) -> bool:
        """False if a function lacks one of the rows, or the empty statement that has to come."""
        # Only in a function is it certain that all of a match is below one node.
        if not (self._rows or self._has_empty) or top.kind != "function":
            return True
        known = self._known.get(id(top))
        if known is None:
            may = all(self._has(row, top) for row in self._rows)
            if self._has_empty:
                may = may and any(map(is_empty, self._below(top, ("expr_stmt",))))
            known = self._known[id(top)] = (top, may)
        return known[1]

    def _has(self, row: Sequence[_Item], top: Code) -> bool:
        return any(_is_row(row, each) for each in self._firsts(row[0], top))

    def _firsts(self, item: _Item, top: Code) -> Iterator[Code]:
        if not item.is_assignment:
            yield from self._below(top, item.kinds)
            return
        for inner in self._below(top, ("assign", *_COUNTED)):
            if inner.parent is not None and inner.parent.kind == "expr_stmt":
                yield inner.parent


def _has_empty(item: Code) -> bool:
    """True if there is no match of an item without an empty statement, which no other code is."""
    if is_dots(item) or is_optional(item):
        return False
    if item.kind == "disj":
        return all(map(_has_empty, item.children))
    return is_empty(item) or any(map(_has_empty, item.children))


def _rows(items: Sequence[Code]) -> Iterator[list[_Item]]:
    """The items of a pattern between two dots, two and more that have to be there."""
    for is_sure, group in groupby(items, _is_sure):
        row = [_item(each) for each in group] if is_sure else []
        if len(row) > 1:
            yield row


def _is_sure(item: Code) -> bool:
    """True for one statement that has to come, as it stands."""
    return not (
        is_dots(item)
        or is_bare(item)
        or is_optional(item)
        or item.kind in ("disj", "conj", "seq", "meta", "wrapped", "return", "block")
    )


_COUNTED = ("postfix", "unary")
"""What an assignment may be written like as well, if it counts."""


def _item(item: Code) -> _Item:
    inner = item.children[0] if item.kind == "expr_stmt" and item.children else None
    is_assignment = inner is not None and inner.kind == "assign"
    sides = _sides(inner) if inner is not None and is_assignment else None
    return _Item(kinds_of(item), is_assignment, sides)


def _sides(node: Code) -> _Sides | None:
    if len(node.parts) != 3 or node.parts[1].text != b"=":
        return None
    left, _, right = node.parts
    if left.kind != "meta" or right.kind != "meta":
        return None
    one, other = left.token.meta, right.token.meta
    return _Sides(one.name, other.name, one.sort == "identifier")


def _is_row(row: Sequence[_Item], first: Code) -> bool:
    """True if a row may begin at a statement."""
    node: Code | None = first
    known: dict[str, tuple[bytes, ...]] = {}
    for item in row:
        if node is None:
            return False
        if node.kind == "directive":
            return True
        if node.kind not in item.kinds or not _may_be(item, node, known):
            return False
        node = following(node)
    return True


def _may_be(item: _Item, node: Code, known: dict[str, tuple[bytes, ...]]) -> bool:
    """False if a statement is no such assignment, or not of what has been assigned before."""
    if not item.is_assignment or node.kind != "expr_stmt" or not node.children:
        return True
    inner = node.children[0]
    if inner.kind != "assign":
        return inner.kind in _COUNTED
    if item.sides is None or len(inner.parts) != 3:
        return True
    left, _, right = inner.parts
    if item.sides.is_name and left.kind not in ("ident", "storage"):
        return False
    for name, side in ((item.sides.left, left), (item.sides.right, right)):
        # A test may be met as what it tests.
        if side.kind != "binary" and known.setdefault(name, side.key()) != side.key():
            return False
    return True
