"""Patches that are not applied yet, read from what people have them in.

That is a mail of `git format-patch`, a folder of such, an mbox of `b4 am` or of a list archive, or
a bare diff. Cover letters and replies are passed over, a mail that is there twice counts once, and
of several rerolls the last one counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from refactor.errors import Place, TreeError
from refactor.tree.mails import header, message, parts

STDIN = "-"
STANDARD_INPUT = "standard input"

# The line that begins a mail in an mbox, with a header behind it: "From " alone begins sentences.
# Pipermail writes "a at example.org" there, and not everybody pads the day or has seconds.
_ENVELOPE = re.compile(
    rb"^From \S[^\n]{0,200}?\s\w{3} \w{3} [ \d]?\d \d\d:\d\d(?::\d\d)? "
    rb"[^\n]{0,20}\d{4}[^\n]{0,80}\r?\n(?=[A-Za-z][\w-]*:)",
    re.MULTILINE,
)
_HEADER = re.compile(rb"\A(?:[A-Za-z][\w-]*:[ \t].*\r?\n)")
_DIFF = re.compile(rb"^(?:diff --git |--- [^\n]*\n\+\+\+ )", re.MULTILINE)
_TAG = re.compile(r"\[([^\[\]]*)\]")
_REPLY = re.compile(r"\s*(?:re|aw|sv|fwd?)\s*:", re.IGNORECASE)
_BASE = re.compile(rb"^base-commit: ([0-9a-f]{40,64})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch. `label` is what people know it by: its file, or its source and subject."""

    label: str
    diff: bytes
    """From the first file that it touches to the end of the mail."""
    version: int = 1
    number: int | None = None
    total: int | None = None
    """Number, and how many there are, of `[PATCH 2/3]`."""
    is_reply: bool = False


@dataclass(frozen=True, slots=True)
class PatchSet:
    """Patches in the order in which they apply."""

    patches: tuple[Patch, ...]
    base: str = ""
    """The commit that they say they are made for."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


def read(sources: Sequence[str]) -> PatchSet:
    """Read files, folders, or standard input (`-`), in the order given.

    Raises TreeError for what cannot be read, or has no patch in it. A cover letter on its own is
    passed over if there are patches besides it.
    """
    patches: list[Patch] = []
    notes: list[str] = []
    base = ""
    for source in sources:
        contents = list(_contents(source))
        known: set[str] = set()
        found = [patch for name, data in contents for patch in _patches(name, data, known)]
        if found:
            # A reply may come with a patch, behind scissors, and be all that there is.
            own = [patch for patch in found if not patch.is_reply] or found
            chosen, left_out = _in_order(own)
            replies = len(found) - len(own)
            if replies:
                left_out.append(f"diffs in replies are passed over: {replies}")
            patches += chosen
            notes += [f"{_name(source)}: {note}" for note in left_out]
        elif not any(mail for _, data in contents for mail in _mails(data)):
            raise _nothing(source)
        stated = [match[1] for _, data in contents for match in _BASE.finditer(data)]
        base = base or (stated[0].decode() if stated else "")
    if not patches:
        raise _nothing(sources[-1])
    return PatchSet(tuple(patches), base, tuple(notes))


def _nothing(source: str) -> TreeError:
    return TreeError("there is no patch in it", place=Place(_name(source)))


def _name(source: str) -> str:
    return STANDARD_INPUT if source == STDIN else source


def _contents(source: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file that `source` stands for."""
    if source == STDIN:
        if sys.stdin is None:
            raise TreeError("it is closed", place=Place(STANDARD_INPUT))
        yield STANDARD_INPUT, _unpacked(STANDARD_INPUT, sys.stdin.buffer.read())
        return
    path = Path(source)
    files = [path]
    if path.is_dir():
        folders = [path, *(path / name for name in ("cur", "new") if (path / name).is_dir())]
        files = sorted(
            file
            for folder in folders
            for file in folder.iterdir()
            if not (file.is_dir() or file.is_fifo() or file.name.startswith("."))
        )
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise TreeError(error.strerror or str(error), place=Place(str(file))) from error
        yield str(file), _unpacked(str(file), data)


def _unpacked(name: str, data: bytes) -> bytes:
    """List archives offer their threads compressed. Raises TreeError for a damaged file."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    import gzip
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            unpacked = packed.read(UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TreeError(f"it cannot be decompressed: {error}", place=Place(name)) from error
    if len(unpacked) > UNPACKED:
        words = f"it has more than {UNPACKED >> 20} MB when it is decompressed"
        raise TreeError(words, place=Place(name), hint="name fewer threads")
    return unpacked


UNPACKED = 256 << 20
"""Bytes that a compressed mailbox may have. A month of the kernel's largest list has less."""


