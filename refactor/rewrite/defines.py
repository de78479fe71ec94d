"""A `#define` in the place of another one."""

from __future__ import annotations

import re

from refactor.c.layout import width
from refactor.rewrite.written import Written, relaid
from refactor.text import EditSet, Span, TextEdit

_NAMED = re.compile(rb"#[ \t]*define[ \t]+\w+(?:\([^()]*\))?([ \t]+)(?=\S)")


def in_column(old: bytes, new: Written) -> Written:
    """`new` with its value in the column in which `old` has its own.

    Only where that was set apart with more than one blank: values of many lines stand in a column.
    """
    was, found = _NAMED.match(old), _NAMED.match(new.text)
    if was is None or found is None or was[1] == b" ":
        return new
    name = new.text[: found.start(1)]
    column = width(old[: was.end(1)])
    blank = was[1][-1:]
    gap = blank
    while width(name + gap + blank) <= column:
        gap += blank
    if width(name + gap) < column and width(name) < column:
        gap = gap[:-1] + b" " * (column - width(name + gap[:-1]))
    return relaid(new, EditSet([TextEdit(Span(found.start(1), found.end(1)), gap)]))
