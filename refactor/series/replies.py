"""Tags that reviewers have given, from the replies to a series."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from refactor.errors import Place, UsageError
from refactor.series.addresses import is_address, parsed
from refactor.tree.mails import addresses, header, message, parts

_TAG = re.compile(r"((?:Reviewed|Acked|Tested)-by): (\S.*<[^<>\s]+>)\s*$")
_ID = re.compile(r"<[^<>\s]+>")
LONGEST = 1 << 20
"""How many characters of a mail are looked at."""


@dataclass(frozen=True, slots=True)
class Given:
    """A tag, and the Message-Id of what it was given to."""

    tag: str
    to: str


def given(file: Path, known: Mapping[str, object]) -> tuple[list[Given], list[str]]:
    """The tags that the mails of an mbox give to one of `known`, and what was not taken.

    Quoted lines do not count, nor does what somebody says for somebody else. Raises UsageError for
    what is no mbox.
    """
    found: dict[Given, None] = {}
    left: list[str] = []
    for mail in _mails(file):
        sender = {address.lower() for _, address in addresses(mail, "From")}
        to = _answered(mail, known)
        if to is None:
            continue
        for line in _text(mail).splitlines():
            match = _TAG.match(line)
            if match is None:
                continue
            tag = f"{match[1]}: {match[2]}"
            who = {address.lower() for _, address in parsed(match[2])}
            if not is_address(match[2]) or not who <= sender:
                left.append(f"{tag}: it comes from another address ({', '.join(sorted(sender))})")
            else:
                found[Given(tag, to)] = None
    return list(found), left


def _mails(file: Path) -> Iterator[Message]:
    if not file.is_file():
        raise UsageError("--tags-from: no such file", place=Place(str(file)))
    box = mailbox.mbox(file, create=False)
    try:
        count = 0
        for key in box.iterkeys():
            count += 1
            yield message(box.get_bytes(key))
        if count == 0:
            raise UsageError("--tags-from: no mail in it", place=Place(str(file)))
    finally:
        box.close()


def _answered(mail: Message, known: Mapping[str, object]) -> str | None:
    """What a mail answers: the closest one of `known` that it names."""
    ids = _ID.findall(header(mail, "In-Reply-To"))
    ids += reversed(_ID.findall(header(mail, "References")))
    return next((each for each in ids if each in known), None)


def _text(mail: Message) -> str:
    """What somebody has written, which is the first part of plain text that is no file."""
    found = (part for part in parts(mail) if part.kind == "text/plain" and not part.file_name)
    return next((part.text[:LONGEST] for part in found), "")
