"""Headers that a file includes for what was written into it."""

from __future__ import annotations

from dataclasses import dataclass

from refactor.c.syntax import (
    SourceFile,
    includes,
)
from refactor.rule.model import HelperRule


@dataclass(frozen=True, slots=True)
class Insertion:
    """Code to put in front of the outset of a definition, or behind the line of a declaration."""

    offset: int
    text: bytes


def missing_include(source: SourceFile, rule: HelperRule) -> Insertion | None:
    """An #include of the helper's header, for a file that has includes, but not this one."""
    return include_of(source, rule.helper.header.removeprefix("include/"))


def include_of(source: SourceFile, header: str) -> Insertion | None:
    """An #include of `header` beside those of its folder, unless the file has it, or has none."""
    present = includes(source)
    if not present or header in [name for name, _ in present]:
        return None
    folder = header.rsplit("/", 1)[0] + "/"
    alike = [node for name, node in present if name.startswith(folder)]
    offset = (alike[-1] if alike else present[-1][1]).start_byte
    return Insertion(source.line_end(offset), b"#include <" + header.encode() + b">\n")
