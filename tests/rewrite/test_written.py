"""Tokens that would be read as one if they were put behind one another."""

from __future__ import annotations

import pytest

from refactor.rewrite.written import Builder


@pytest.mark.parametrize(
    ("left", "right", "made"),
    [
        (b"-", b"-x", b"- -x"),
        (b"-", b"x", b"-x"),
        (b"return", b"x", b"return x"),
        (b"a /", b"*p", b"a / *p"),
        # A line break behind a backslash is gone before there are tokens.
        (b"-", b"\\\n--x", b"- \\\n--x"),
        (b"-\\\n", b"-x", b"-\\\n -x"),
        (b"-\\\r\n", b"\\\n-x", b"-\\\r\n \\\n-x"),
        (b"-", b"\\\n x", b"-\\\n x"),
        (b"return\\\n", b"x", b"return\\\n x"),
    ],
)
def test_seam(left: bytes, right: bytes, made: bytes) -> None:
    builder = Builder()
    builder.add(left)
    builder.add(right)
    assert builder.written().text == made
