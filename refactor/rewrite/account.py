"""Which mentions the matches of a semantic patch account for.

A match reaches from its first token to its last, and much in between is no part of it: what dots
and holes stand for, and what stands beside the element of a list that is meant. What is there still
when all rules have run has had no verdict by the match around it, and needs one of its own.

So each mention is followed from pass to pass. It is accounted for where a token of a pattern has
met it, and where it has gone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from refactor.c.lexical import mentions
from refactor.match.sites import Site
from refactor.pattern.compile import Pattern
from refactor.text import Span

Moved = Callable[[int, int], list[tuple[int, int]]]
"""Where what stood between two offsets stands now; nowhere if it is not the same any more."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One rule that has written something."""

    before: bytes
    after: bytes
    moved: Moved


class Account:
    """What some matches account for, of all the passes that began with the text `data`."""

    def __init__(self, data: bytes, passes: Sequence[Pass], sites: Iterable[Site]) -> None:
        self._passes = passes
        number = {id(data): 0} | {id(each.after): n for n, each in enumerate(passes, 1)}
        met: list[list[Span]] = [[] for _ in range(len(passes) + 1)]
        for site in sites:
            met[number[id(site.data)]] += _met(site)
        self._met = [Cover(each) for each in met]

    def has(self, word: str, where: Span) -> bool:
        """True for a mention, where it stands in the first text, that needs no further verdict."""
        places = [where]
        for met, each in zip(self._met, self._passes, strict=False):
            if any(place.start in met for place in places):
                return True
            places = [
                now
                for place in places
                for start, end in each.moved(place.start, place.end)
                for now in mentions(each.after, word, start, end)
            ]
        return not places or any(place.start in self._met[-1] for place in places)


class Cover:
    """Spans that may lie in one another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [each.start for each in self._spans]
        self._ends: list[int] = []  # The furthest end so far decides.
        for each in self._spans:
            self._ends.append(max(each.end, self._ends[-1] if self._ends else 0))

    def __contains__(self, offset: int) -> bool:
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._ends[at]


def _met(site: Site) -> Iterator[Span]:
    """What the tokens of a pattern have met, holes aside that stand for anything."""
    for pair in site.pairs():
        if pair.end > pair.start and _is_said(site.pattern, pair.number):
            yield Span(pair.start, pair.end)


def _is_said(pattern: Pattern, number: int) -> bool:
    """True for a token that says what it meets: a word, or a hole with a condition."""
    leaf = pattern.leaves.get(number)
    if leaf is None or leaf.token is None or leaf.token.kind in ("dots", "nest", "group"):
        return False
    meta = leaf.token.meta
    return meta is None or bool(meta.constraints)
