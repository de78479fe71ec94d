"""Headers that a file includes for what was written into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refactor.c.layout import newline_of
from refactor.c.syntax import SourceFile, includes
from refactor.text import Span, TextEdit


def header_edits(source: SourceFile, headers: Iterable[str]) -> Iterator[TextEdit]:
    """What makes a file include `headers`, unless it does, or includes nothing at all."""
    present = dict(includes(source))
    lines: dict[int, bytes] = {}
    for header in sorted(headers):
        if header not in present and present:
            at = _place(source, header)
            lines[at] = lines.get(at, b"") + b"#include <" + header.encode() + b">\n"
    for at, text in lines.items():
        newline = newline_of(source, max(0, at - 1))
        lead = b"" if source.data[:at].endswith(b"\n") else newline
        yield TextEdit(Span(at, at), lead + text.replace(b"\n", newline))


def _place(source: SourceFile, header: str) -> int:
    """Behind the last #include of the header's folder, or the last one of all."""
    folder = header.rsplit("/", 1)[0] + "/"
    present = includes(source)
    alike = [node for name, node in present if name.startswith(folder)]
    return source.line_end((alike[-1] if alike else present[-1][1]).start_byte)
