"""The edits of all matches of one rule in one buffer, put together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from refactor.c.code import Code
from refactor.match.sites import Site
from refactor.rewrite.changes import CannotSpliceError, Changes, Gone, Put
from refactor.rewrite.meant import Want
from refactor.rewrite.remarks import Remarks
from refactor.rewrite.splice import Splicer
from refactor.rewrite.statements import placed
from refactor.rewrite.written import AROUND_CLOSE, AROUND_OPEN, Piece, Pieces, Written, apply


@dataclass(frozen=True, slots=True)
class Trouble:
    """A match that is not rewritten, with the reason; `offset` is a byte of the buffer."""

    site: Site
    reason: str
    offset: int
    note: str = ""


@dataclass(slots=True)
class Done:
    """A match with what it changes, and what has to be found in the new text."""

    site: Site
    changes: Changes
    wants: list[Want]
    neighbours: list[tuple[Want, Want]]
    """Statements that have to be in one list."""
    anchors: list[Code]
    """Nodes of the file around which nothing may change."""
    altered: set[int]
    """The identities of nodes that the match changes inside."""

    def has_moved(self) -> None:
        """Forget what is known by its place in the file: another match has written over it.

        What is known by its tokens is checked wherever these are now.
        """
        self.wants = [
            each
            for each in self.wants
            if not isinstance(each.first, int) and not isinstance(each.last, int)
        ]
        self.neighbours = []
        self.anchors = []


@dataclass(frozen=True, slots=True, eq=False)
class _Root:
    """An expression that becomes another one, and the pieces that make it so.

    Each is known by itself: those of a nest have the pieces of all of them.
    """

    span: tuple[int, int]
    pieces: tuple[Piece, ...]


class Merge:
    """Collects the changes of matches, the inner ones first."""

    def __init__(self, data: bytes, newline: bytes = b"\n", remarks: Remarks | None = None) -> None:
        self.data = data
        self.newline = newline
        self.remarks = remarks
        self.pieces = Pieces()
        self.puts: _Index[Put] = _Index()
        self.gone: _Index[Gone] = _Index()
        self.rest = Changes()
        """Names that go, and what concerns whole lines: neither is a matter of nesting."""
        self.levels: dict[tuple[int, int], int] = {}
        self.done: list[Done] = []
        self.idle: list[Site] = []
        """Matches without an edit, such as one of a nest in which nothing was found."""
        self.troubles: list[Trouble] = []
        self.rivals: dict[int, Trouble] = {}
        """By identity, matches of which only one can be made, and nobody says which."""
        self._adders: dict[tuple[int, int, str], Site] = {}
        self._roots: _Index[_Root] = _Index()
        self._makers: dict[Piece, Done] = {}
        self._larger: dict[int, Site] = {}
        """By identity of a match, the one that has taken its place."""

    def add_all(self, sites: Sequence[Site]) -> None:
        """Make the edits of all matches, the smallest first, so that those inside come first."""
        for site in sorted(sites, key=lambda each: (each.end - each.start, each.start)):
            try:
                self._add(site)
            except CannotSpliceError as error:
                self.troubles.append(Trouble(site, error.reason, error.offset, error.note))

    def in_the_way(self) -> set[int]:
        """The identities of matches that have taken the place of others and lost it in their turn.

        In `a->b->c->d` with `e->f->g` the first of three overlaps with the second one alone, so it
        is to be made with the third; but the second one has been there in between.
        """
        have_taken = {id(each) for each in self._larger.values()}
        found: set[int] = set()
        for lost, larger in reversed(self._larger.items()):  # the largest are the last
            if id(larger) not in found:
                found.add(lost)
        return found & have_taken

    def all_pieces(self) -> list[Piece]:
        """Everything as pieces, statements put into their places. Raises CannotSpliceError."""
        changes = Changes(
            [*self.pieces],
            [*self.puts],
            [*self.gone],
            self.rest.names,
            self.rest.several,
            self.rest.shifts,
            self.rest.tight,
            self.rest.follows,
        )
        return list(placed(self.data, changes, self.newline))

    def rewritten(self, start: int, end: int) -> Written:
        """The text of a span with the changes inside of it made.

        Parentheses that the whole of it got in its old place are left out: who moves it knows
        whether it needs some in the new one.
        """
        inner = [each for each in self.pieces.touching(start, end) if _is_inside(each, start, end)]
        if (start, end) in self.levels:
            around = (AROUND_OPEN, AROUND_CLOSE)
            inner = [
                each for each in inner if each.owner != (start, end) or each.rank not in around
            ]
        changes = Changes(
            inner,
            self.puts.within(start, end),
            self.gone.within(start, end),
            [pair for pair in self.rest.names if start <= pair[0].start and pair[0].end <= end],
            [node for node in self.rest.several if start <= node.start and node.end <= end],
        )
        if len(changes.pieces) == len(inner) and not (
            changes.puts or changes.gone or changes.names
        ):
            return apply(self.data, inner, start, end)
        return apply(self.data, placed(self.data, changes, self.newline), start, end)

    # -------------------------------------------------------------------- one match

    def _add(self, site: Site) -> None:
        splicer = Splicer(self.data, site.pattern, self.rewritten, self.levels, self.newline)
        for leaf in site.leaves:
            splicer.leaf(leaf)
        changes = splicer.changes
        changes.pieces = list(dict.fromkeys(changes.pieces))
        changes.puts = list(dict.fromkeys(changes.puts))
        changes.gone = list(dict.fromkeys(changes.gone))
        if self.remarks is not None:
            changes.gone = [self.remarks(each) for each in changes.gone]
        if not changes:
            self.idle.append(site)
        if not changes or self._is_known(changes):
            return
        for put in changes.puts:
            if self._is_added_to(put):
                # Neither comes: which of them was meant is not said anywhere.
                first = self._adders.get((put.start, put.end, put.place))
                if first is not None:
                    self._are_rivals((first, site), "again", put.node.start)
                raise CannotSpliceError("again", put.node.start)
        replaced = self._replaced(splicer, site)
        for piece in replaced:
            self.pieces.remove(piece)
        for piece, rival in self._written_otherwise(splicer):
            self._are_rivals((rival, site), "overlap", piece.start)
            for each in replaced:
                self.pieces.add(each)
            raise CannotSpliceError("overlap", piece.start)
        try:
            consumed = dict.fromkeys(self._consumed(changes))
        except CannotSpliceError:
            for piece in replaced:
                self.pieces.add(piece)
            raise
        for piece in consumed:
            self.pieces.remove(piece)
        for piece in (*replaced, *consumed):
            if piece in self._makers:
                self._makers.pop(piece).has_moved()
        for start, end in _covers(changes):
            self.puts.drop(start, end)
            self.gone.drop(start, end)
        for piece in changes.pieces:
            if piece not in self.pieces:
                self.pieces.add(piece)
        for put in changes.puts:
            if put not in self.puts:
                self.puts.add(put.node.start, put.node.end, put)
                self._adders.setdefault((put.start, put.end, put.place), site)
        for gone in changes.gone:
            if gone not in self.gone:
                self.gone.add(gone.start, gone.end, gone)
        self.rest.names += changes.names
        self.rest.several += changes.several
        self.rest.shifts += changes.shifts
        self.rest.tight += changes.tight
        self.rest.follows += changes.follows
        self.levels.update(splicer.roots)
        pieces = tuple(changes.pieces)
        for span in splicer.roots:
            self._roots.add(*span, _Root(span, pieces))
        done = _done(site, splicer)
        self.done.append(done)
        self._makers.update((piece, done) for piece in changes.pieces)

    def _are_rivals(self, sites: Sequence[Site], reason: str, offset: int) -> None:
        self.rivals |= {id(each): Trouble(each, reason, offset) for each in sites}

    def _is_added_to(self, put: Put) -> bool:
        """True if another match adds something else in that place.

        In which order they would come is not said anywhere, and mostly one was meant. `++` says
        that all of them are. What stands for each name of one declaration is told apart by these
        names, but not if it is the same for all.
        """
        return not (put.many or put.wraps) and any(
            (other.start, other.end, other.place) == (put.start, put.end, put.place)
            and not other.wraps
            and (other.origin == put.origin) == (other.text != put.text)
            for other in self.puts.within(put.start, put.end)
        )

    def _is_known(self, changes: Changes) -> bool:
        """True if other matches have made all of these changes already."""
        return (
            not changes.names
            and all(each in self.pieces for each in changes.pieces)
            and all(each in self.puts for each in changes.puts)
            and all(each in self.gone for each in changes.gone)
        )

    def _replaced(self, splicer: Splicer, site: Site) -> list[Piece]:
        """The edits of matches that lie on words of this one, not in what its holes stand for.

        With alternatives `v.f` and `v` both match in `v.f`; the larger one is meant. Isomorphisms
        let a pattern match with and without parentheses.
        """
        found: list[Piece] = []
        for start, end in splicer.roots:
            for root in self._roots.within(start, end):
                if root.span == (start, end) or splicer.is_in_hole(*root.span):
                    continue
                found += [piece for piece in root.pieces if piece in self.pieces]
                makers = (self._makers[piece].site for piece in found if piece in self._makers)
                self._larger |= {id(each): site for each in makers}
                self.levels.pop(root.span, None)
                self._roots.drop(*root.span)
        return found

    def _written_otherwise(self, splicer: Splicer) -> Iterator[tuple[Piece, Site]]:
        """Words for which this match writes one thing, and another match another.

        A match within a hole is no such one: it is a part of what the hole stands for. Others come
        to the same words on another path, and which of them is meant is not said anywhere.
        """
        for piece in splicer.changes.pieces:
            for other in self.pieces.touching(piece.start, piece.end):
                if other == piece or other not in self._makers:
                    continue
                site = self._makers[other].site
                if (other.start, other.end) == (piece.start, piece.end) and (
                    _clash(other, piece)
                    if piece.start == piece.end
                    else not splicer.is_in_hole(site.start, site.end)
                ):
                    yield piece, site

    def _consumed(self, changes: Changes) -> Iterator[Piece]:
        """The pieces of inner matches that are a part of what is written now."""
        for piece in changes.pieces:
            for other in self.pieces.touching(piece.start, piece.end):
                if other == piece:
                    continue
                if piece.end > piece.start and _is_inside(other, piece.start, piece.end):
                    yield other
                elif _clash(other, piece):
                    raise CannotSpliceError("overlap", piece.start)
            for gone in self.gone.around(piece.start, piece.end):
                raise CannotSpliceError("overlap", gone.start)
        for gone in changes.gone:
            for other in self.pieces.touching(gone.start, gone.end):
                if _is_inside(other, gone.start, gone.end):
                    yield other
                elif other.start < gone.end and gone.start < other.end:
                    raise CannotSpliceError("overlap", gone.start)
            for each in self.gone.overlapping(gone.start, gone.end):
                if each != gone and not (gone.start <= each.start and each.end <= gone.end):
                    raise CannotSpliceError("overlap", gone.start)


def _done(site: Site, splicer: Splicer) -> Done:
    changes = splicer.changes
    anchors = [
        *splicer.anchors,
        *(put.node for put in changes.puts),
        *(gone.node for gone in changes.gone if gone.node is not None),
        *changes.several,
    ]
    return Done(
        site, changes, splicer.wants, splicer.neighbours, anchors or [site.node], splicer.altered
    )


def _covers(changes: Changes) -> Iterator[tuple[int, int]]:
    for piece in changes.pieces:
        if piece.end > piece.start:
            yield piece.start, piece.end
    for gone in changes.gone:
        yield gone.start, gone.end


def _is_inside(piece: Piece, start: int, end: int) -> bool:
    """True if what a piece writes belongs to what stands between two offsets.

    At the edges the rank tells: what closes something belongs to what is before the offset.
    """
    if piece.start < piece.end:
        return start <= piece.start and piece.end <= end
    if piece.start == start:
        return piece.rank >= AROUND_OPEN and start < end
    if piece.start == end:
        return piece.rank < AROUND_OPEN
    return start < piece.start < end


def _clash(other: Piece, piece: Piece) -> bool:
    if other.start == other.end and piece.start == piece.end:
        same = other.start == piece.start and other.rank == piece.rank
        return same and other.owner == piece.owner and other.rank not in (AROUND_OPEN, AROUND_CLOSE)
    if other.start == other.end:
        return piece.start < other.start < piece.end
    if piece.start == piece.end:
        return other.start < piece.start < other.end
    return other.start < piece.end and piece.start < other.end


Item = TypeVar("Item")


class _Index(Generic[Item]):
    """Things that cover bytes, found by where they begin."""

    def __init__(self) -> None:
        self._keys: list[tuple[int, int]] = []
        self._items: list[Item] = []
        self._known: set[Item] = set()
        self._longest = 0

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __contains__(self, item: Item) -> bool:
        return item in self._known

    def add(self, start: int, end: int, item: Item) -> None:
        """Put an item in its place."""
        at = bisect_right(self._keys, (start, end))
        self._keys.insert(at, (start, end))
        self._items.insert(at, item)
        self._known.add(item)
        self._longest = max(self._longest, end - start)

    def within(self, start: int, end: int) -> list[Item]:
        """The items whose bytes are all between two offsets."""
        return [self._items[n] for n in self._range(start, end) if self._keys[n][1] <= end]

    def overlapping(self, start: int, end: int) -> list[Item]:
        """The items that share a byte with those between two offsets."""
        low = max(0, start - self._longest)
        return [self._items[n] for n in self._range(low, end - 1) if self._keys[n][1] > start]

    def around(self, start: int, end: int) -> list[Item]:
        """The items that have all the bytes between two offsets, and more."""
        low = max(0, start - self._longest)
        return [
            self._items[n]
            for n in self._range(low, start)
            if self._keys[n][1] >= end
            and self._keys[n] != (start, end)
            and self._keys[n][1] > start
        ]

    def drop(self, start: int, end: int) -> None:
        """Take out the items whose bytes are all between two offsets."""
        for n in reversed(self._range(start, end)):
            if self._keys[n][1] <= end:
                self._known.discard(self._items[n])
                del self._keys[n], self._items[n]

    def _range(self, start: int, end: int) -> range:
        return range(bisect_left(self._keys, (start, -1)), bisect_right(self._keys, (end, 1 << 60)))


__all__ = ["Done", "Merge", "Trouble"]
