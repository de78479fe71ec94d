"""What goes to whom, before it goes: a table of mails, their limits, and how they are sent."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from refactor.report.text import columns, counted
from refactor.series.mail import RECIPIENTS
from refactor.tree.mails import addresses, header, message

SIZE = 100_000
"""Bytes that vger.kernel.org takes in one mail; a longer one is dropped without a word."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What stands in a mail, counted."""

    name: str
    subject: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    files: int
    added: int
    removed: int
    size: int


def read(file: Path) -> Mail:
    """A mail that git format-patch wrote."""
    data = file.read_bytes()
    top, _, body = data.partition(b"\n\n")
    mail = message(top)
    change = body.partition(b"\ndiff --git ")[2]
    lines = [line for line in change.splitlines() if not line.startswith((b"+++ ", b"--- "))]
    subject = header(mail, "Subject")
    return Mail(
        name=file.name.partition("-")[0] if file.name[0].isdigit() else file.name[:7],
        subject=subject.partition("] ")[2] or subject,
        to=tuple(who for _, who in addresses(mail, "To") if who),
        cc=tuple(who for _, who in addresses(mail, "Cc") if who),
        files=len(re.findall(rb"^diff --git ", body, re.MULTILINE)),
        added=sum(line.startswith(b"+") for line in lines),
        removed=sum(line.startswith(b"-") and line != b"-- " for line in lines),
        size=len(data),
    )


def told(files: Sequence[Path]) -> Iterator[str]:
    """The table of each folder, what is over a limit, and how it is sent."""
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    for folder, some in folders.items():
        mails = [read(file) for file in some]
        rows = [["patch", "To", "Cc", "files", "lines", "subject"]]
        for mail in mails:
            change = f"+{mail.added} -{mail.removed}" if mail.files else ""
            counts = [str(len(mail.to)), str(len(mail.cc)), str(mail.files or "")]
            rows.append([mail.name, *counts, change, mail.subject])
        yield f"{folder}:"
        yield columns(rows)
        yield from _limits(mails)
    people = {who for file in files for who in (*read(file).to, *read(file).cc)}
    yield f"{counted(len(files), 'mail')} to {counted(len(people), 'address', 'addresses')}"
    if not all(read(file).to for file in files):
        yield "nobody is on To: yet; --to names somebody"
    yield "to send it, after a look at what --dry-run says:"
    for folder in folders:
        pattern = f"{shlex.quote(str(folder))}/*.patch"
        yield f"  git send-email --dry-run --no-thread --suppress-cc=self {pattern}"


def _limits(mails: Sequence[Mail]) -> Iterator[str]:
    for mail in mails:
        number = len({*mail.to, *mail.cc})
        if number > RECIPIENTS:
            yield f"{mail.name}: {number} recipients, more than the {RECIPIENTS} of one mail"
        if mail.size > SIZE:
            yield f"{mail.name}: {mail.size} bytes, and lists take {SIZE}; --max-files, --max"
