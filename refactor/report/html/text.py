"""Text of a tree, of a rule or of a person, as it may stand in a page."""

from __future__ import annotations

from html import escape

from refactor.report.text import printable


def text(said: str) -> str:
    """Escaped for a page; what a browser might obey, or drop, is shown as text as well."""
    return escape(printable(said, "\n\t"))


def code(said: str) -> str:
    """The same as code."""
    return f"<code>{text(said)}</code>"
