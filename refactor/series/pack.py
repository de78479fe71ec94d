"""A pack of git objects: files before and after, and the trees over them.

`git fast-import` would make the same, but takes the hash of each byte four times, for the object
and for the pack, which it reads once more at its end. In thousands of files that is half of all
that git has to do for their diff.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

from refactor.plan.split import FileChange

Ids = tuple[str, str]
"""The object ids of two trees: of the files before, and of them after."""


class Sides:
    """What some files were and are, in packs that are written into a folder.

    `object_format` is git's word for its hash.
    """

    def __init__(self, object_format: str, folder: Path) -> None:
        self._format = object_format
        self._packs = folder
        self._before: _Folder = {}
        self._after: _Folder = {}

    def add(self, files: Iterable[FileChange]) -> None:
        """Write a pack of some files; what is kept of them is their names and ids."""
        pack = _Pack(self._format)
        for file in files:
            for folder, data in ((self._before, file.before), (self._after, file.after)):
                *parents, name = os.fsencode(file.path).split(b"/")
                for each in parents:
                    below = folder.setdefault(each, {})
                    assert isinstance(below, dict)  # no path goes through a file
                    folder = below
                folder[name] = file.mode.encode() + b" " + name + b"\0" + pack.add(_BLOB, data)
        pack.write(self._packs)

    def trees(self) -> Ids:
        """Write a pack of two trees that have all files so far, and no other ones."""
        pack = _Pack(self._format)
        ids = pack.add_tree(self._before).hex(), pack.add_tree(self._after).hex()
        pack.write(self._packs)
        return ids


_Folder = dict[bytes, "bytes | _Folder"]
"""By name the entry of a file, or what is in a folder."""

_TREE, _BLOB = 2, 3
_NAMES = {_TREE: b"tree", _BLOB: b"blob"}


class _Pack:
    """The objects so far, in the form of git's gitformat-pack(5)."""

    def __init__(self, object_format: str) -> None:
        self._format = object_format
        self._entries: list[bytes] = []
        self._found: dict[bytes, tuple[int, int]] = {}
        """By object id where its entry begins, and the checksum of that."""
        self._size = _HEADER.size

    def add(self, kind: int, data: bytes) -> bytes:
        """Put an object into the pack, unless it is there; return its id."""
        told = hashlib.new(self._format, b"%s %d\0" % (_NAMES[kind], len(data)))
        told.update(data)
        oid = told.digest()
        if oid not in self._found:
            # Not compressed: it is read once, and goes.
            entry = _entry_head(kind, len(data)) + zlib.compress(data, 0)
            self._found[oid] = self._size, zlib.crc32(entry)
            self._entries.append(entry)
            self._size += len(entry)
        return oid

    def add_tree(self, folder: _Folder) -> bytes:
        """Put a folder into the pack, with all below it; return its id."""
        # git sorts a folder as if its name ended with a slash.
        lines = sorted(
            (name + b"/", b"40000 " + name + b"\0" + self.add_tree(entry))
            if isinstance(entry, dict)
            else (name, entry)
            for name, entry in folder.items()
        )
        return self.add(_TREE, b"".join(line for _, line in lines))

    def write(self, folder: Path) -> None:
        """Write the pack and its index."""
        pieces = [_HEADER.pack(b"PACK", 2, len(self._entries)), *self._entries]
        told = hashlib.new(self._format)
        for piece in pieces:
            told.update(piece)
        name = folder / f"pack-{told.hexdigest()}"
        with name.with_suffix(".pack").open("wb") as file:
            file.writelines([*pieces, told.digest()])
        name.with_suffix(".idx").write_bytes(self._index(told.digest()))

    def _index(self, checksum: bytes) -> bytes:
        """The index of the pack that has a checksum; offsets of over 2 GiB are no part of it."""
        oids = sorted(self._found)
        counts = [0] * 256
        for oid in oids:
            counts[oid[0]] += 1
        found = [self._found[oid] for oid in oids]
        words = [*accumulate(counts)], [crc for _, crc in found], [at for at, _ in found]
        fanout, checks, offsets = (struct.pack(f">{len(each)}I", *each) for each in words)
        index = b"".join((_INDEX, fanout, *oids, checks, offsets, checksum))
        return index + hashlib.new(self._format, index).digest()


_HEADER = struct.Struct(">4sII")
_INDEX = b"\377tOc" + struct.pack(">I", 2)


def _entry_head(kind: int, size: int) -> bytes:
    """Kind and size: four bits of that in the first byte, seven in each other one, lowest first."""
    head = bytearray((kind << 4 | size & 0xF,))
    size >>= 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head)
