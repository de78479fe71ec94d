"""A new `#include` among those that are there: where it goes, and whether it has to come."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from refactor.c.code import Code
from refactor.pattern.hunks import Hunk
from refactor.pattern.tokens import REMOVED, flat
from refactor.rewrite.changes import Put
from refactor.rewrite.path import Path


def in_order(put: Put, gone: Collection[int]) -> Put:
    """An include goes to its place among those of its folder, if they are in order."""
    name, parent = _included(put.text.text), put.node.parent
    if parent is None:
        return put
    alike = [
        each
        for each in _unconditional(parent.children)
        if id(each) not in gone and _folder(_included(each.text)) == _folder(name)
    ]
    names = [_included(each.text) for each in alike]
    if len(alike) < 2 or names != sorted(names):
        return put
    at = bisect_left(names, name)
    node, place = (alike[at - 1], "behind") if at else (alike[0], "before")
    return replace(put, node=node, start=node.start, end=node.end, place=place, lead=0, trail=0)


def without_known(hunk: Hunk, path: Path) -> Hunk:
    """A hunk without the includes that come and that the file has already, under no condition.

    Those that go with it are not taken for being there.
    """
    coming = {_name(each.text) for each in hunk.added if _name(each.text)}
    if not coming:
        return hunk
    met = {id(pair.node): pair.node for pair in path.pairs.values() if pair.node is not None}
    parent = next((each.parent for each in met.values() if each.kind == "include"), None)
    if parent is None:
        return hunk
    gone = {
        id(path.pairs[each.number].node)
        for each in flat(path.pattern.tokens)
        if each.mark == REMOVED and each.number in path.pairs
    }
    known = {_name(each.text) for each in _unconditional(parent.children) if id(each) not in gone}
    added = [each for each in hunk.added if _name(each.text) not in known - {b""}]
    return replace(hunk, added=added) if len(added) < len(hunk.added) else hunk


_NAME = re.compile(rb"#[ \t]*include[ \t]*([<\"][^>\"\n]*)")


def _included(text: bytes) -> bytes:
    """What a line includes, with the sign that opens it."""
    match = _NAME.match(text)
    return match[1] if match else b""


def _name(text: bytes) -> bytes:
    """What a line includes, however it is written; empty for what is no include."""
    return _included(text).lstrip(b'<"')


def _folder(name: bytes) -> bytes:
    return name[: name.rfind(b"/") + 1] or name[:1]


def _unconditional(nodes: Sequence[Code]) -> Iterator[Code]:
    """The includes that stand under no condition."""
    depth = 0
    for node in nodes:
        if node.kind == "directive":
            word = node.text.lstrip(b"#").lstrip()
            depth += word.startswith(b"if") - word.startswith(b"endif")
        elif node.kind == "include" and depth <= 0:
            yield node
