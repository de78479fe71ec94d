"""A mail from its bytes, whoever wrote them: parsed in linear time, and to an end.

Python's parser raises whatever comes of a header that makes no sense, and its newer one, of
`email.policy.default`, does so for many more of them. So it is the old one that is asked, and what
it stumbles over counts as plain text.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

SPOILED = (AttributeError, LookupError, TypeError, ValueError, RecursionError, MessageError)
"""What Python raises for headers that make no sense."""

PARTS = 100
"""How many times a mail may say that it has parts. Python looks for the end of each part around a
line at every line, and calls itself for each; mails of people have three."""

LONGEST = 1 << 17
"""How many characters of a header are looked at."""

_MULTIPART = re.compile(rb"(?im)^Content-Type:[^\n]*multipart")
_CONTENT = re.compile(rb"(?im)^Content-[\w-]*:")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail, decoded; `kind` is its type, `file_name` is empty if it is no file."""

    kind: str
    file_name: str
    data: bytes
    charset: str

    @property
    def text(self) -> str:
        """What it says to people."""
        try:
            return self.data.decode(self.charset, "replace")
        except SPOILED:  # no character set, or one that cannot replace what is odd
            return self.data.decode(errors="replace")


def message(data: bytes) -> Message:
    """The mail; one that cannot be understood, or has too many parts, counts as plain text."""
    if len(_MULTIPART.findall(data)) <= PARTS:
        try:
            return email.message_from_bytes(data)
        except SPOILED:
            pass
    return email.message_from_bytes(_CONTENT.sub(b"X:", data))


def header(mail: Message, name: str) -> str:
    """A header as people read it, in one line, or nothing; b4 writes it as plain UTF-8."""
    return " ".join(_decoded(_raw(mail, name)).split())


def addresses(mail: Message, name: str) -> list[tuple[str, str]]:
    """Name and mail of each address of a header. A name is decoded behind the split at commas."""
    try:
        found = getaddresses([_raw(mail, name)])
    except SPOILED:
        return []
    return [(" ".join(_decoded(who).split()), address) for who, address in found]


def parts(mail: Message) -> Iterator[Part]:
    """The parts of a mail that have no parts themselves, in order."""
    for part in mail.walk():
        if not part.is_multipart():
            kind = part.get_content_type()
            yield Part(kind, _file_name(part), _payload(part), _charset(part))


def _raw(mail: Message, name: str) -> str:
    values = (str(value) for key, value in mail.raw_items() if key.lower() == name.lower())
    raw = next(values, "")[:LONGEST]
    return raw.encode("utf-8", "surrogateescape").decode(errors="replace")


def _decoded(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except SPOILED:
        return raw


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except SPOILED:  # a name in pieces that do not fit together
        return ""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("utf-8")
    except SPOILED:
        return "utf-8"


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except SPOILED:
        payload = part.get_payload()
    if isinstance(payload, bytes):
        return payload
    return str(payload or "").encode("utf-8", "surrogateescape")
