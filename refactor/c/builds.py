"""What a compiler sees of code that a conditional cuts into pieces which are no units.

The parser is shown all branches at once (`refactor.c.branches`), and what that reads as is no
build's code where a branch is no whole statement, member, element or definition:

    #ifdef A
    static const struct ops o = {
    #else
    struct other o = {
    #endif
            .read = f,
    };

Here each build is made by itself, with the other branches blanked, so that all offsets stay. The
conditionals whose branches are whole are left as they are: nothing is read wrongly for them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from refactor.c.lexical import WINDOW, Directive, code_only, directives
from refactor.text import Span

FEW = 4
"""Of how many conditions all combinations are looked at; of more, all of any two."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A conditional with a branch that is no whole: its directives, the last one an #endif."""

    directives: tuple[Directive, ...]
    conditions: tuple[tuple[bytes, bool], ...]
    """What the branches ask for, and whether that has to be so; an #else asks for nothing."""

    def hidden(self, values: Mapping[bytes, bool]) -> Iterator[Span]:
        """Its directives, and the branches that are not compiled."""
        taken = False
        for (one, other), (name, wanted) in zip(
            pairwise(self.directives), self.conditions, strict=True
        ):
            yield one.span
            if taken or values[name] != wanted:
                yield Span(one.span.end, other.span.start)
            else:
                taken = True
        yield self.directives[-1].span


def builds(
    data: bytes, items: Sequence[Span], *, alone: bool, every: bool = False
) -> tuple[list[Span], list[bytes]]:
    """Those of the items that are torn, and texts of which each has another build of each of them;
    no text if there is no such item. What is not hidden is in its place in each text.

    With `alone` all else is blank. Conditionals that are not torn are as they are, but with `every`
    they are taken for such.
    """
    marks = sorted(
        (
            (each.span.start, number, one)
            for number, one in enumerate(torn(data, every=every))
            for each in one.directives
        ),
        key=lambda mark: mark[:2],
    )
    split: list[Span] = []
    ways: list[list[list[Span]]] = []
    for item in items if marks else ():
        first = bisect_left(marks, item.start, key=lambda mark: mark[0])
        last = bisect_left(marks, item.end, key=lambda mark: mark[0])
        mine = list({number: one for _, number, one in marks[first:last]}.values())
        found = _ways(data, item, mine) if mine else []
        if found:
            split.append(item)
            ways.append(found)
    texts = []
    for number in range(max(map(len, ways), default=0)):
        text = bytearray(data)
        for found in ways:
            _hide(text, found[min(number, len(found) - 1)])
        if alone:
            shown = bytearray(bytes(text).translate(_BLANKED))
            for item in split:
                shown[item.start : item.end] = text[item.start : item.end]
            text = shown
        texts.append(bytes(text))
    return split, texts


def _ways(data: bytes, item: Span, found: Sequence[Torn]) -> list[list[Span]]:
    """What each build hides of an item. Where a brace has no other one, it is no build."""
    names = {name for each in found for name, _ in each.conditions} - _FIXED.keys()
    made: dict[bytes, list[Span]] = {}
    for chosen in _choices(len(names)):
        values = dict(zip(sorted(names), chosen, strict=True)) | _FIXED
        hidden = [span for each in found for span in each.hidden(values)]
        text = bytearray(data[item.start : item.end])
        _hide(text, (_within(each, item) for each in hidden))
        if _is_balanced(code_only(bytes(text))):
            made.setdefault(bytes(text), hidden)
    return list(made.values())


def _hide(text: bytearray, spans: Iterable[Span]) -> None:
    for each in spans:
        text[each.start : each.end] = text[each.start : each.end].translate(_BLANKED)


def torn(data: bytes, *, every: bool = False) -> list[Torn]:
    """Such conditionals of a buffer, in the order in which they end, or `every` one. In doubt one
    is such.

    The time is linear in the buffer.
    """
    if not _IF.search(data):
        return []
    return list(_Walk(code_only(data)).run(every))


def _within(span: Span, item: Span) -> Span:
    """A span as offsets of an item."""
    start = max(0, span.start - item.start)
    return Span(start, max(start, span.end - item.start))


