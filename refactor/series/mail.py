"""The mails of a series: git format-patch writes them, and their headers are settled here.

What git takes from the clock comes from the date of the series, and each mail gets its recipients.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.errors import UsageError
from refactor.series.addresses import is_address, parsed

if TYPE_CHECKING:
    from refactor.series.commits import Repository


@dataclass(frozen=True, slots=True)
class MailOptions:
    """How the mails are written; the names are those of git-format-patch(1).

    Raises UsageError for an address or a Message-Id that would break a header.
    """

    reroll: int | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to: str | None = None
    cc_by_patch: tuple[tuple[str, ...], ...] = ()
    """For each patch, who is on Cc of it; the cover gets all of them."""

    def __post_init__(self) -> None:
        for address in (*self.to, *self.cc):
            if not is_address(address):
                raise UsageError(
                    f"no mail address: {address!r}",
                    hint="a name with a comma in it goes into double quotes",
                )
        if self.in_reply_to is not None and not re.fullmatch(r"<?[!-;=?-~]+>?", self.in_reply_to):
            raise UsageError(f"--in-reply-to: no Message-Id: {self.in_reply_to!r}")


def write_mails(repository: Repository, folder: Path, options: MailOptions) -> list[Path]:
    """Write cover letter and patches into a new `folder`, as `git format-patch` names them."""
    arguments = [
        "format-patch", "--quiet", "--full-index", "--text", "--thread=shallow",
        "--cover-letter", "--cover-from-description=subject", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--encode-email-headers", f"--output-directory={folder}",
    ]  # fmt: skip
    arguments += [f"--reroll-count={options.reroll}"] if options.reroll else []
    arguments += [f"--in-reply-to={options.in_reply_to}"] if options.in_reply_to else []
    arguments += [f"--base={repository.base}"] if repository.real_base else []
    repository.git.run(*arguments, repository.commits, environment=_who(repository))
    mails = sorted(folder.iterdir())
    _settle_headers(mails, repository.when.split()[0], options)
    return mails


def _who(repository: Repository) -> Mapping[str, str]:
    """Author, date and the text of the cover letter, for git to read from its environment."""
    who = {
        "GIT_COMMITTER_NAME": repository.author.name,
        "GIT_COMMITTER_EMAIL": repository.author.email,
        "GIT_COMMITTER_DATE": repository.when,
        "GIT_AUTHOR_NAME": repository.author.name,
        "GIT_AUTHOR_EMAIL": repository.author.email,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "branch.series.description",
        "GIT_CONFIG_VALUE_0": repository.cover,
    }
    return who | ({"TZ": "UTC"} if "SOURCE_DATE_EPOCH" in os.environ else {})


# ---------------------------------------------------------------------------- headers


FROM = re.compile(rb"^From: .*(?:\n[ \t].*)*", re.MULTILINE)


def _settle_headers(mails: Sequence[Path], epoch: str, options: MailOptions) -> None:
    """Make the headers depend on the input alone, and put the recipients into them."""
    split = [mail.read_bytes().partition(b"\n\n") for mail in mails]
    ids = _settled_ids([header for header, _, _ in split], epoch, options.reroll or 1)
    author = FROM.search(split[-1][0])
    own = options.cc_by_patch or ((),) * (len(mails) - 1)
    everyone = tuple(address for cc in own for address in cc)
    for mail, (header, _, body), cc in zip(mails, split, (everyone, *own), strict=True):
        for old, new in ids.items():
            header = header.replace(old, new)
        if author is not None:  # git writes a name that is not ASCII into the cover as it is
            header = FROM.sub(lambda _: author[0], header, count=1)
        to = _unique(options.to)
        header += _recipients("To", to) + _recipients("Cc", _unique([*options.cc, *cc], but=to))
        mail.write_bytes(header + b"\n\n" + body)


def _settled_ids(headers: Sequence[bytes], epoch: str, reroll: int) -> dict[bytes, bytes]:
    """For each Message-Id of the series: the one to put in its place.

    git takes the time of day into it, and calls every cover "cover". With the date of the series
    they are the same in each run; the last commit and the reroll keep two series apart.
    """
    found = [
        re.search(rb"^Message-Id: (<.*>)$", header, re.MULTILINE | re.IGNORECASE)
        for header in headers
    ]
    ids = [match[1] for match in found if match is not None]
    head = ids[-1][1:13]
    time = b".v%d.%b.git." % (reroll, epoch.encode())
    settled = {old: re.sub(rb"\.\d+\.git\.", time, old, count=1) for old in ids}
    return {
        old: new.replace(b"<cover.", b"<cover." + head + b".", 1) for old, new in settled.items()
    }


def _recipients(name: str, addresses: Iterable[str]) -> bytes:
    folded = ",\n    ".join(map(_encoded, addresses))
    return f"\n{name}: {folded}".encode() if folded else b""


def _encoded(address: str) -> str:
    """The address as a header has it: names that are not ASCII as encoded words (RFC 2047)."""
    if address.isascii():
        return address
    from email.utils import formataddr

    return ", ".join(formataddr(pair) for pair in parsed(address))


def _unique(addresses: Iterable[str], but: Iterable[str] = ()) -> list[str]:
    """Each mailbox once, in the order given, without those of `but`."""
    seen = {_mailbox(address) for address in but}
    unique: dict[str, str] = {}
    for address in addresses:
        if (mailbox := _mailbox(address)) not in seen:
            unique.setdefault(mailbox, address)
    return list(unique.values())


def _mailbox(address: str) -> str:
    return ",".join(mail.lower() for _, mail in parsed(address))
