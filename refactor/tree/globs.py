"""Which paths git's `:(glob)` patterns mean, told without git."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def matches(path: str, globs: Iterable[str]) -> bool:
    """True if git's `:(glob)` with one of `globs` finds `path`."""
    return any(_glob(glob).fullmatch(path) for glob in globs)


@cache
def _glob(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|/\*\*\Z|\*|\?|\[[^\]]+\])", glob)
    meaning = {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    return re.compile(
        "".join(part if part[:1] == "[" else meaning.get(part) or re.escape(part) for part in parts)
    )
