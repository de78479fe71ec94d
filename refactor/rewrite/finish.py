"""The text of a buffer after the matches of a rule, its lines laid out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from refactor.c.syntax import SourceFile
from refactor.match.sites import Site
from refactor.rewrite.changes import CannotSpliceError
from refactor.rewrite.layout import NewPlaces, Text
from refactor.rewrite.merge import Merge, Trouble
from refactor.rewrite.remarks import Remarks, remarks
from refactor.rewrite.verify import Unsound, unsound


@dataclass(frozen=True, slots=True)
class Finished:
    """New text, and what could not be done."""

    after: bytes
    troubles: tuple[Trouble, ...] = ()
    long_lines: frozenset[int] = frozenset()
    """The identities of matches that have made lines which fit in no hundred columns."""
    texts: Mapping[int, bytes] = field(default_factory=dict)
    """What is now where a match was, by the identity of that."""
    moved: Callable[[int, int], list[tuple[int, int]]] = lambda start, end: [(start, end)]
    """Where what stood between two offsets stands now; nowhere if it is not the same any more."""
    idle: frozenset[int] = frozenset()
    """The identities of matches without an edit."""


def rewrite(
    source: SourceFile,
    sites: Sequence[Site],
    iterators: Iterable[bytes] = (),
    comment: Collection[str] | None = None,
) -> Finished:
    """Make the edits of all matches that can be made; the others are told with their reasons.

    `comment` are words of comments that go with a removed statement (`refactor.rewrite.remarks`).
    """
    told = remarks(source, comment) if comment is not None else None
    refused: dict[int, Trouble] = {}
    while True:
        able = [site for site in sites if id(site) not in refused]
        made = _made(source, able, told)
        if isinstance(made, Trouble):
            refused[id(made.site)] = made
            continue
        merge, text = made
        if merge.rivals:
            refused |= merge.rivals
            continue
        wrong = unsound(source, text, merge.done, iterators)
        if not wrong:
            troubles = (*refused.values(), *merge.troubles)
            places = text.places()
            rewritten = [each.site for each in merge.done]
            return Finished(
                text.written.text,
                troubles,
                _long_lines(text, places, rewritten),
                dict(_texts(text, places, rewritten)),
                partial(_moved, source.data, text.written.text, places),
                frozenset(id(site) for site in merge.idle),
            )
        for each in wrong:
            for site in _culprits(source, each, iterators, told):
                refused[id(site)] = Trouble(site, "result", each.offset, each.note)


def _made(
    source: SourceFile, sites: Sequence[Site], told: Remarks | None
) -> Trouble | tuple[Merge, Text]:
    merge = _merged(source, sites, told)
    while lost := merge.in_the_way():
        sites = [site for site in sites if id(site) not in lost]
        merge = _merged(source, sites, told)
    try:
        text = Text(source.data, merge.all_pieces())
    except CannotSpliceError as error:
        return Trouble(_blamed(merge, error.blame), error.reason, error.offset, error.note)
    text.lay_out()
    return merge, text


def _merged(source: SourceFile, sites: Sequence[Site], told: Remarks | None) -> Merge:
    merge = Merge(source.data, newline_of(source.data), told)
    merge.add_all(sites)
    return merge


def _long_lines(text: Text, places: NewPlaces, sites: Sequence[Site]) -> frozenset[int]:
    """The matches that are nearest to lines for which there is no layout."""
    return frozenset(
        id(min(sites, key=lambda site: abs(places.start(site.start) - at))) for at in text.misfits
    )


def _texts(text: Text, places: NewPlaces, sites: Sequence[Site]) -> Iterator[tuple[int, bytes]]:
    for site in sites:
        starts, ends = places.starts(site.start), places.ends(site.end)
        if starts and ends:
            yield id(site), text.written.text[min(starts) : max(ends)]


def _moved(
    data: bytes, after: bytes, places: NewPlaces, start: int, end: int
) -> list[tuple[int, int]]:
    if start < 0:
        return []  # it has gone before
    return [
        (begin, begin + end - start)
        for begin in places.starts(start)
        if after[begin : begin + end - start] == data[start:end]
    ]


def _culprits(
    source: SourceFile, wrong: Unsound, iterators: Iterable[bytes], told: Remarks | None
) -> Sequence[Site]:
    """The match whose fault it is, found by halving; all of them if it is none alone."""
    suspects: Sequence[Site] = wrong.suspects
    while len(suspects) > 1:
        middle = len(suspects) // 2
        for half in (suspects[:middle], suspects[middle:]):
            made = _made(source, half, told)
            if isinstance(made, Trouble) or unsound(source, made[1], made[0].done, iterators):
                suspects = half
                break
        else:
            return suspects
    return suspects


def _blamed(merge: Merge, offset: int) -> Site:
    """The smallest match around an offset."""
    inside = [each.site for each in merge.done if each.site.start <= offset <= each.site.end]
    candidates = inside or [each.site for each in merge.done]
    return min(candidates, key=lambda site: site.end - site.start)


def newline_of(data: bytes) -> bytes:
    """How the lines of a buffer end, as the first one does."""
    at = data.find(b"\n")
    return b"\r\n" if at > 0 and data[at - 1 : at] == b"\r" else b"\n"
