"""Lines that have come back to what they were, after one rule has undone what another one did."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from refactor.c.code import lexemes
from refactor.c.layout import indent_of


def as_they_were(before: bytes, after: bytes) -> bytes:
    """A new text with the lines of the old one where they differ by the white space in them alone.

    Rules that mark `x` as `MARK(x)` for those behind them, and take the marks away in the end, may
    have broken a line that was too long with the mark: nobody has asked for that. An indent that
    is another one says that something around these lines has changed.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[bytes] = []
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        found += old[i:j] if _are_same(old[i:j], new[k:m]) else new[k:m]
    return b"".join(found)


def _are_same(old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    if not old or not new or indent_of(old[0]) != indent_of(new[0]):
        return False
    if any(line.lstrip().startswith(b"#") for line in (*old, *new)):
        return False  # a blank behind the name of a macro means something
    one, other = b"".join(old), b"".join(new)
    return b"".join(one.split()) == b"".join(other.split()) and _tokens(one) == _tokens(other)


def _tokens(code: bytes) -> list[bytes]:
    return [code[each.start : each.end] for each in lexemes(code)]
