"""What a file has of some words: only the items around them are parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from refactor.c.items import cut
from refactor.c.syntax import SourceFile, parse_items


def excerpt(path: str, data: bytes, words: Iterable[str]) -> SourceFile | None:
    """The file with the items that mention one of `words`, at its offsets; None if nothing does."""
    wanted = b"|".join(re.escape(word.encode()) for word in sorted(words))
    found = [match.start() for match in re.finditer(rb"\b(?:" + wanted + rb")\b", data)]
    return parse_items(path, data, cut(data, found)) if found else None
