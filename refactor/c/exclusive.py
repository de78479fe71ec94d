"""Which pieces of code are never compiled together: those in two branches of one conditional."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refactor.c.lexical import Directive


def never_together(directives: Sequence[Directive], offsets: Iterable[int]) -> bool:
    """True if two of some offsets, in bytes, are in different branches of one conditional.

    `directives` are all of the file, in order. What two conditions say of each other is not known.
    """
    chosen: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    behind = 0
    for offset in sorted(set(offsets)):
        while behind < len(directives) and directives[behind].span.start <= offset:
            _go_by(directives[behind], opened)
            behind += 1
        if any(chosen.setdefault(number, branch) != branch for number, branch in opened):
            return True
    return False


def _go_by(directive: Directive, opened: list[tuple[int, int]]) -> None:
    """Keep the conditionals around what follows: where each begins, and which branch it is."""
    if directive.keyword in (b"if", b"ifdef", b"ifndef"):
        opened.append((directive.span.start, 0))
    elif directive.keyword == b"endif":
        opened[-1:] = []
    elif directive.keyword.startswith(b"el") and opened:
        opened[-1] = (opened[-1][0], opened[-1][1] + 1)
