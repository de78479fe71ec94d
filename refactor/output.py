"""Put what was written into place: whole, or not at all, at whatever moment a run ends.

Everything is written beside its place under a hidden name first, and moved there in one step.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_state_dir

from refactor.errors import Place, TreeError
from refactor.interruption import uninterrupted

MAIL_NAME = re.compile(r"(v\d+-)?\d{4}-[^/]*\.patch")

COVER_SUFFIX = "0000-cover-letter.patch"

PART_NAME = re.compile(r"\d{2,}")
"""A folder for one of several series that a change was cut into."""


@contextmanager
def replacing(
    folder: Path, mark: bytes, reroll: str = "", *, force: bool = False
) -> Iterator[Path]:
    """A new folder to write a series into; behind the `with` it takes the place of `folder`.

    Mails of an earlier run go. Left alone, by an error, is whatever is not ours, told by `mark` in
    its cover letter; a version other than `reroll` (`v2-`), since `*.patch` would mix the two; and
    what was edited since it was written, unless `force`. Raises TreeError.
    """
    folder = folder.resolve()
    with _said_of(folder):
        _check_ours(folder, mark, reroll, force=force)
        made = _make(folder.parent)
        try:
            with temporary_folder(f".{folder.name}.treewide-", folder.parent) as new:
                new.chmod(folder.stat().st_mode if folder.exists() else 0o777 & ~_umask())
                yield new
                with _locked(folder.parent):
                    _check_ours(folder, mark, reroll, force=force)
                    # Killed between any two of these, what is in place is known as ours.
                    lines = _lines(new)
                    _remember([*_remembered(folder), *lines], folder)
                    _put_in_place(new, folder)
                    _remember(lines, folder)
        finally:
            for parent in reversed(made):
                with suppress(OSError):  # it is in use by now
                    parent.rmdir()


def write_file(file: Path, data: bytes) -> None:
    """Write `data` to `file` in one step; a pipe or a device is written to. Raises TreeError."""
    write_parts(file, (data,))


def write_parts(file: Path, parts: Iterable[bytes]) -> None:
    """The same piece by piece, where all of it may not fit in memory."""
    with _said_of(file):
        if file.exists() and not file.is_file():
            with file.open("wb") as device:
                device.writelines(parts)
            return
        file = file.resolve()
        with temporary_folder(f".{file.name}.treewide-", file.parent) as folder:
            new = folder / file.name
            with new.open("wb") as written:
                written.writelines(parts)
            if file.exists():
                shutil.copymode(file, new)
            new.rename(file)


_litter: set[Path] = set()


@contextmanager
def temporary_folder(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder in `parent`, or among the system's temporary files; removed behind the `with`.

    `sweep` removes it if an interruption comes in between.
    """
    with uninterrupted():  # the first question for it is answered with a file for a trial
        system = tempfile.gettempdir()
    _clear_away(prefix, parent or Path(system))
    with uninterrupted():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        _litter.add(folder)
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _litter.discard(folder)
        os.close(descriptor)


ABANDONED = 60.0
"""Seconds after which a folder that nobody has locked is taken for one that nobody has."""


def _clear_away(prefix: str, parent: Path) -> None:
    """Remove the temporary folders of runs that were killed before they could.

    Whoever works in one has locked it, and a lock ends with its process however that ends. A file
    system that cannot lock keeps what it has.
    """
    name = re.compile(re.escape(prefix) + r"[a-z0-9_]{8}")
    left: list[Path] = []
    with suppress(OSError), os.scandir(parent) as entries:
        left = [Path(entry) for entry in entries if name.fullmatch(entry.name)]
    for folder in left if prefix.endswith("treewide-") else ():
        with suppress(OSError):
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                continue
            if time.time() - status.st_mtime < ABANDONED:
                continue
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def sweep() -> None:
    """Remove temporary folders that are still there, at the end of a run that was interrupted."""
    for folder in _litter:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------------------- what is there


def _check_ours(folder: Path, mark: bytes, reroll: str, *, force: bool) -> None:
    """Raise TreeError if there is something in `folder` that must not be replaced."""
    if not folder.exists():
        return
    for each in (folder, *(entry for entry in sorted(folder.iterdir()) if _is_part(entry))):
        _check_written(each, mark, reroll)
    edited = [] if force else sorted(_edited(folder))
    if edited:
        raise TreeError(
            f"edited since treewide wrote it, and left alone: {', '.join(edited)}",
            place=Place(str(folder)),
            hint="name another folder with -o, or overwrite it with --force",
        )


