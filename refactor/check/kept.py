"""What was found in a file, kept from one run to the next.

Findings are a function of the patches, of the bytes and the path of a file, of the headers that it
was asked for, and of this program. So a second run over a tree looks at no more than what is not as
it was in the first one, and a run that was interrupted goes on where it ended.

An entry is found by a digest of all of that but the headers. With it stands which headers were
read, and what they were: which ones those are is known only to who has read the file.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_dir

from refactor.check.finding import Finding, Level, LineEdit, Related
from refactor.errors import Place
from refactor.text import Span
from refactor.tree.tree import Blob

Digests = Mapping[str, bytes | None]
"""By path what tells a header from all others; None for one that is not there."""

DAYS = 30
"""How long an entry stays that no run has asked for."""

PORTION = 200
"""In how many files something is found before it is written down."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS found (key BLOB PRIMARY KEY, entry BLOB, day INTEGER) WITHOUT ROWID
"""
_SPOILT = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def place() -> Path:
    """The file that they are kept in, below XDG_CACHE_HOME or ~/.cache."""
    return Path(user_cache_dir("treewide"), "findings.sqlite")


def today() -> int:
    """The number of the day."""
    return int(time.time()) // 86_400


class Kept:
    """What some patches, told by `about`, have found in files. Without a file of its own to keep
    it in it lasts for one run.

    Nothing but time depends on it. So what cannot be read or written is found again, and is no
    error: the disk may be full, the home read-only, the file spoilt by a loss of power.
    """

    def __init__(self, about: Iterable[bytes], file: Path | None) -> None:
        self._about = _joined([_program(), *about])
        self._new: dict[bytes, tuple[bytes, int]] = {}
        self._today = today()
        self._store = _open(file)
        # Once, as all of the table has to be gone through for it.
        with suppress(sqlite3.Error), self._store:
            self._store.execute("DELETE FROM found WHERE day < ?", (self._today - DAYS,))

    def get(
        self, blob: Blob, digests: Callable[[Collection[str]], Digests]
    ) -> list[Finding] | None:
        """What was found in a file; None if it has to be looked at. `digests` looks at headers."""
        key = self._key(blob)
        entry, day = self._new.get(key) or self._stored(key)
        with suppress(pickle.UnpicklingError):
            paths, state, findings = _unpacked(entry)
            if _joined(_told(digests(paths))) == state:
                if day != self._today:
                    self._new[key] = (entry, self._today)
                return findings
        return None

    def put(self, blob: Blob, asked: Digests, findings: Sequence[Finding]) -> None:
        """Keep what was found in a file, which has asked for some headers."""
        entry = _packed((sorted(asked), _joined(_told(asked)), list(findings)))
        self._new[self._key(blob)] = (entry, self._today)
        if len(self._new) >= PORTION:
            self.write()

    def write(self) -> None:
        """Write down what is new."""
        rows = [(key, *row) for key, row in self._new.items()]
        try:
            self._write(rows)
        except sqlite3.Error:
            self._store = _open(None)
            self._write(rows)
        self._new.clear()

    def _write(self, rows: Sequence[tuple[bytes, bytes, int]]) -> None:
        with self._store:
            self._store.executemany("REPLACE INTO found VALUES (?, ?, ?)", rows)

    def _stored(self, key: bytes) -> tuple[bytes, int]:
        with suppress(sqlite3.Error):
            asked = self._store.execute("SELECT entry, day FROM found WHERE key = ?", (key,))
            return asked.fetchone() or (b"", 0)
        return b"", 0

    def _key(self, blob: Blob) -> bytes:
        return _joined([self._about, os.fsencode(blob.path), blob.data])


def _open(file: Path | None) -> sqlite3.Connection:
    """The table in a file, or in memory if it cannot be there."""
    if file is not None:
        with suppress(OSError, sqlite3.Error):
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                return _with_table(str(file))
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode not in _SPOILT:
                    raise
            file.unlink()
            return _with_table(str(file))
    return _with_table(":memory:")


def _with_table(name: str) -> sqlite3.Connection:
    store = sqlite3.connect(name)
    # No time is spent on being safe from a loss of power: an entry that is spoilt tells so itself.
    store.execute("PRAGMA synchronous = OFF")
    store.execute(_TABLE)
    return store


def _program() -> bytes:
    """What tells this program from all others: its own text, and what it parses with."""
    root = Path(__file__).parent.parent
    texts = (file.read_bytes() for file in sorted(root.rglob("*.py")))
    parts = [sys.version, version("tree-sitter"), version("tree-sitter-c")]
    return _joined([*(each.encode() for each in parts), *texts])


def _told(digests: Digests) -> Iterable[bytes]:
    """Headers and what they are, as bytes; one that is not there has none."""
    return (each for path in sorted(digests) for each in (os.fsencode(path), digests[path] or b""))


def _joined(parts: Iterable[bytes]) -> bytes:
    """A digest of several texts, which no others have, wherever one ends."""
    whole = hashlib.sha256()
    for each in parts:
        whole.update(b"%d:" % len(each))
        whole.update(each)
    return whole.digest()


# ---------------------------------------------------------------------------- an entry as bytes

Entry = tuple[Sequence[str], bytes, list[Finding]]
"""The paths of headers, what these were, and the findings."""


def _packed(entry: Entry) -> bytes:
    body = pickle.dumps(entry)
    return hashlib.sha256(body).digest() + body


def _unpacked(packed: bytes) -> Entry:
    """Raises UnpicklingError for what `_packed` has not written."""
    check, body = packed[:32], packed[32:]
    if hashlib.sha256(body).digest() != check:
        raise pickle.UnpicklingError("it is not whole")
    entry: Entry = _Unpickler(io.BytesIO(body)).load()
    return entry


class _Unpickler(pickle.Unpickler):
    """Makes findings and what is in them, and calls nothing else."""

    def find_class(self, module: str, name: str) -> type:
        for each in (Finding, Level, LineEdit, Place, Related, Span):
            if (each.__module__, each.__qualname__) == (module, name):
                return each
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a finding")
