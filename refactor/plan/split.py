"""Which patch a file belongs to."""

from __future__ import annotations

from refactor.rule.model import GENERIC


def component_of(path: str) -> str:
    """The architecture that a file belongs to, or `GENERIC`."""
    parts = path.split("/")
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else GENERIC
