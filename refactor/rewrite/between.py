"""What lies between tokens that go: a comment or a directive there must not go silently."""

from __future__ import annotations

import re
from collections.abc import Sequence

from refactor.pattern.binding import Pair
from refactor.pattern.tokens import Token, flat
from refactor.rewrite.changes import CannotSpliceError
from refactor.rewrite.path import Path
from refactor.rewrite.statements import with_comment


def no_comment(path: Path, removed: Sequence[Token]) -> None:
    """A comment between tokens that go would go silently.

    One in what a hole or dots stand for belongs to that, and goes along.
    """
    position = -1
    skips = False
    for token in flat(removed):
        if token.kind in ("dots", "nest"):
            skips = True
            continue
        pair = path.pairs.get(token.number)
        if pair is None or pair.end <= pair.start:
            continue
        if 0 <= position < pair.start and not skips:
            _refuse_comment(path.data, position, pair.start)
        position = max(position, pair.end)
        skips = False


def no_stray_comment(
    path: Path,
    removed: Sequence[Token],
    pairs: Sequence[Pair],
    left: int,
    right: int,
    *,
    goes: bool,
) -> None:
    """A comment beside an item of a list is about it: it cannot stay where the item has gone.

    `left` and `right` are where the code that stays ends and begins. With `goes` nothing comes in
    the place of the item; otherwise it is one that has moved.
    """
    if not any(
        each.node is not None and each.node.parent is not None and each.node.parent.kind in _LISTS
        for each in pairs
    ):
        return
    start, end = min(each.start for each in pairs), max(each.end for each in pairs)
    before, behind = path.data[left:start], path.data[end:right]
    if b"\n" in before and path.data[left - 1 : left] == b",":
        before = before[before.index(b"\n") :]  # what ends a line is about what it stands behind
    if removed[0].text != b"," and (b"/*" in before or b"//" in before):
        raise CannotSpliceError("comment", left + len(before) - len(before.lstrip()))
    if b"/*" in behind or b"//" in behind:
        # Behind a comma a comment is about what follows, unless the line ends with it.
        if goes and removed[-1].text == b"," and b"\n" not in behind:
            return
        raise CannotSpliceError("comment", end + len(behind) - len(behind.lstrip()))


_LISTS = ("args", "params", "init")


def _refuse_comment(data: bytes, start: int, end: int) -> None:
    gap = data[start:end]
    first = with_comment(data, start)
    if first < end and gap[: first - start].strip() and data[start - 1 : start] == b";":
        start, gap = first, data[first:end]  # one behind a statement goes with it
    if b"/*" in gap or b"//" in gap:
        raise CannotSpliceError("comment", start + len(gap) - len(gap.lstrip()))
    if re.search(rb"^[ \t]*#", gap, re.MULTILINE):
        raise CannotSpliceError("directive", start)
