"""Which paths git's `:(glob)` patterns mean, told without git."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def matches(path: str, globs: Iterable[str]) -> bool:
    """True if git's `:(glob)` with one of `globs` finds `path`."""
    return any(_glob(glob).fullmatch(path) for glob in globs)


_WILD = re.compile(r"(\*\*/|/\*\*\Z|\*|\?|\[[!^]?\]?[^\]]*\])")
_MEANING = {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}


@cache
def _glob(glob: str) -> re.Pattern[str]:
    parts = _WILD.split(glob)
    # A path without anything wild may be a folder, and then it means all that is in it.
    below = "(?:/.*)?" if len(parts) == 1 else ""
    try:
        return re.compile("".join(map(_meaning, parts)) + below, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")  # a range that runs backwards has no character, in git too


def _meaning(part: str) -> str:
    if part[:1] != "[" or part[-1:] != "]":
        return _MEANING.get(part) or re.escape(part)
    negated = part[1] in "!^"
    inside = part[1 + negated : -1].replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
    return f"(?!/)[{'^' * negated}{inside}]"
