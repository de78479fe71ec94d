"""The readings of a new text: what the parser makes of it, and of how much of it.

The first one does not mask it again: the parser is shown what it was shown of the old one, with
what was written in its place. To cut a text, leave statements out of it and mask it is a tenth of
all work, and what it finds out of the text around the matches is known from the text before. The
parser reads again, and reads the bytes that are written as they are.

Why this is safe
----------------

A reading is taken for granted only if all that was meant is found in it, without a single error.
Otherwise the text is cut and masked anew, and that decides. So what has to be shown is that the
text is not misread as what was meant:

- What was written, and what went, has no brace, semicolon, directive, quote, slash or backslash in
  it. So each statement, item, comment and string, left out or shown, ends where it did.
- The statements with the matches have nothing in them that the mask had to write over. They are
  plain C, and the parser is shown the very bytes that are in the new text.
- The mask reaches over no end of a statement (`refactor.c.items`, `refactor.c.abridge`), and of one
  behind a macro it asks what it begins with, which is a token of the same kind. So what it has
  written elsewhere is what it would write again. With a directive among the statements it could
  be otherwise, and so there is none in the item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from refactor.c.code import STATEMENTS
from refactor.c.items import cut
from refactor.c.kinds import LEXICON, TOKEN
from refactor.c.lexical import code_only
from refactor.c.syntax import SourceFile, parse_items, parsed
from refactor.match.sites import Site
from refactor.rewrite.layout import Text
from refactor.text import Span


def readings(
    source: SourceFile, text: Text, sites: Iterable[Site], touched: Sequence[int]
) -> Iterator[tuple[SourceFile, bool]]:
    """What the parser makes of a new text, the quickest reading first; the second value is True
    for the last one, whose statements are to be looked at with all details.

    `sites` are the matches that have been rewritten in `source`, `touched` what `touched_by` says.
    """
    quick = spliced(source, text, sites)
    if quick is not None:
        yield quick, False
    now = text.written.text
    found = cut(now, touched)
    # Statements that were left out at first are the same ones now, and no part of any match.
    only = touched if source.abridged is not None else None
    new = parse_items(source.path, now, found, source.annotations, only)
    yield new, False
    if only is not None:
        new = parse_items(source.path, now, found, source.annotations)
    yield new, True


def touched_by(text: Text) -> list[int]:
    """Words at and around all that was written, ascending."""
    code = code_only(text.written.text)
    return sorted({at for each in text.made for at in _words(code, each.start, each.end)})


def spliced(source: SourceFile, text: Text, sites: Iterable[Site]) -> SourceFile | None:
    """The first reading, or None if it cannot be told so."""
    shown, masked = source.shown, source.masked
    if source.abridged is None:
        return None
    for each in text.made:
        if not _PLAIN.fullmatch(each.piece.text.text):
            return None
        if not _PLAIN.fullmatch(source.data, each.piece.start, each.piece.end):
            return None
    written: dict[int, int] = {}
    for each in text.made:
        at = each.piece.start
        written[at] = min(written.get(at, each.start), each.start)
    for site in sites:
        around = (site.node, *site.node.ancestors())
        statement = next((each for each in around if each.kind in STATEMENTS), None)
        if statement is None:
            return None
        item = next(each for each in around if each.parent is None or each.parent.kind == "file")
        where = slice(statement.start, statement.end)
        if b"#" in shown[item.start : item.end]:
            return None
        if masked[where] != shown[where] or not _begins_alike(
            source, text, statement.start, written
        ):
            return None
    shown_now = _overlaid(source, text, shown)
    masked_now = shown_now if masked == shown else _overlaid(source, text, masked)
    spans_now = None if source.spans is None else _moved(text, source.spans)
    if shown_now is None or masked_now is None or spans_now == ():
        return None
    now = text.written.text
    new = parsed(source.path, now, masked_now, spans_now, source.annotations, shown_now)
    return None if new.root.has_error else new


def _begins_alike(source: SourceFile, text: Text, start: int, written: Mapping[int, int]) -> bool:
    """True if a statement begins with a token of the same kind as before; `written` is where what
    was written at an offset begins now."""
    if start not in written:
        return True
    before = TOKEN.match(source.data, start)
    after = TOKEN.match(text.written.text, written[start])
    return before is not None and after is not None and LEXICON[before[1]] == LEXICON[after[1]]


def _moved(text: Text, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Where some items are in the new text; nothing if one cannot be told."""
    places = text.places()
    edges = [(places.starts(each.start), places.ends(each.end)) for each in spans]
    if any(len(starts) != 1 or len(ends) != 1 for starts, ends in edges):
        return ()
    return tuple(Span(*starts, *ends) for starts, ends in edges)


def _overlaid(source: SourceFile, text: Text, shown: bytes) -> bytes | None:
    """The new text with what was `shown` of each stretch that was copied; None if one is not a
    copy after all."""
    now, data = text.written.text, source.data
    made = bytearray(now)
    for mark in text.written.marks:
        if isinstance(mark.key, int):
            end = mark.key + mark.end - mark.start
            if now[mark.start : mark.end] != data[mark.key : end]:
                return None
            made[mark.start : mark.end] = shown[mark.key : end]
    return bytes(made)


_PLAIN = re.compile(rb"[^{};#\"'/\\]*+")


def _words(code: bytes, start: int, end: int) -> Iterator[int]:
    """Words at and around a stretch of code: what was written may have none itself."""
    last = max(0, len(code) - 1)
    yield min(start, last)
    yield min(end, last)
    for match in _WORD.finditer(code, start, end):
        yield match.start()
    behind = _WORD.search(code, end)
    if behind is not None:
        yield behind.start()
    before = code[max(0, start - 200) : start]
    found = list(_WORD.finditer(before))
    if found:
        yield max(0, start - 200) + found[-1].start()


_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
