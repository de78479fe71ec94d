"""The new text of a buffer, put together and laid out; it knows where everything has come to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from refactor.c.align import follow, opener, refill, rejoin
from refactor.c.layout import TOLERATED, Changed, indent_of, reflow, spaces_of, width
from refactor.c.lexical import code_only, statement_start
from refactor.rewrite.defines import continued
from refactor.rewrite.written import Builder, Piece, Places, place, relaid
from refactor.text import EditSet, Span, TextEdit


@dataclass(slots=True)
class Made:
    """A piece, and where its text stands in the new one."""

    piece: Piece
    start: int
    end: int


class Text:
    """The new text while it is laid out."""

    def __init__(self, data: bytes, pieces: Sequence[Piece]) -> None:
        self.data = data
        self.made: list[Made] = []
        built = Builder()
        position = 0
        for piece in sorted(pieces, key=place):
            if piece.start > position:
                built.copy(data, position, piece.start)
            start = len(built.out)
            built.put(piece.text)
            self.made.append(Made(piece, start, len(built.out)))
            position = max(position, piece.end)
        built.copy(data, position, len(data))
        self.written = built.written()
        self.misfits: list[int] = []
        self._places: NewPlaces | None = None

    def lay_out(self) -> None:
        """Break long lines, and move what is aligned along."""
        self._lay(EditSet(self._parted()))
        realigned = self._follow()
        edits = rejoin(self.written.text, self.data, self.origin(), self._touched(), realigned)
        realigned = _moved(edits, realigned)
        self._lay(edits)
        edits = reflow(self.written.text, self._changed(realigned), self.misfits)
        if edits:
            breaks = _moved(edits, (edit.span.end for edit in edits))
            self._lay(edits)
            self._lay(refill(self.written.text, breaks))
            self._follow()
        self._lay(EditSet(self._backslashes()))
        self._lay(EditSet(self._spaced()))

    def _parted(self) -> Iterator[TextEdit]:
        """Give a line of its own to what comes for an element that reached over several lines.

        `}, {` is how such elements go on; of one that has no braces any more nobody would write it.
        """
        text = self.written.text
        gaps: dict[Span, bytes] = {}
        for each in self.made:
            old = self.data[each.piece.start : each.piece.end]
            new = text[each.start : each.end]
            if not (_BRACES.fullmatch(old) and b"\n" in old) or not new or new.startswith(b"{"):
                continue
            if _is_in_directive(text, each.start):
                continue  # a line of a macro goes on behind a backslash
            start, end = text.rfind(b"\n", 0, each.start) + 1, _line_end(text, each.end)
            newline = b"\r\n" if text[end - 1 : end] == b"\r" else b"\n"
            before = _BEHIND_BRACE.fullmatch(text, start, each.start)
            if before is not None:
                gaps[Span(*before.span(2))] = newline + before[1]
            behind = _BEFORE_OTHER.match(text, each.end, end)
            indent = indent_of(text[start:end])
            is_first = before is not None or start + len(indent) == each.start
            if behind is not None and is_first:
                gaps[Span(*behind.span(1))] = newline + indent
        yield from (TextEdit(gap, new) for gap, new in sorted(gaps.items()))

    def _backslashes(self) -> Iterator[TextEdit]:
        """Put the backslash behind a line of a macro where it was, as far as there is room."""
        text = self.written.text
        seen: set[int] = set()
        for each in self.made:
            end, old_end = _line_end(text, each.end), _line_end(self.data, each.piece.end)
            if b"\\" not in text[end - 2 : end] or b"\\" not in self.data[old_end - 2 : old_end]:
                continue
            start = text.rfind(b"\n", 0, each.end) + 1
            line = text[start:end]
            now = _CONTINUED.search(line)
            if now is None or start in seen:
                continue
            seen.add(start)
            bare = line[: now.start()]
            gap = continued(bare, self.data, each.piece.end)[len(bare) : -1]
            if gap != now[1]:
                yield TextEdit(Span(start + now.start(1), start + now.end(1)), gap)

    def _spaced(self) -> Iterator[TextEdit]:
        """Take spaces for the indents that were written in a file that is indented with these.

        A tab is a level of it, or leads to what a line in parentheses is aligned with.
        """
        text, level = self.written.text, spaces_of(self.data)
        if not level:
            return
        origin, code = self.origin(), code_only(text)
        for match in _TABS.finditer(text):
            if all(origin(at) is not None for at in range(match.start(), match.end())):
                continue
            opened = opener(code, match.start())
            is_aligned = opened is not None and text[opened : opened + 1] in (b"(", b"[")
            tabs = match[0].count(b"\t")
            spaces = width(match[0]) if is_aligned else len(match[0]) + tabs * (level - 1)
            yield TextEdit(Span(*match.span()), b" " * spaces)

    def _follow(self) -> list[int]:
        """Move aligned lines along; returns where lines have moved."""
        edits = follow(self.written.text, self.data, self.origin(), self._touched())
        self._lay(edits)
        return _moved(edits, (edit.span.end for edit in edits))

    def _lay(self, edits: EditSet) -> None:
        if not edits:
            return
        places = Places(edits)
        self._places = None
        self.written = relaid(self.written, edits)
        self.misfits = [places.first(each) for each in self.misfits]
        for each in self.made:
            each.start, each.end = places.first(each.start), places.last(each.end)
            each.end = max(each.start, each.end)

    def places(self) -> NewPlaces:
        """Where everything is now; told once for all who look at a text that is laid out."""
        if self._places is None:
            self._places = NewPlaces(self)
        return self._places

    def _touched(self) -> list[int]:
        return [at for each in self.made for at in {each.start, each.end}]

    def origin(self) -> Callable[[int], int | None]:
        """For an offset of the new text, where it is from in the file."""
        copies = [mark for mark in self.written.marks if isinstance(mark.key, int)]
        copies.sort(key=lambda mark: mark.start)
        starts = [mark.start for mark in copies]

        def origin(offset: int) -> int | None:
            at = bisect_right(starts, offset) - 1
            if at < 0 or offset >= copies[at].end:
                return None
            key = copies[at].key
            assert isinstance(key, int)
            return key + offset - copies[at].start

        return origin

    def _changed(self, realigned: Sequence[int]) -> list[Changed]:
        text = self.written.text
        code = code_only(text)
        found = []
        for each in self.made:
            if not each.piece.text.text.strip():
                continue
            if _is_in_directive(text, each.start):
                # A line of a macro goes on behind a backslash; no break is better than half of one.
                line = text[text.rfind(b"\n", 0, each.start) + 1 : _line_end(text, each.end)]
                if width(line.rstrip(b" \t\r\\")) > TOLERATED:
                    self.misfits.append(each.start)
                continue
            end = each.start + len(text[each.start : each.end].rstrip())
            where = Span(each.start, max(each.start, end))
            opened = _OPENS.match(text, where.end)
            called = -1
            if opened and not each.piece.text.text.endswith(b"\n"):
                # What is called has changed, so it is its list that may have to break.
                where = Span(where.end + len(opened[0]), where.end + len(opened[0]))
                called = where.start - 1
            old = max(self._old_width(at) for at in (each.piece.start, each.piece.end))
            if self._is_stub(each.piece.start):
                old = max(old, TOLERATED)
            found.append(Changed(where, statement_start(code, each.start), old, called, True))
        for at in realigned:
            found.append(Changed(Span(at, at), statement_start(code, at), 0))
        return found

    def _is_stub(self, offset: int) -> bool:
        """True in a function of one line: it stays one, as long as that is tolerable."""
        line = self.data[self.data.rfind(b"\n", 0, offset) + 1 : _line_end(self.data, offset)]
        head, brace, _ = line.partition(b"{")
        is_definition = bool(brace) and b"(" in head and not line[:1].isspace()
        return is_definition and line.rstrip().endswith(b"}")

    def _old_width(self, offset: int) -> int:
        start = self.data.rfind(b"\n", 0, offset) + 1
        return width(self.data[start : _line_end(self.data, offset)].rstrip(b"\r"))


_BRACES = re.compile(rb"\{.*\}", re.DOTALL)
_BEHIND_BRACE = re.compile(rb"([ \t]*)\},([ \t]*)")
_BEFORE_OTHER = re.compile(rb",([ \t]*)(?=[\w{])")
_TABS = re.compile(rb"^ *\t[ \t]*(?=\S)", re.MULTILINE)
_CONTINUED = re.compile(rb"([ \t]+)(\\)\r?\Z")


def _is_in_directive(data: bytes, offset: int) -> bool:
    """True if the line of an offset is one of a directive, or goes on with one."""
    start = data.rfind(b"\n", 0, offset) + 1
    while start and data[max(0, start - 3) : start - 1].rstrip(b"\r").endswith(b"\\"):
        start = data.rfind(b"\n", 0, start - 1) + 1
    return data[start : start + 200].lstrip(b" \t").startswith(b"#")


def _line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end


def _moved(edits: EditSet, ends: Iterable[int]) -> list[int]:
    """Where the ends of some things are after edits."""
    places = Places(edits)
    return [places.last(end) for end in ends]


class NewPlaces:
    """Where offsets of the file, and the tokens that were written, are in the new text."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self._made_at: dict[int, list[Made]] = {}
        self._made_to: dict[int, list[Made]] = {}
        for each in text.made:
            self._made_at.setdefault(each.piece.start, []).append(each)
            self._made_to.setdefault(each.piece.end, []).append(each)
        self._replaced = [each for each in text.made if each.piece.end > each.piece.start]
        self._replaced_starts = [each.piece.start for each in self._replaced]
        self._marks: dict[object, list[tuple[int, int]]] = {}
        for mark in text.written.marks:
            if not isinstance(mark.key, int):
                self._marks.setdefault(mark.key, []).append((mark.start, mark.end))
        self._copies = sorted(
            (mark.key, mark.start, mark.end)
            for mark in text.written.marks
            if isinstance(mark.key, int)
        )

    def written(self, key: object) -> list[tuple[int, int]]:
        """Where a token of a pattern was written, each time."""
        return self._marks.get(key, [])

    def start(self, offset: int) -> int:
        """Where the byte at an offset is, roughly, if it has gone."""
        found = self.starts(offset)
        if found:
            return found[0]
        at = bisect_right(self._replaced_starts, offset) - 1
        return self._replaced[at].start if at >= 0 else 0

    def starts(self, offset: int) -> list[int]:
        """Where what begins at an offset may begin now: with what was put before it, or without."""
        text = self.text.written.text
        found = [
            each.start + _blanks(text[each.start : each.end])
            for each in self._made_at.get(offset, ())
        ]
        around = self._around(offset)
        if around is not None:
            found.append(around.start + _blanks(text[around.start : around.end]))
        found += self._copied(offset, is_end=False)
        return [each + _blanks(text[each : each + 400]) for each in found]

    def ends(self, offset: int) -> list[int]:
        """Where what ends at an offset may end now."""
        text = self.text.written.text
        found = [
            each.start + len(text[each.start : each.end].rstrip())
            for each in self._made_to.get(offset, ())
        ]
        around = self._around(offset)
        if around is not None:
            found.append(around.start + len(text[around.start : around.end].rstrip()))
        found += self._copied(offset, is_end=True)
        return [
            len(text[max(0, each - 400) : each].rstrip()) + max(0, each - 400) for each in found
        ]

    def _around(self, offset: int) -> Made | None:
        """The edit that has replaced the bytes on both sides of an offset."""
        at = bisect_left(self._replaced_starts, offset) - 1
        if at >= 0 and self._replaced[at].piece.end > offset:
            return self._replaced[at]
        return None

    def _copied(self, offset: int, *, is_end: bool) -> list[int]:
        """Where a byte of the file was copied to."""
        wanted = offset - 1 if is_end else offset
        at = bisect_right(self._copies, (wanted, 1 << 60, 0)) - 1
        found = []
        # Copies of one place begin at the same offset of the file or overlap; a few steps do.
        for key, start, end in reversed(self._copies[max(0, at - 8) : at + 1]):
            if key <= wanted < key + end - start:
                found.append(start + offset - key)
        return found


def _blanks(text: bytes) -> int:
    return len(text) - len(text.lstrip())


_OPENS = re.compile(rb"[ \t]*\(")