def _choices(number: int) -> Iterator[tuple[bool, ...]]:
    """Whether each of some conditions holds: in all ways if they are few, or else so that any two
    of them hold together, either one alone, and neither: they differ in a bit of their numbers."""
    if number <= FEW:
        yield from product((True, False), repeat=number)
        return
    for holds in (True, False):
        yield (holds,) * number
        for bit in range(number.bit_length()):
            yield tuple((at >> bit & 1 == 0) == holds for at in range(number))


def _is_balanced(code: bytes) -> bool:
    depth = 0
    for brace in code.translate(None, _NO_BRACES):
        depth += 1 if brace == ord("{") else -1
        if depth < 0:
            return False
    return depth == 0


@dataclass(slots=True)
class _Open:
    """A conditional that has not ended: how deep the code before it is in braces of any kind."""

    directives: list[Directive]
    opened: tuple[int, int]
    is_torn: bool = False


class _Walk:
    def __init__(self, code: bytes) -> None:
        self.code = code
        self.found = list(directives(code))
        bare = bytearray(code)
        for each in self.found:
            start, end = each.span.start, each.span.end
            bare[start:end] = bare[start:end].translate(_BLANKED)
        self.bare = bytes(bare)

    def run(self, every: bool) -> Iterator[Torn]:
        opened: list[_Open] = []
        depth = (0, 0)
        position = 0
        for each in self.found:
            is_if, is_end = each.keyword in _BEGINS, each.keyword == b"endif"
            if not (is_if or is_end or each.keyword.startswith(b"el")):
                continue
            before = depth
            depth, least = self._depth(position, each.span.start, depth)
            position = each.span.end
            if not is_if and not opened:
                continue
            if is_if:
                opened.append(_Open([each], depth))
            else:
                now = opened[-1]
                now.is_torn |= depth != now.opened or min(before[1], least) < now.opened[1]
                now.directives.append(each)
                depth = now.opened if not is_end else depth
            opened[-1].is_torn |= depth[0] > 0 or not self._is_between(each)
            if is_end:
                now = opened.pop()
                if now.is_torn or every:
                    yield Torn(tuple(now.directives), tuple(map(self._asked, now.directives[:-1])))

    def _depth(self, start: int, end: int, depth: tuple[int, int]) -> tuple[tuple[int, int], int]:
        """How many parentheses and braces are open at the end, and the fewest braces in between."""
        parentheses, braces = depth
        least = braces
        for mark in self.bare[start:end].translate(None, _NO_MARKS):
            if mark in b"([":
                parentheses += 1
            elif mark in b")]":
                parentheses = max(0, parentheses - 1)
            elif mark == ord("{"):
                braces += 1
            else:
                braces -= 1
                least = min(least, braces)
        return (parentheses, braces), least

    def _is_between(self, directive: Directive) -> bool:
        """True for a directive between statements, members, elements or definitions."""
        start, end = directive.span.start, directive.span.end
        before = self.bare[max(0, start - WINDOW) : start].rstrip()
        behind = _BLANKS.match(self.bare, end)
        if _GOES_ON.match(self.bare, behind.end() if behind else end):
            return False
        return before[-1:] in (b"", b";", b"{", b"}", b",") or bool(_LABEL.search(before))

    def _asked(self, directive: Directive) -> tuple[bytes, bool]:
        text = b" ".join(self.code[directive.rest.start : directive.rest.end].split())
        word = directive.keyword
        if word in (b"ifdef", b"ifndef", b"elifdef", b"elifndef"):
            return text, b"n" not in word
        known = _DEFINED.fullmatch(text)
        if known is not None:
            return known[2], not known[1]
        return text, True


_IF = re.compile(rb"^[ \t]*#[ \t]*if", re.MULTILINE)
_BEGINS = (b"if", b"ifdef", b"ifndef")
_BLANKED = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_BLANKS = re.compile(rb"[\s\\]*")
_GOES_ON = re.compile(rb"else\b|[,)\]=?]")
_LABEL = re.compile(rb"(?:^|[;{}:])\s*(?:case\b[^;{}]*|\w+\s*):\Z")
_DEFINED = re.compile(rb"(!?) ?defined ?\(? ?(\w+) ?\)?")
_FIXED = {b"": True, b"0": False, b"1": True}
_NO_BRACES = bytes(sorted(set(range(256)) - set(b"{}")))
_NO_MARKS = bytes(sorted(set(range(256)) - set(b"(){}[]")))
