"""MAINTAINERS: who is to be on Cc of a patch, as scripts/get_maintainer.pl finds them.

Only from the tree's own text: the script of the tree is not run, because nothing of a tree is. File
patterns (F:, X:, N:) count, and K: for the text of the patch; git history is not asked. The format
is described at the top of MAINTAINERS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WHO = ("M", "R", "L")


@dataclass(slots=True)
class Section:
    """One subsystem: its lines by their letter."""

    title: str
    lines: dict[str, list[str]] = field(default_factory=dict)

    def get(self, letter: str) -> list[str]:
        """The values of all lines with that letter."""
        return self.lines.get(letter, [])

    @property
    def is_the_rest(self) -> bool:
        """True if it has every file. Its lists want to see all patches, its people do not."""
        patterns = self.get("F")
        return bool(patterns) and not any(pattern.strip("*/") for pattern in patterns)


def sections(text: str) -> list[Section]:
    """The sections of a MAINTAINERS file, in order."""
    found: list[Section] = []
    previous = ""
    for line in text.splitlines():
        match = re.match(r"([A-Z]):\s*(.*\S)", line)
        if match is None:
            previous = line.strip() or previous
            if not line.strip():
                previous = ""
            continue
        if previous or not found:
            found.append(Section(previous))
            previous = ""
        found[-1].lines.setdefault(match[1], []).append(match[2])
    return found


def addresses(
    found: Iterable[Section],
    paths: Iterable[str],
    patch: str = "",
) -> list[str]:
    """Mail addresses for a patch that touches `paths`: maintainers and reviewers, then lists.

    More specific sections come first: the deeper the file pattern, the earlier. `patch` is the text
    of the patch, for K: patterns. Each address comes once.
    """
    files = list(paths)
    ranked = sorted(
        (
            (-depth, number, section)
            for number, section in enumerate(found)
            if (depth := _depth(section, files, patch)) is not None
        ),
        key=lambda entry: entry[:2],
    )
    people = [
        _address(who)
        for _, _, each in ranked
        if not each.is_the_rest
        for who in (*each.get("M"), *each.get("R"))
    ]
    lists = [_list(text) for _, _, each in ranked for text in each.get("L")]
    return _unique([*people, *(address for address in lists if address)])


def _unique(every: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    result = []
    for one in every:
        if _bare(one) not in seen:
            seen.add(_bare(one))
            result.append(one)
    return result


def _bare(address: str) -> str:
    return address[address.rfind("<") + 1 :].rstrip(">").lower()


def _depth(section: Section, paths: list[str], patch: str) -> int | None:
    """How deep the best pattern of a section that fits one of `paths` is; None if none fits."""
    depths = []
    for path in paths:
        if any(_fits(pattern, path) for pattern in section.get("X")):
            continue
        depths += [
            pattern.rstrip("/").count("/") + 1
            for pattern in section.get("F")
            if _fits(pattern, path)
        ]
        depths += [0 for pattern in section.get("N") if _searches(pattern, path)]
    if not depths and patch:
        depths += [0 for pattern in section.get("K") if _searches(pattern, patch)]
    return max(depths, default=None)


def _fits(pattern: str, path: str) -> bool:
    """A file pattern: `dir/` has everything below it; `*` and `?` stop at a slash."""
    expression = "".join(_translated(pattern))
    if pattern.endswith("/"):
        return re.match(expression, path) is not None
    return re.fullmatch(expression, path) is not None


def _translated(pattern: str) -> Iterator[str]:
    for character in pattern:
        yield {"*": "[^/]*", "?": "[^/]"}.get(character) or re.escape(character)


def _searches(pattern: str, text: str) -> bool:
    """A Perl expression of MAINTAINERS; one that Python does not know fits nothing."""
    try:
        return re.search(pattern, text, re.MULTILINE | re.VERBOSE) is not None
    except re.error:
        return False


def _address(text: str) -> str:
    """`Name <mail>`, with the name in quotes where RFC 5322 wants it."""
    match = re.match(r'"?([^"<]*?)"?\s*<([^>]+)>', text)
    if match is None:
        return text
    name, mail = match.groups()
    if re.search(r"[^\w\s!#$%&'*+/=?^`{|}~-]", name):
        name = f'"{name}"'
    return f"{name} <{mail}>" if name else mail


def _list(text: str) -> str:
    """The address of a list; one for its subscribers alone is left out, as the script does."""
    return "" if "subscribers-only" in text else text.split()[0]
