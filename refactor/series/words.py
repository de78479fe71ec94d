"""The sender's own words: around the cover letter, and below the `---` of single patches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from refactor.errors import Place, UsageError

GENERATED = "{generated}"
"""A line of a cover letter that says where the generated part goes; without it, it goes last."""

COVER = 0
"""The cover letter, where a patch is named by its number."""

# What git apply would take for a change: it looks for one in all that follows the `---`.
_DIFF = re.compile(r"diff -|--- |\+\+\+ |@@ -|Index: |---$")
_ENTRY = re.compile(r"(\d+)\s*:\s*(.*)")


def read(file: Path, option: str) -> str:
    """A text of the user's. Raises UsageError for what cannot be read, or is not UTF-8."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: not UTF-8", place=Place(str(file))) from error
    except OSError as error:
        raise UsageError(f"{option}: {error.strerror}", place=Place(str(file))) from error


def around(own: str, generated: str) -> str:
    """A cover letter of the user's subject and text, with the body of the generated one.

    Raises UsageError if there is no subject.
    """
    subject, _, text = own.strip().partition("\n")
    if not subject.strip():
        raise UsageError("--cover-letter: its first line is the subject, and it is empty")
    body = generated.partition("\n")[2].strip("\n")
    before, marked, after = f"\n{text.rstrip()}\n".partition(f"\n{GENERATED}\n")
    parts = (before.strip("\n"), body, after.strip("\n"))
    if not marked:
        parts = (text.strip("\n"), body, "")
    return "\n\n".join([subject.strip(), *filter(None, parts)]) + "\n"


def notes(given: Sequence[str], components: Sequence[str]) -> dict[int, str]:
    """What `--note PATCH=FILE` says, by the number of the patch, from 1; 0 is the cover letter.

    A patch is named by its number, or by its component. Raises UsageError.
    """
    found: dict[int, str] = {}
    for word in given:
        name, equals, file = word.rpartition("=")
        if not equals or not name or not file:
            raise UsageError(f"--note takes PATCH=FILE, {word!r} is neither")
        number = _number(name, components, "--note")
        text = read(Path(file), "--note")
        found[number] = "\n\n".join(filter(None, (found.get(number, ""), text.strip("\n"))))
    check(found, "--note")
    return found


def changelog(file: Path, components: Sequence[str]) -> dict[int, str]:
    """What a changelog says of patches: `3: What changed`, and lines that are indented go on.

    Raises UsageError, with the line, for what is no entry, or of a patch that there is not.
    """
    found: dict[int, str] = {}
    number = None
    for place, line in enumerate(read(file, "--changelog").splitlines(), 1):
        entry = _ENTRY.fullmatch(line)
        if entry is not None:
            number = _number(entry[1], components, "--changelog")
            found[number] = f"{found[number]}\n{entry[2]}" if number in found else entry[2]
        elif not line.strip():
            continue
        elif number is not None and line[0].isspace():
            found[number] += f"\n{line}"
        else:
            raise UsageError(
                "--changelog: an entry begins with the number of a patch and a colon",
                place=Place(str(file), place, 1),
                hint="as in '3: Keep the comment'; 0 is the cover letter",
            )
    check(found, "--changelog")
    return found


def check(texts: Mapping[int, str], option: str) -> None:
    """Raise UsageError for a line that git would take for a change, or for the end of a text."""
    for text in texts.values():
        for line in text.splitlines():
            if _DIFF.match(line):
                raise UsageError(
                    f"{option}: git would take this line for a part of the patch: {line!r}",
                    hint="indent it",
                )


def below(mail: bytes, text: str) -> bytes:
    """A mail of git format-patch with a text below its `---`, which git am leaves out."""
    if not text:
        return mail
    before, line, after = mail.partition(b"\n---\n")
    return before + line + text.strip("\n").encode() + b"\n\n" + after if line else mail


def _number(name: str, components: Sequence[str], option: str) -> int:
    if name.isascii() and name.isdigit() and int(name) <= len(components):
        return int(name)
    if name in components:
        return components.index(name) + 1
    raise UsageError(
        f"{option}: there is no patch {name!r}",
        hint=f"there are {len(components)}; 0 is the cover letter",
    )
