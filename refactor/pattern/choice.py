"""Alternatives: what the first one that matches gives, and nothing of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def first_of(ways: Iterable[Iterator[T]]) -> Iterator[T]:
    """All that the first of some iterators has that is not empty; later ones are not begun."""
    for way in ways:
        found = False
        for each in way:
            found = True
            yield each
        if found:
            return