def _check_written(folder: Path, mark: bytes, reroll: str) -> None:
    """The same for one folder of mails: all of it is ours, and of this version."""
    entries = [each for each in sorted(folder.iterdir()) if not _is_part(each)]
    covered = {
        _reroll(entry)
        for entry in entries
        if entry.name.endswith(COVER_SUFFIX) and _is_mail(entry) and mark in entry.read_bytes()
    }
    for entry in entries:
        if not _is_mail(entry) or _reroll(entry) not in covered:
            raise TreeError(
                f"the folder has something in it that treewide did not write: {entry.name}",
                place=Place(str(folder)),
                hint="name another folder with -o, or empty this one",
            )
        if _reroll(entry) != reroll:
            version = _reroll(entry).strip("v-") or "1"
            raise TreeError(
                f"the folder has version {version} in it, and *.patch would mix the two",
                place=Place(str(folder)),
                hint="name another folder with -o",
            )


def _lines(folder: Path) -> list[str]:
    """What `folder` has in it: a digest and a name for each mail."""
    files = sorted(folder.rglob("*.patch"))
    return [f"{_digest(each)}  {each.relative_to(folder)}" for each in files]


def _remember(lines: list[str], folder: Path) -> None:
    """Put down what may be found in `folder` as it was written: see `_edited`."""
    with suppress(OSError):  # without it nothing can be told from what was edited
        notes = _notes_of(folder)
        notes.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = notes.with_suffix(".new")
        new.write_text("".join(f"{line}\n" for line in lines))
        new.rename(notes)


def _remembered(folder: Path) -> list[str]:
    try:
        return _notes_of(folder).read_text(errors="replace").splitlines()
    except OSError:
        return []


def _edited(folder: Path) -> list[str]:
    """The files that are not as they were written; those that were removed are nobody's loss."""
    written: dict[str, set[str]] = {}
    for line in _remembered(folder):
        digest, _, name = line.partition("  ")
        written.setdefault(name, set()).add(digest)
    files = {name: folder / name for name in written}
    return [n for n, file in files.items() if file.is_file() and _digest(file) not in written[n]]


def _notes_of(folder: Path) -> Path:
    """Where the digests of a folder are kept: not in it, for `git send-email` takes all that is."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()
    return Path(user_state_dir("treewide"), "written", name)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _is_part(entry: Path) -> bool:
    is_folder = entry.is_dir() and not entry.is_symlink()
    return is_folder and PART_NAME.fullmatch(entry.name) is not None


def _is_mail(entry: Path) -> bool:
    is_file = entry.is_file() and not entry.is_symlink()
    return is_file and MAIL_NAME.fullmatch(entry.name) is not None


def _reroll(entry: Path) -> str:
    match = MAIL_NAME.fullmatch(entry.name)
    return (match[1] or "") if match else ""


# ---------------------------------------------------------------------------- in one step


def _put_in_place(new: Path, folder: Path) -> None:
    """Rename, or exchange the two, so that no moment sees half of a series."""
    if not folder.exists() or not any(folder.iterdir()):
        new.rename(folder)
        return
    try:
        _exchange(new, folder)
    except OSError:  # a file system that cannot: for a moment there is no `folder`
        old = new.with_name(f"{new.name}.old")
        folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        old.rename(new)


def _exchange(one: Path, other: Path) -> None:
    """renameat2(2) with RENAME_EXCHANGE. Raises OSError where there is none."""
    import ctypes  # seldom needed, and slow to import

    library = ctypes.CDLL(None, use_errno=True)
    here = -100  # AT_FDCWD
    rename = getattr(library, "renameat2", None)
    if rename is None or rename(here, os.fsencode(one), here, os.fsencode(other), 2) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _make(folder: Path) -> list[Path]:
    """Create `folder` with its parents; returns those that were not there, the outer ones first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


@contextmanager
def _said_of(place: Path) -> Iterator[None]:
    """Tell of an OSError as what it is: `place` cannot be written."""
    try:
        yield
    except OSError as error:
        hint = ""
        if place.is_dir():
            hint = f"a folder is replaced as a whole; name one inside of it: -o {place}/outgoing"
        raise TreeError(
            f"cannot write: {error.strerror or error}", place=Place(str(place)), hint=hint
        ) from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let no two runs look at a folder and then replace it at the same time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
