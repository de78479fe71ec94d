"""A new `#include` among those that are there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from refactor.c.code import Code
from refactor.rewrite.changes import Put


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


_NAME = re.compile(rb"#[ \t]*include[ \t]*([<\"][^>\"\n]*)")


def _included(text: bytes) -> bytes:
    """What a line includes, with the sign that opens it."""
    match = _NAME.match(text)
    return match[1] if match else b""


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