# ---------------------------------------------------------------------------- mails


def _patches(name: str, data: bytes, known: set[str]) -> Iterator[Patch]:
    """The patches in one file: a bare diff, a mail, or an mbox.

    `known` has the ids of mails that were seen; who gets a mail by two lists has it twice.
    """
    mails = list(_mails(data))
    if not mails:
        diff = _diff(data)
        if diff:
            yield Patch(name, diff)
        return
    for mail in mails:
        diff = _diff(b"\n".join(_texts(mail)))
        identity = header(mail, "Message-ID")
        if not diff or identity in known:
            continue
        known |= {identity} - {""}
        subject = header(mail, "Subject") or "(no subject)"
        is_file_of_it = len(mails) == 1 and name != STANDARD_INPUT
        label = name if is_file_of_it else f"{name}: {subject}"
        yield Patch(label, diff, *_tagged(subject), _is_reply(mail, subject))


def _mails(data: bytes) -> Iterator[Message]:
    starts = [match.start() for match in _ENVELOPE.finditer(data)]
    if not starts and not _HEADER.match(data):
        return
    if not starts or data[: starts[0]].strip():
        starts.insert(0, 0)
    for start, end in zip(starts, (*starts[1:], len(data)), strict=True):
        # ">From " stays as it is: it stands in prose only, never at the start of a diff's line.
        yield message(_ENVELOPE.sub(b"", data[start:end], count=1))


def _texts(mail: Message) -> Iterator[bytes]:
    """The parts of a mail that may have a diff in them, decoded; a signature is none of them."""
    for part in parts(mail):
        is_text = part.kind.startswith("text/") and part.kind != "text/html"
        if is_text or part.file_name.endswith((".patch", ".diff")):
            yield part.data


def _is_reply(mail: Message, subject: str) -> bool:
    """True for an answer, which is no part of the series even if it has a diff in it."""
    return bool(header(mail, "In-Reply-To")) and bool(
        _REPLY.match(subject) or not _TAG.search(subject)
    )


def _diff(text: bytes) -> bytes:
    """The diff in a text, with the line ends it had before a mailer changed them."""
    found = _DIFF.search(text)
    if found is None:
        found = _DIFF.search(text.replace(b"\r\n", b"\n"))
        if found is None:
            return b""
        text = text.replace(b"\r\n", b"\n")
    diff = text[found.start() :]
    first = diff[: diff.index(b"\n") + 1] if b"\n" in diff else diff
    if first.endswith(b"\r\n"):
        diff = re.sub(rb"\r\n", b"\n", diff)
    return diff if diff.endswith(b"\n") else diff + b"\n"


def _tagged(subject: str) -> tuple[int, int | None, int | None]:
    """Version, number and total of `[PATCH v2 03/11]`."""
    for tag in _TAG.findall(subject):
        number = re.search(r"\b(\d{1,4})/(\d{1,4})\b", tag)
        version = re.search(r"\bv(\d{1,4})\b", tag, re.IGNORECASE)
        if number or version:
            which = (int(number[1]), int(number[2])) if number else (None, None)
            return int(version[1]) if version else 1, *which
    return 1, None, None


def _in_order(patches: Sequence[Patch]) -> tuple[list[Patch], list[str]]:
    """The patches of the last reroll, by number, and what is to be said of the others.

    An archive has the mails in the order in which they arrived. Where a reroll replaces only some
    patches, the others stay those of the version before.
    """
    last = max(patch.version for patch in patches)
    chosen = [patch for patch in patches if patch.version == last]
    older = sorted(
        (patch for patch in patches if patch.version < last), key=lambda patch: -patch.version
    )
    numbers = {patch.number for patch in chosen if patch.number is not None}
    if len(numbers) < len(chosen):  # not one numbered series
        return chosen, _left_out(len(older), last)
    notes = []
    total = chosen[0].total or 0
    for patch in older:
        if patch.number and patch.total == total and patch.number not in numbers:
            numbers.add(patch.number)
            chosen.append(patch)
            notes.append(f"{patch.number}/{total} is that of v{patch.version}: v{last} lacks it")
    missing = [f"{number}/{total}" for number in range(1, total + 1) if number not in numbers]
    if missing and len(chosen) > 1:
        notes.append(f"missing: {', '.join(missing)}")
    chosen.sort(key=lambda patch: patch.number or 0)
    left_out = len(patches) - len(chosen)
    return chosen, notes + _left_out(left_out, last)


def _left_out(number: int, last: int) -> list[str]:
    if not number:
        return []
    if number == 1:
        return [f"1 patch of a version before v{last} is left out"]
    return [f"{number} patches of versions before v{last} are left out"]
