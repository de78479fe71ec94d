"""Compile C with the host's compiler: objects once for each distinct input, several at a time.

An object depends on its command line and on every byte below the folder it is compiled in that the
compiler could have read, so it is named by a digest of both.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from refactor.errors import Place, TreeError


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error of the compiler or the linker, at the place that it names."""

    place: Place | None
    message: str

    @property
    def identifier(self) -> str:
        """The name that it is about, if it quotes one."""
        found = re.search(r"['`]([A-Za-z_]\w*)'", self.message)
        return found[1] if found else ""


class BuildError(Exception):
    """Something does not compile or link."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(complaints[0].message if complaints else "the compiler failed")
        self.complaints = tuple(complaints)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to compile, relative to the folder of its tree, with the flags for it."""

    path: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder with sources and headers, and a digest of what its headers say."""

    folder: Path
    headers: str


def compiler() -> list[str]:
    """The host's C compiler: $CC, or cc. Raises TreeError if there is none."""
    command = shlex.split(os.environ.get("CC", "")) or ["cc"]
    if shutil.which(command[0]) is None:
        raise TreeError(
            f"no C compiler: {command[0]} is not installed",
            hint="install one: apt-get install gcc libc6-dev",
        )
    return command


def own_headers(command: Sequence[str]) -> list[str]:
    """The flags for the headers that belong to the compiler and not to a C library."""
    ask = [*command, "-print-file-name=include"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    return ["-isystem", done.stdout.strip()]


def describe_headers(folder: Path) -> Tree:
    """The tree in `folder`, as it is now."""
    digest = hashlib.sha256()
    for header in sorted(folder.rglob("*.h")):
        digest.update(header.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(header.read_bytes() + b"\0")
    return Tree(folder, digest.hexdigest())


@dataclass
class Builder:
    """Compiles and links into `folder`; equal inputs are compiled once."""

    folder: Path
    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    command: list[str] = field(default_factory=compiler)
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    _files: dict[str, Future[Path]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.jobs)

    def __enter__(self) -> Builder:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def unsanitized(self) -> tuple[str, ...]:
        """The flag for one source to be compiled as if without sanitizers, where there are any."""
        sanitized = any(flag.startswith("-fsanitize=") for flag in self.cflags)
        return ("-fno-sanitize=all",) if sanitized else ()

    def compile(self, tree: Tree, source: Source) -> Future[Path]:
        """Start compiling; the result is the object. Its errors are `BuildError`s."""
        text = (tree.folder / source.path).read_bytes()
        parts = [tree.headers, source.path, *source.flags, text.decode(errors="surrogateescape")]
        key = hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:24]
        target = self.folder / f"{key}.o"
        command = [*self.command, *self.cflags, *source.flags, "-c", source.path, "-o", str(target)]
        return self._once(key, command, tree.folder, target)

    def link(self, objects: Iterable[Path]) -> Path:
        """Link a program, named by its objects, with errors as `compile` has them."""
        inputs = [str(each) for each in objects]
        key = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:24]
        target = self.folder / key
        command = [*self.command, *self.cflags, *inputs, "-o", str(target), *self.ldflags]
        return self._once(key, command, self.folder, target).result()

    def _once(self, key: str, command: list[str], folder: Path, target: Path) -> Future[Path]:
        """Run a command in the pool, or join the run that others have asked for."""
        with self._lock:
            if key not in self._files:
                self._files[key] = self._pool.submit(_run, command, folder, target)
            return self._files[key]


LIMITS = "ulimit -t 120; ulimit -v 4194304; ulimit -f 262144; ulimit -c 0"
"""What a compiler may use: seconds, 4 GiB of memory in KiB, 128 MiB of output in blocks. An array
of a stranger can be larger than any disk. Only a shell can set them without a race and without
Python code between fork and exec; a host that has lower limits keeps them."""


def _run(command: list[str], folder: Path, target: Path) -> Path:
    """Run the compiler in `folder`, where the paths of its messages are relative to."""
    limited = ["sh", "-c", f'{{ {LIMITS}; }} 2>/dev/null; exec "$@"', "sh", *command]
    done = subprocess.run(
        limited,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(complaints(done.stderr.decode(errors="replace"), command))
    return target


def complaints(text: str, command: Sequence[str] = ()) -> list[Complaint]:
    """The errors in what gcc, clang or a linker has printed."""
    found: dict[Complaint, None] = {}
    for line in text.splitlines():
        match = re.match(r"([^\s:][^:]*):(\d+):(\d+): (?:fatal )?error: (.*)", line)
        if match:
            place = Place(match[1], int(match[2]), int(match[3]))
            found[Complaint(place, match[4])] = None
        elif "undefined reference to" in line or "multiple definition of" in line:
            found[Complaint(None, line.split(": ", 1)[-1].strip())] = None
    if not found:
        words = text.strip().splitlines()
        found[Complaint(None, words[-1] if words else f"{command[0]} failed")] = None
    return list(found)


def values(table: Mapping[str, object], key: str) -> list[str]:
    """A list of strings out of a TOML table; absent is empty."""
    found = table.get(key, [])
    return [str(value) for value in found] if isinstance(found, list) else []
