"""Matches in code that the parser is shown in pieces of several builds.

Such code is matched as it is shown, and that is right only where each build says the same. So each
of them is asked (`refactor.c.builds`): what a match changes has to be changed by a match there as
well, in every build that has this code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from refactor.c.builds import builds
from refactor.c.code import Code
from refactor.c.items import cut
from refactor.c.lexical import covering
from refactor.match.index import Index
from refactor.match.made import is_made
from refactor.match.sites import Seeker, Site
from refactor.pattern.binding import Binding, Pair
from refactor.pattern.compile import Pattern
from refactor.pattern.tokens import flat

Read = Callable[[bytes, Sequence[int]], Code]
"""A text as nodes, at least the items that have some places in them."""


def in_some_builds(
    seeker: Seeker,
    sites: Sequence[Site],
    given: Mapping[str, Binding],
    read: Read,
    done: Collection[int] | None = None,
    *,
    every: bool = False,
) -> Iterator[tuple[Site, int]]:
    """The matches of which some build has what they change, and does not match there; and where
    that is.

    `given` is what is bound already, `done` are the identities of matches that are as the rule
    would leave them, which has to be so in every build too; None if none can be. With `every` all
    builds are asked, also where they differ in whole statements or elements.
    """
    data = seeker.data
    if not sites or b"#" not in data:
        return
    starts = sorted({site.start for site in sites})
    items, texts = builds(
        data, [each.span for each in cut(data, starts).items], alone=True, every=every
    )
    inside = [site for site in sites if texts and covering(items, site.start) is not None]
    changing = _changing(seeker.pattern)
    met = [list(_met(site, changing)) for site in inside]
    missing: dict[int, int] = {}
    for text in texts:
        there = [[each for each in one if _is_in(text, data, each)] for one in met]
        offsets = sorted({each.start for one in there for each in one})
        if not offsets:
            continue
        asked = replace(seeker, data=text, root=read(text, offsets), index=Index())
        hits = {
            (done is not None and is_made(asked, site, given), each.number, each.start)
            for site in asked.sites(given)
            for each in _met(site, changing)
        }
        for number, pairs in enumerate(there):
            is_done = done is not None and id(inside[number]) in done
            for each in pairs:
                if (is_done, each.number, each.start) not in hits:
                    missing[number] = min(missing.get(number, each.start), each.start)
    yield from ((inside[number], missing[number]) for number in sorted(missing))


def _changing(pattern: Pattern) -> frozenset[int]:
    """The tokens that go, and those beside which something comes."""
    found: set[int] = set()
    for hunk in pattern.hunks:
        found |= {each.number for each in flat(hunk.removed)}
        if hunk.added:
            found |= {each.number for each in (hunk.left, hunk.right) if each is not None}
    return frozenset(found)


def _met(site: Site, numbers: frozenset[int]) -> Iterator[Pair]:
    return (each for each in site.pairs() if each.number in numbers and each.end > each.start)


def _is_in(text: bytes, data: bytes, pair: Pair) -> bool:
    return text[pair.start : pair.end] == data[pair.start : pair.end]
