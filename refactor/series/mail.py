"""The mails of a series: git format-patch writes them, and their headers are settled here.

What git takes from the clock comes from the date of the series, and each mail gets its recipients.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.errors import UsageError
from refactor.series.addresses import is_address, parsed
from refactor.series.words import below

if TYPE_CHECKING:
    from refactor.series.commits import Range, Repository


@dataclass(frozen=True, slots=True)
class MailOptions:
    """How the mails are written; the names are those of git-format-patch(1).

    Raises UsageError for an address or a Message-Id that would break a header.
    """

    reroll: int | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to: str | None = None
    rfc: bool = False
    resend: bool = False
    subject_prefix: str = "PATCH"
    cc_all: bool = False
    """Every mail goes to everybody, not only the cover letter."""

    @property
    def prefix(self) -> str:
        """What stands in the brackets of a subject, before the version."""
        words = ["RFC"] * self.rfc + [self.subject_prefix] + ["RESEND"] * self.resend
        return " ".join(filter(None, words))

    def __post_init__(self) -> None:
        for address in (*self.to, *self.cc):
            if not is_address(address):
                raise UsageError(
                    f"no mail address: {address!r}",
                    hint="a name with a comma in it goes into double quotes",
                )
        if not re.fullmatch(r"[ -Z^-~]*", self.subject_prefix):
            raise UsageError(f"--subject-prefix: not for brackets: {self.subject_prefix!r}")
        if self.in_reply_to is not None and not re.fullmatch(r"<?[!-;=?-~]+>?", self.in_reply_to):
            raise UsageError(f"--in-reply-to: no Message-Id: {self.in_reply_to!r}")


RECIPIENTS = 100
"""How many addresses one mail goes to at most: what every server has to take (RFC 5321)."""

Whom = Callable[[Mapping[int, str]], Mapping[int, Sequence[str]]]
"""From the text of patches, by their numbers from 0, to who is on Cc of each."""


def write_mails(
    repository: Repository,
    folder: Path,
    options: MailOptions,
    whom: Whom | None = None,
    said: Mapping[int, str] | None = None,
    range_diff: str = "",
    change_id: str = "",
) -> list[Path]:
    """Write cover letter and patches into a new `folder`, as `git format-patch` names them.

    Each part of a series gets a folder of its own in it. A cover letter goes to all whom `whom`
    names for one of its patches. `said` is what stands below the `---` of patches, by their numbers
    from 0; `range_diff` are the commits of the version before.
    """
    arguments = [
        "format-patch", "--quiet", "--full-index", "--text", "--thread=shallow",
        "--cover-letter", "--cover-from-description=subject", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--encode-email-headers",
    ]  # fmt: skip
    arguments += [f"--reroll-count={options.reroll}"] if options.reroll else []
    arguments += [f"--subject-prefix={options.prefix}"] if options.prefix != "PATCH" else []
    arguments += [f"--range-diff={range_diff}"] if range_diff else []
    arguments += [f"--in-reply-to={options.in_reply_to}"] if options.in_reply_to else []
    arguments += [f"--base={repository.base}"] if repository.real_base else []
    written = []
    for number, commits in enumerate(repository.ranges):
        own = folder / f"{number + 1:02}" if len(repository.ranges) > 1 else folder
        _describe(repository, commits)
        repository.git.run(
            *arguments, f"--output-directory={own}", str(commits), environment=_who(repository)
        )
        mails = sorted(own.iterdir())
        texts = {place: _said(mail) for place, mail in enumerate(mails[1:], commits.first)}
        own_cc = whom(texts) if whom is not None else {}
        cc = [own_cc.get(number, ()) for number in texts]
        _settle_headers(mails, repository.when.split()[0], options, cc)
        if change_id:
            part = f"-{number + 1}" if len(repository.ranges) > 1 else ""
            mails[0].write_bytes(_identified(mails[0].read_bytes(), f"{change_id}{part}"))
        for place, mail in enumerate(mails[1:], commits.first):
            if text := (said or {}).get(place):
                mail.write_bytes(below(mail.read_bytes(), text))
        written += mails
    return written


def _identified(cover: bytes, change_id: str) -> bytes:
    """A cover letter with its change-id, behind the base-commit if it has one.

    Below a `---`, as b4 has it: above one, checkpatch takes it for that of Gerrit.
    """
    text, _, signature = cover.rpartition(b"\n-- \n")
    base = re.search(rb"^base-commit: .*\n", text + b"\n", re.MULTILINE)
    line = f"change-id: {change_id}".encode()
    if base is None:
        return text.rstrip(b"\n") + b"\n\n---\n" + line + b"\n-- \n" + signature
    before = text[: base.start()].rstrip(b"\n") + b"\n\n---\n" + base[0].rstrip(b"\n")
    behind = text[base.end() :]
    return b"\n".join([before, line, *filter(None, [behind])]) + b"\n-- \n" + signature


def _describe(repository: Repository, commits: Range) -> None:
    """Give git the text of a cover letter, as the description of the branch.

    In the configuration file of the scratch repository: the environment holds 128 KiB at most.
    """
    text = commits.cover.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    with (repository.path / "config").open("a", encoding="utf-8") as config:
        config.write(f'[branch "{commits.branch}"]\n\tdescription = "{text}"\n')


def _who(repository: Repository) -> Mapping[str, str]:
    """Author and date, for git to read from its environment."""
    who = {
        "GIT_COMMITTER_NAME": repository.author.name,
        "GIT_COMMITTER_EMAIL": repository.author.email,
        "GIT_COMMITTER_DATE": repository.when,
        "GIT_AUTHOR_NAME": repository.author.name,
        "GIT_AUTHOR_EMAIL": repository.author.email,
    }
    return who | ({"TZ": "UTC"} if "SOURCE_DATE_EPOCH" in os.environ else {})


# ---------------------------------------------------------------------------- headers


ID = re.compile(rb"<[^<>\s]+>")
FROM = re.compile(rb"^From: .*(?:\n[ \t].*)*", re.MULTILINE)


def _said(mail: Path) -> str:
    """What a patch says and changes: subject, message, diffstat, and the lines that go and come.

    As the script of the kernel reads it, which looks at all of a mail up to the first file.
    """
    header, _, body = mail.read_bytes().decode(errors="replace").partition("\n\n")
    message, _, change = body.partition("\ndiff --git ")
    subject = re.sub(r"\n[ \t]", " ", header).partition("\nSubject: ")[2].partition("\n")[0]
    lines = (
        line
        for line in change.splitlines(keepends=True)
        if line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- ", "-- "))
    )
    return f"{subject}\n{message}\n{''.join(lines)}"


def _settle_headers(
    mails: Sequence[Path], epoch: str, options: MailOptions, own: Sequence[Sequence[str]]
) -> None:
    """Make the headers depend on the input alone, and put the recipients into them."""
    split = [mail.read_bytes().partition(b"\n\n") for mail in mails]
    ids = _settled_ids([header for header, _, _ in split], epoch, options.reroll or 1)
    author = FROM.search(split[-1][0])
    everyone = tuple(address for cc in own for address in cc)
    own = [everyone] * len(own) if options.cc_all else own
    if len(unique(everyone)) > RECIPIENTS and not options.cc_all:
        # Lists have no names; who reads them all the same finds the cover letter there.
        everyone = tuple(address for address in everyone if "<" not in address)
    for mail, (header, _, body), cc in zip(mails, split, (everyone, *own), strict=True):
        header = ID.sub(lambda match: ids.get(match[0], match[0]), header)
        if author is not None:  # git writes a name that is not ASCII into the cover as it is
            header = FROM.sub(lambda _: author[0], header, count=1)
        to = unique(options.to)
        header += _recipients("To", to) + _recipients("Cc", unique([*options.cc, *cc], but=to))
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


def unique(addresses: Iterable[str], but: Iterable[str] = ()) -> list[str]:
    """Each mailbox once, in the order given, without those of `but`."""
    seen = {_mailbox(address) for address in but}
    unique: dict[str, str] = {}
    for address in addresses:
        if (mailbox := _mailbox(address)) not in seen:
            unique.setdefault(mailbox, address)
    return list(unique.values())


def _mailbox(address: str) -> str:
    return ",".join(mail.lower() for _, mail in parsed(address))
