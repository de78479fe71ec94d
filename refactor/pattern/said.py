"""The two sides of a rule, in a line each, for messages."""

from __future__ import annotations

import re

from refactor.pattern.compile import Pattern
from refactor.pattern.tokens import ADDED, REMOVED, Token, side


def said(pattern: Pattern) -> tuple[str, str] | None:
    """What is matched and what becomes of it. None where dots or alternatives leave it open."""
    before, after = _line(side(pattern.tokens, REMOVED)), _line(side(pattern.tokens, ADDED))
    return (before, after) if before is not None and after is not None else None


def _line(tokens: list[Token]) -> str | None:
    tokens = [token for token in tokens if token.kind != "comment"]
    if any(token.group is not None or token.kind in ("dots", "nest") for token in tokens):
        return None
    pieces = [
        token.gap + (token.meta.name.encode() if token.meta is not None else token.text)
        for token in tokens
    ]
    text = " ".join(b"".join(pieces).decode(errors="replace").split())
    return re.sub(r"(?<=[(\[]) | (?=[)\],;])", "", text)
