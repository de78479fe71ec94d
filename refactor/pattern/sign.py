"""A sign: something that is in the text of every match, and how it is looked for in a file.

Words are searched in a tree; in a file there is more to go by: the operators and keywords of a
pattern, the words of what another rule has bound, the place that another rule has found. To look
for these takes a thousandth of the time that it takes to read the code. Which signs a pattern has
is told by `refactor.pattern.sieve`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from refactor.c.lexical import mentions
from refactor.pattern.binding import Binding
from refactor.pattern.words import hollow


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that is in the text of every match, in one of several forms."""

    texts: tuple[bytes, ...] = ()
    """Regular expressions."""
    metas: tuple[str, ...] = ()
    """Names that are bound already: a word of what they are bound to."""
    places: tuple[str, ...] = ()
    """Positions that are bound already."""
    rank: int = 9
    """How rare it is; the smaller, the rarer."""
    twice: bool = False
    """True if the word before it comes again behind it, in the same statement."""
    before: bytes = b""
    """What stands before the first word of what is bound to the name; an expression."""
    behind: bytes = b""
    """What stands behind the last word of it."""

    def known(self, given: Mapping[str, Binding]) -> Known | None:
        """The sign where some names are bound; None if it tells nothing there."""
        texts = list(self.texts)
        words = []
        for name in self.metas:
            value = given.get(name)
            word = _word_in(value)
            if value is None or word is None:
                return None
            first, last = value.key[0], value.key[-1]
            if self.before and _WORD.fullmatch(first):
                texts.append(self.before + rb"\b" + first + rb"\b")
            elif self.behind and _WORD.fullmatch(last):
                texts.append(whole(last) + self.behind)
            else:
                words.append(word.decode())
        offsets = []
        for name in self.places:
            value = given.get(name)
            if value is None or value.kind != "position":
                return None
            offsets += [int(start) for start, _ in value.places]
        return Known(tuple(sorted(texts)), tuple(sorted(words)), tuple(offsets), self.twice)


@dataclass(frozen=True, slots=True)
class Known:
    """A sign, ready to be looked for."""

    texts: tuple[bytes, ...]
    """Regular expressions."""
    words: tuple[str, ...]
    offsets: tuple[int, ...]
    twice: bool

    def hits(self, data: bytes, start: int = 0, end: int | None = None) -> list[int]:
        """Where it is, ascending, between two offsets."""
        end = len(data) if end is None else end
        found = [each for each in self.offsets if start <= each < end]
        found += self._matches(data, start, end)
        return sorted(found)

    def is_in(self, data: bytes, start: int = 0, end: int | None = None) -> bool:
        """True if it is between two offsets at all."""
        end = len(data) if end is None else end
        return any(start <= each < end for each in self.offsets) or any(
            True for _ in self._matches(data, start, end)
        )

    def _matches(self, data: bytes, start: int, end: int) -> Iterator[int]:
        for low, high in self._places(data, start, end):
            if not self.twice or _comes_again(data, low, high):
                yield low

    def _places(self, data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        # One search for each form: where all begin with one byte, that is looked for at once.
        for text in self.texts:
            yield from (match.span() for match in _compiled(text).finditer(data, start, end))
        # What names are bound to is another word in each function, and so no regular expression:
        # to make one takes as long as to look through a hundred kilobytes.
        for word in self.words:
            yield from ((each.start, each.end) for each in mentions(data, word, start, end))


def whole(word: bytes) -> bytes:
    """A regular expression for a word, which begins with its letters, and so is found quickly."""
    return word + rb"(?<!\w" + word + rb")\b"


@lru_cache(4096)  # many of them have words of the code in them
def _compiled(text: bytes) -> re.Pattern[bytes]:
    return re.compile(text, re.MULTILINE)


_CLOSING = b" \t\r\n\f\v)]\\"
_LETTERS = bytes(each for each in range(256) if re.match(rb"\w", bytes([each])))


def _comes_again(data: bytes, start: int, end: int) -> bool:
    """True if the word before an operator comes again behind it."""
    text = data[max(0, start - 120) : start]
    operand = text.rstrip(_CLOSING)
    last = operand[len(operand.rstrip(_LETTERS)) :]
    if not last:
        # A literal or a comment; or no operand, as before the `&` of `&x`; or much white space.
        return operand.endswith((b'"', b"'", b"*/")) or not text.strip()
    stop = data.find(b";", end)
    return data.find(last, end, stop if stop >= 0 else len(data)) >= 0


_WORD = re.compile(rb"[A-Za-z_]\w*")


def _word_in(value: Binding | None) -> bytes | None:
    """The longest word of a value, which every piece of code that equals it has."""
    if value is None or value.kind not in ("code", "type"):
        return None
    words = [each for each in value.key if _WORD.fullmatch(each)]
    words = [each for each in words if not hollow(each)]
    numbers = [each for each in value.key if re.fullmatch(rb"\d\w*", each)]
    return max(words or numbers, key=len, default=None)
