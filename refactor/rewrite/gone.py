"""What a match takes out, as spans that do not overlap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from refactor.c.code import Code
from refactor.pattern.binding import Pair
from refactor.pattern.hunks import Hunk
from refactor.pattern.tokens import REMOVED
from refactor.rewrite.above import with_comment
from refactor.rewrite.bodies import is_body, token_before
from refactor.rewrite.changes import Changes, Gone
from refactor.rewrite.path import Path, is_blank
from refactor.rewrite.written import BEHIND, Piece, Written


def joined(data: bytes, removed: Sequence[Pair]) -> list[tuple[int, int]]:
    """The spans of removed tokens, joined where only white space is between them."""
    spans: list[tuple[int, int]] = []
    for pair in sorted(removed, key=lambda each: (each.start, each.end)):
        if spans and pair.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pair.end))
        elif spans and is_blank(data[spans[-1][1] : pair.start]):
            spans[-1] = (spans[-1][0], pair.end)
        else:
            spans.append((pair.start, pair.end))
    return spans


def merged(gone: Sequence[Gone], data: bytes) -> list[Gone]:
    """What goes in order, without what is inside of something else that goes."""
    found: list[Gone] = []
    for each in sorted(gone, key=lambda one: (one.start, -one.end)):
        if found and each.end <= found[-1].end:
            continue
        found.append(each)
    return found


def following(gone: Sequence[Gone], data: bytes) -> list[int]:
    """Where statements that go have nothing but white space, and a comment that goes as well,
    between them and the one before. The line that ends the declarations is nothing of theirs."""
    return [
        each.start
        for before, each in pairwise(gone)
        if each.node is not None
        and before.node is not None
        and before.node.kind != "declaration"
        and is_blank(data[with_comment(data, before.end) : each.start])
    ]


def goes_with(changes: Changes, data: bytes, end: int, gone: Sequence[Gone]) -> None:
    """Statements that go behind one which another one takes the place of, and which ends at an
    offset: that one comes for all, so a comment behind the last is about it, unless it has one."""
    stop = with_comment(data, end)
    if not gone or not is_blank(data[stop : gone[0].start]):
        return
    if not _declares(gone[0].node, end):
        changes.follows.append(gone[0].start)
    last = gone[-1].end
    comment = data[last : with_comment(data, last)]
    if comment and stop == end:
        changes.pieces.append(Piece(end, end, Written(comment), BEHIND))


def element_goes(path: Path, changes: Changes, hunk: Hunk, removed: Sequence[Pair]) -> bool:
    """An element with lines of its own goes with them, and with its comma. False if it has none."""
    data, start, end = path.data, removed[0].start, max(each.end for each in removed)
    comma = re.match(rb"\s*,", data[end : end + 200])
    if comma is not None and data[end - 1 : end] != b",":
        end += len(comma[0])
    if data[path.line_start(start) : start].strip() or path.goes_on(with_comment(data, end)):
        return False
    gone = Gone(start, end)
    left = path.edge(hunk.left, last=True)
    if left is not None and hunk.left is not None and hunk.left.mark == REMOVED:
        goes_with(changes, data, left.end, [gone])
    changes.gone.append(gone)
    return True


def _declares(behind: Code | None, end: int) -> bool:
    """True if what ends at an offset before a statement is a declaration."""
    around = behind.parent if behind is not None else None
    return around is not None and any(
        each.kind == "declaration" and each.end == end for each in around.children
    )


def without_bodies(gone: Sequence[Gone], rest: Sequence[Pair]) -> tuple[list[Gone], list[Pair]]:
    """Statements that go, but branches whose `if` or `else` goes as well: these are no statements
    that leave empty braces, but a part of what is taken away as a whole."""
    heads = {each.start for each in rest}
    found: list[Gone] = []
    bodies: list[Pair] = []
    for each in gone:
        head = token_before(each.node) if each.node is not None and is_body(each.node) else None
        if head is not None and head.start in heads:
            bodies.append(Pair(-1, each.start, each.end, each.node))
        else:
            found.append(each)
    return found, bodies
