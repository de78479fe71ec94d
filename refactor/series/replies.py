"""Tags that reviewers have given, from the replies to a series."""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from refactor.errors import Place, UsageError
from refactor.series.addresses import is_address, parsed

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
    for message in _mails(file):
        sender = {mail.lower() for _, mail in parsed(str(message.get("From", "")))}
        to = _answered(message, known)
        if to is None:
            continue
        for line in _text(message).splitlines():
            match = _TAG.match(line)
            if match is None:
                continue
            tag = f"{match[1]}: {match[2]}"
            who = {mail.lower() for _, mail in parsed(match[2])}
            if not is_address(match[2]) or not who <= sender:
                left.append(f"{tag}: it comes from another address ({', '.join(sorted(sender))})")
            else:
                found[Given(tag, to)] = None
    return list(found), left


def _mails(file: Path) -> Iterator[EmailMessage]:
    if not file.is_file():
        raise UsageError("--tags-from: no such file", place=Place(str(file)))
    box = mailbox.mbox(file, create=False)
    try:
        count = 0
        for key in box.iterkeys():
            count += 1
            message = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            yield message
        if count == 0:
            raise UsageError("--tags-from: no mail in it", place=Place(str(file)))
    finally:
        box.close()


def _answered(message: EmailMessage, known: Mapping[str, object]) -> str | None:
    """What a mail answers: the closest one of `known` that it names."""
    ids = _ID.findall(str(message.get("In-Reply-To", "")))
    ids += reversed(_ID.findall(str(message.get("References", ""))))
    return next((each for each in ids if each in known), None)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    if body is None:
        return ""
    try:
        return str(body.get_content())[:LONGEST]
    except (LookupError, UnicodeError):  # a character set that nobody knows
        return ""
