"""Mails that nobody could make sense of: Python's parsers raise whatever comes of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from refactor.report.recipients import read
from refactor.series.replies import given
from refactor.tree import patches
from refactor.tree.mails import addresses, header, message, parts

TO = b"From: A B <a@example.org>\nIn-Reply-To: <id@x>\n"
TAG = b"\nReviewed-by: A B <a@example.org>\n"
DIFF = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
SPOILED = {
    "a parameter without a name": b"Content-Type: text/plain; charset*0=\n",
    "pieces that do not fit": b"Content-Type: text/plain; name*0=a; name*=b; name=c\n",
    "pieces of a boundary": b"Content-Type: multipart/mixed; boundary*0=a; boundary*=b\n",
    "a NUL in a parameter": b"Content-Type: text/plain; charset*=a''%00\n",
    "a character set of NUL": b"Content-Type: text/plain; charset=a\0b\n",
    "a character set of a number": b"Content-Type: text/plain; charset=-8\n",
    "a codec that is none of text": b"Content-Type: text/plain; charset=base64\n",
    "a codec that replaces nothing": b"Content-Type: text/plain; charset=idna\n",
    "an open address": b"To: A <\n",
    "a route": b"To: <@a,@\n",
    "a group": b"To: a:;b: c@d,;\n",
    "comments": b"To: " + b"(" * 30_000 + b"\n",
    "a word without end": b"To: =?utf-8?q?=\nSubject: =?\xc3\xbc?b?===?=\n",
    "brackets": b"Subject: " + b"[" * 100_000 + b"\n",
    "part of a message": b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n",
    "uuencode": b"Content-Transfer-Encoding: x-uuencode\n",
    "parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (each, each)
        for each in range(10_000)
    ),
}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_odd_mail_is_read_and_soon(spoiled: bytes, tmp_path: Path) -> None:
    begin = time.process_time()
    file = tmp_path / "a.mbox"
    file.write_bytes(b"From a Fri Jan 14 00:00:00 2022\n" + TO + spoiled + TAG + DIFF)
    given(file, {"<id@x>": None})
    read(file)
    mail = message(TO + spoiled + TAG + DIFF)
    for name in ("From", "To", "Subject"):
        addresses(mail, name)
        header(mail, name)
    assert all(isinstance(part.text, str) for part in parts(mail))
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "name", [each for each in SPOILED if each != "uuencode" and "part" not in each]
)
def test_patch_below_an_odd_header_is_found(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.patch"
    file.write_bytes(b"Subject: [PATCH] x\n" + SPOILED[name] + b"\n" + DIFF)
    assert [each.diff for each in patches.read([str(file)]).patches] == [DIFF]


def test_tag_in_another_character_set(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    body = "Reviewed-by: J\u00fcrgen B <a@example.org>\n".encode("latin-1")
    head = (
        b"From a Fri Jan 14 00:00:00 2022\n" + TO + b"Content-Type: text/plain; charset=latin-1\n"
    )
    file.write_bytes(head + b"\n" + body)
    tags, left = given(file, {"<id@x>": None})
    assert ([each.tag for each in tags], left) == (
        ["Reviewed-by: J\u00fcrgen B <a@example.org>"],
        [],
    )
