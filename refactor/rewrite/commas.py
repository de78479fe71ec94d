"""The commas of lists whose elements go and come."""

from __future__ import annotations

import re

from refactor.c.code import Code
from refactor.pattern.hunks import Hunk
from refactor.rewrite.changes import Put


def with_comma(
    data: bytes, start: int, end: int, before: bytes, behind: bytes
) -> tuple[int, int, bytes, bytes]:
    """Take the comma along that a list would have too many."""
    lead = re.search(rb"(\S)(\s*)\Z", data[max(0, start - 400) : start])
    tail = re.match(rb"(\s*)(\S)", data[end : end + 400])
    if lead is None or tail is None:
        return start, end, before, behind
    prev, following = lead[1], tail[2]
    if following == b"," and prev in (b"(", b"{", b","):
        stop = end + tail.end()
        rest = re.match(rb"\s*", data[stop:])
        gap = rest[0] if rest else b""
        if prev in (b"(", b"{") and b"\n" not in gap and b"\n" not in lead[2]:
            # Nothing is before it: what follows takes its place.
            return start, stop + len(gap), b"", b""
        return start, stop, before or lead[2], gap
    if prev == b"," and following == b")":
        return start - len(lead[2]) - 1, end, b"", behind
    return start, end, before, behind


def behind_comments(data: bytes, at: int, stop: int) -> int:
    """The end of the comments behind an item of a list on its line, which are about that one."""
    found = _COMMENTS.match(data, at, stop)
    return found.end() if found is not None else at


_COMMENTS = re.compile(rb"(?:[ \t]*/\*(?:[^*\n]|\*(?!/))*\*/)+")


def without_comma(put: Put) -> list[Code]:
    """The last element of a list that something is put at the end of, if no comma is behind it; in
    a conditional that the list ends with, those of all branches."""
    parent = put.node.parent
    if parent is None or put.place != "last" or not _has_commas(parent):
        return []
    found: list[Code] = []
    ends = True
    for each in reversed(parent.children[1:-1]):
        if each.kind == "directive":
            ends = ends or each.text.lstrip(b"# \t").startswith(b"el")
            if each.text.lstrip(b"# \t").startswith(b"if"):
                break
        elif ends:
            if each.text != b"," or each.children:
                found.append(each)
            if each is parent.children[-2]:
                break
            ends = False
    return found


def _has_commas(listed: Code) -> bool:
    """True for an initialiser and for the names of an enum."""
    if listed.kind == "fields" and listed.parent is not None:
        return listed.parent.children[0].text == b"enum"
    return listed.kind == "init"


def stays_on_line(hunk: Hunk) -> bool:
    """True for an element, with its comma, that the patch has on the line of the one before it."""
    comes = hunk.left is not None and hunk.left.text == b"," and hunk.added[-1].text == b","
    return comes and b"\n" not in hunk.added[0].gap


def is_opened(data: bytes, offset: int) -> bool:
    before = data[max(0, offset - 200) : offset].rstrip()
    return before[-1:] in (b"(", b"[", b"{")


def is_closed(data: bytes, offset: int) -> bool:
    behind = data[offset : offset + 200].lstrip()
    return behind[:1] in (b")", b"]", b"}", b";", b",")
