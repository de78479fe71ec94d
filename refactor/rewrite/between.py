"""What lies between tokens that go: a comment or a directive there must not go silently."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def _refuse_comment(data: bytes, start: int, end: int) -> None:
    gap = data[start:end]
    first = with_comment(data, start)
    if first < end and gap[: first - start].strip() and data[start - 1 : start] == b";":
        start, gap = first, data[first:end]  # one behind a statement goes with it
    if b"/*" in gap or b"//" in gap:
        raise CannotSpliceError("comment", start + len(gap) - len(gap.lstrip()))
    if re.search(rb"^[ \t]*#", gap, re.MULTILINE):
        raise CannotSpliceError("directive", start)
