"""Where what a later pass has read stood in the original file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher

from refactor.text import Span


class Places:
    """From offsets of what a pass has read to offsets of the original.

    What stands in a line that is the same has its own place, anything else that of whole lines.
    """

    def __init__(self, original: bytes) -> None:
        self.data = original
        self.maps: dict[int, tuple[list[int], set[int], list[int], list[int]]] = {}

    def original(self, data: bytes, start: int, end: int) -> Span:
        """The span of the original that a span of a later buffer has come from."""
        if data is self.data or data == self.data or not data:
            return Span(start, max(start, end))
        lines, same, starts, origin = self._map(data)
        first = bisect_right(starts, start) - 1
        last = bisect_right(starts, max(start, end - 1)) - 1
        begin = origin[lines[first]]
        if first in same and last in same:
            stop = origin[lines[last]] + end - starts[last]
            return Span(begin + start - starts[first], max(begin + start - starts[first], stop))
        stop = origin[min(lines[last] + 1, len(origin) - 1)]
        return Span(begin, max(begin, stop))

    def original_of(self, data: bytes, span: Span) -> Span:
        """The same of a span."""
        return self.original(data, span.start, span.end)

    def _map(self, data: bytes) -> tuple[list[int], set[int], list[int], list[int]]:
        key = id(data)
        if key not in self.maps:
            old, new = self.data.splitlines(True), data.splitlines(True)
            lines = [0] * (len(new) + 1)
            same: set[int] = set()
            for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
                same.update(range(k, m) if tag == "equal" else ())
                for number in range(k, m):
                    lines[number] = i + (
                        number - k if tag == "equal" else min(number - k, max(0, j - i - 1))
                    )
            lines[len(new)] = max(0, len(old) - 1)
            self.maps[key] = (lines, same, _starts(new), _starts(old))
        return self.maps[key]


def _starts(lines: Sequence[bytes]) -> list[int]:
    found = [0]
    for line in lines:
        found.append(found[-1] + len(line))
    return found
