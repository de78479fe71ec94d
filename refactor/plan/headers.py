"""What headers declare for the files that include them, looked up before a file is rewritten.

A semantic patch asks for the type of an expression, and the declaration is often in a header. The
headers that a file includes directly are read, in quotes or in angle brackets, and not what these
include in their turn: that would be the preprocessor's work. Files go to other processes,
which do not reach the tree, so each file goes there with a table of what its headers say of its
words.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from refactor.c.convert import directives_of
from refactor.c.tables import EMPTY, TypeTable, declared_in, header_paths, includes, merge
from refactor.rule.edits import Edit, Smpl
from refactor.rule.smpl.step import Step
from refactor.tree.tree import SIZE_LIMIT, Blob, KernelTree


class Headers:
    """The headers of a tree, each of which is read once, for all edits that ask for types.

    Where none of them does, nothing is read at all.
    """

    def __init__(self, tree: KernelTree, edits: Iterable[Edit]) -> None:
        self.tree = tree
        self.patches = [
            (
                each.compiled.needs(),
                [step for step in each.compiled.steps if isinstance(step, Step)],
            )
            for each in edits
            if isinstance(each, Smpl) and each.compiled.asks_headers
        ]
        self._known: dict[str, TypeTable | None] = {}
        self._digests: dict[str, bytes | None] = {}

    def of(self, blob: Blob) -> TypeTable:
        """What the headers of a file declare of the names in it; nothing if no rule can match."""
        return self.told(blob)[0]

    def told(self, blob: Blob) -> tuple[TypeTable, Mapping[str, bytes | None]]:
        """The same, and all that it depends on beside the file: the `digests` of what was read."""
        # The text of a rule may come from another one, but none comes if none matches at first.
        patches = [
            needs
            for needs, steps in self.patches
            if any(step.has_signs(blob.data) for step in steps)
        ]
        if not patches:
            return EMPTY, {}
        words = frozenset(_WORD.findall(blob.data))
        if not any(
            all(any(word.encode() in words for word in clause) for clause in clauses)
            for needs in patches
            for clauses in needs
        ):
            return EMPTY, {}
        named = includes(directives_of(blob.data))
        places = [
            _places(blob.path, os.fsdecode(spelled), is_quoted) for spelled, is_quoted in named
        ]
        every = {path for paths in places for path in paths}
        self._read(every)
        return merge(self._first(places), words), self.digests(every)

    def digests(self, paths: Collection[str]) -> Mapping[str, bytes | None]:
        """By path what tells the bytes of a header from all others; None where there is none."""
        missing = [path for path in paths if path not in self._digests]
        blobs = self._blobs(missing)
        for path in missing:
            self._digests[path] = digest(blobs[path].data) if path in blobs else None
        return {path: self._digests[path] for path in sorted(paths)}

    def _first(self, places: Iterable[list[str]]) -> Iterator[TypeTable]:
        """Of each header the table of the first place where there is one; each header once."""
        done: set[str] = set()
        for paths in places:
            for path in paths:
                table = self._known[path]
                if table is not None:
                    if path not in done:
                        done.add(path)
                        yield table
                    break

    def _read(self, paths: Iterable[str]) -> None:
        missing = [path for path in paths if path not in self._known]
        blobs = self._blobs(missing)
        for path in missing:
            data = blobs[path].data if path in blobs else None
            self._known[path] = _table(data) if data is not None else None
            self._digests[path] = digest(data) if data is not None else None

    def _blobs(self, paths: Collection[str]) -> Mapping[str, Blob]:
        if not paths:
            return {}
        sizes = self.tree.sizes(paths)
        return self.tree.read(path for path, size in sizes.items() if size <= SIZE_LIMIT)


def digest(data: bytes) -> bytes:
    """32 bytes that no other text has."""
    return hashlib.sha256(data).digest()


def _places(including: str, spelled: str, is_quoted: bool) -> list[str]:
    """Where a header may be. One of every architecture says nothing: they differ, and nobody
    knows which is meant."""
    return [path for path in header_paths(including, spelled, is_quoted) if "*" not in path]


def _table(data: bytes) -> TypeTable:
    try:
        return declared_in(data)
    except RecursionError:
        # It nests deeper than any that a person writes. What uses it is of unknown type.
        return EMPTY


_WORD = re.compile(rb"[A-Za-z_]\w*")
