"""The diff of a file as git writes it, taken apart into hunks and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refactor.report.text import one_line

HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$", re.MULTILINE)

CONTEXT, GONE, COME, REMARK = " ", "-", "+", "\\"
"""How a line of a hunk begins; the last one is git's own remark about the line before it."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines in a row: where they begin, from 1, before and after, and each with its sign."""

    old: int
    new: int
    heading: str
    """What git says of the place, as a rule the head of the function."""
    lines: tuple[tuple[str, str], ...]
    """The sign of each line, and its text, in which nothing is left that a page must not have."""


def hunks(diff: bytes) -> tuple[Hunk, ...]:
    """The hunks of the diff of one file."""
    text = decoded(diff)
    found = list(HUNK.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    return tuple(
        Hunk(
            int(head[1]),
            int(head[3]),
            printed(head[5].strip()),
            tuple(
                (line[0], printed(line[1:]))
                for line in text[head.end() + 1 : end].removesuffix("\n").split("\n")
            ),
        )
        for head, end in zip(found, ends, strict=True)
    )


def ranges(diff: bytes) -> Sequence[tuple[int, int]]:
    """The first and the last line of each hunk, in the file before."""
    return [_range(int(head[1]), head[2]) for head in HUNK.finditer(decoded(diff))]


def _range(start: int, count: str | None) -> tuple[int, int]:
    return start, start + int(count or 1) - 1


def sums(every: Sequence[Hunk]) -> tuple[int, int]:
    """How many lines come, and how many go."""
    signs = [sign for hunk in every for sign, _ in hunk.lines]
    return signs.count(COME), signs.count(GONE)


def blocks(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[list[int], list[int]]]:
    """The numbers of lines that go, and of those that come in their place."""
    gone: list[int] = []
    come: list[int] = []
    for number, (sign, _) in enumerate(lines):
        if sign == COME:
            come.append(number)
        elif sign == GONE and not come:
            gone.append(number)
        elif sign != REMARK:
            yield gone, come
            gone, come = ([number], []) if sign == GONE else ([], [])
    yield gone, come


def decoded(diff: bytes) -> str:
    """Text of a diff; a byte that is no UTF-8 stays known as such."""
    return diff.decode(errors="surrogateescape")


def printed(line: str) -> str:
    """A line as it can be shown, with escapes for what would be obeyed, or lost, by a browser."""
    # Nearly all lines are plain, and to look at each character of many takes longest of all.
    return line if line.replace("\t", "").isprintable() else one_line(line)
