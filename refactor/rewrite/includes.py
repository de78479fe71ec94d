"""Headers that a file includes for what was written into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from refactor.c.layout import newline_of
from refactor.c.syntax import SourceFile, includes
from refactor.text import Span, TextEdit


def header_edits(
    source: SourceFile, headers: Iterable[str], *, as_first: bool = True
) -> Iterator[TextEdit]:
    """What makes a file include `headers`, unless it does.

    Without `as_first` a file that includes nothing is left like that: it is a piece of another one.
    """
    present = dict(includes(source))
    if not present and not as_first:
        return
    first = None if present else _first(source)
    lines: dict[int, bytes] = {}
    for header in sorted(headers):
        if header not in present:
            at = _place(source, header) if first is None else first
            lines[at] = lines.get(at, b"") + b"#include <" + header.encode() + b">\n"
    if first in lines and source.data[first : first + 1] not in (b"\n", b"\r", b""):
        lines[first] += b"\n"
    for at, text in lines.items():
        newline = newline_of(source, max(0, at - 1))
        lead = b"" if not at or source.data[:at].endswith(b"\n") else newline
        yield TextEdit(Span(at, at), lead + text.replace(b"\n", newline))


def _first(source: SourceFile) -> int:
    """Where the first #include of a file goes: below what is said of the file, in its guard.

    A comment is about the file if an empty line is behind it, or if it is the licence in the first
    line; else it is about what it stands before.
    """
    nodes = list(source.root.children)
    comments = list(takewhile(lambda each: each.type == "comment", nodes))
    rest = nodes[len(comments) :]
    guard = rest[0] if rest and rest[0].type == "preproc_ifdef" else None
    if guard is not None and source.data[guard.start_byte :].startswith(b"#ifndef"):
        name = guard.child_by_field_name("name")
        defined = next((each for each in guard.children if each.type == "preproc_def"), None)
        if name is not None and defined is not None:
            own = defined.child_by_field_name("name")
            if own is not None and source.text(own) == source.text(name):
                return source.line_end(defined.start_byte)
    at = 0
    for comment, following in zip(comments, [*comments[1:], *rest[:1], None], strict=False):
        end = source.line_end(max(comment.start_byte, comment.end_byte - 1))
        to = following.start_byte if following is not None else len(source.data)
        is_licence = not at and b"SPDX-License-Identifier" in source.text(comment)
        gap = source.data[end:to]
        if gap.count(b"\n"):
            at = end + gap.find(b"\n") + 1
        elif is_licence:
            at = end
    return at


def _place(source: SourceFile, header: str) -> int:
    """Behind the last #include of the header's folder, or the last one of all."""
    folder = header.rsplit("/", 1)[0] + "/"
    present = includes(source)
    alike = [node for name, node in present if name.startswith(folder)]
    return source.line_end((alike[-1] if alike else present[-1][1]).start_byte)
