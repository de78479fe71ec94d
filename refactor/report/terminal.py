"""A diff as people read it on a terminal: patch by patch, with the changed words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from refactor.report.text import counted, one_line

if TYPE_CHECKING:
    from refactor.plan.plan import Plan
    from refactor.series.message import Message

HEADING, FILE, HUNK, OLD, NEW = "1;33", "1", "36", "31", "32"
"""Colours of a terminal; but for the heading, those that git has for them."""

ALIKE = 0.5
"""Two lines of which less than this part is the same are not compared word by word."""

LONG = 400
"""Tokens of a line that is not compared: the time for it grows with their square."""

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


def shown(
    plan: Plan, messages: Sequence[Message], diff: bytes, *, colour: bool, index: bool
) -> Iterator[str]:
    """The lines of all patches in their order, each below its subject.

    `diff` is that of all files, as git writes it; its lines with object ids only with `index`.
    What a terminal might obey is shown as text.
    """
    pieces = by_path(plan, diff)
    for number, (patch, message) in enumerate(zip(plan.patches, messages, strict=True), 1):
        files = counted(len(patch.files), "file")
        heading = one_line(f"[{number}/{len(plan.patches)}] {message.subject} ({files})")
        yield from ("",) if number > 1 else ()
        yield _in(HEADING, heading) if colour else heading
        yield ""
        for change in patch.files:
            text = pieces[change.path].decode(errors="surrogateescape")
            lines = [one_line(line) for line in text.removesuffix("\n").split("\n")]
            lines = [line for line in lines if index or not _INDEX.match(line)]
            yield from _coloured(lines) if colour else lines


_INDEX = re.compile(r"index [0-9a-f]+\.\.[0-9a-f]+( |$)")


def by_path(plan: Plan, diff: bytes) -> dict[str, bytes]:
    """The diff of each file; git sorts them by the bytes of their paths."""
    paths = {change.path for patch in plan.patches for change in patch.files}
    pieces = re.split(rb"^(?=diff --git )", diff, flags=re.MULTILINE)[1:]
    by_bytes = sorted(paths, key=lambda path: path.encode(errors="surrogateescape"))
    return dict(zip(by_bytes, pieces, strict=True))


def _in(colour: str, text: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[m" if text else ""


def _coloured(lines: Sequence[str]) -> Iterator[str]:
    place, is_head = 0, True
    while place < len(lines):
        line = lines[place]
        is_head = (is_head and not line.startswith("@@")) or line.startswith("diff --git ")
        if is_head or not line.startswith(("-", "+")):
            heading = re.match(r"(@@ .*? @@)(.*)", line, re.DOTALL)
            if heading is not None:
                yield _in(HUNK, heading[1]) + heading[2]
            else:
                yield _in(FILE, line) if is_head else line
            place += 1
            continue
        middle = _behind(lines, place, "-")
        end = _behind(lines, middle, "+")
        yield from _pair(lines[place:middle], lines[middle:end])
        place = end


def _behind(lines: Sequence[str], place: int, sign: str) -> int:
    """The first line from `place` on that does not begin with `sign`."""
    while place < len(lines) and lines[place].startswith(sign):
        place += 1
    return place


def _pair(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Lines that go and lines that come. As many of the one as of the other are taken for each
    other's, first for first, as git's own diff-highlight does it."""
    marked = [
        marks(before[1:], after[1:]) if len(old) == len(new) else ((), ())
        for before, after in zip(old, new, strict=False)
    ]
    for number, line in enumerate(old):
        yield _marked(OLD, line, marked[number][0] if number < len(marked) else ())
    for number, line in enumerate(new):
        yield _marked(NEW, line, marked[number][1] if number < len(marked) else ())


Spans = Sequence[tuple[int, int]]
"""Parts of a line, in characters: from the first one to the one behind the last one."""


def marks(old: str, new: str) -> tuple[Spans, Spans]:
    """The words in which two lines differ; nothing if they have too little in common."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > LONG:
        return (), ()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(
        len(token)
        for start, _, size in matcher.get_matching_blocks()
        for token in before[start : start + size]
        if not token.isspace()
    )
    longest = max(len("".join(text.split())) for text in (old, new))
    if same < ALIKE * longest:
        return (), ()
    changed = [each for each in matcher.get_opcodes() if each[0] != "equal"]
    return (
        [_span(before, start, end) for _, start, end, _, _ in changed if start < end],
        [_span(after, start, end) for _, _, _, start, end in changed if start < end],
    )


def _span(tokens: Sequence[str], start: int, end: int) -> tuple[int, int]:
    first = sum(map(len, tokens[:start]))
    return first, first + sum(map(len, tokens[start:end]))


def _marked(colour: str, line: str, spans: Spans) -> str:
    """A line in its colour; the parts at `spans` of it, behind its sign, in reverse."""
    parts, done = [], 0
    for start, end in ((start + 1, end + 1) for start, end in spans):
        parts += [line[done:start], f"\x1b[7m{line[start:end]}\x1b[27m"]
        done = end
    return _in(colour, "".join([*parts, line[done:]]))
