"""Questions below the syntax tree: which bytes are code, and what follows a parenthesis.

They are asked where the tree has no answer: inside of macro bodies and of ERROR nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.edits import Span

_NO_CODE = re.compile(
    rb"/\*(?s:.*?)(?:\*/|\Z)"
    rb"|//(?:[^\n\\]|\\\r?\n|\\)*+"
    rb'|"(?:[^"\\\n]|\\(?s:.))*+"?'
    rb"|'(?:[^'\\\n]|\\(?s:.))*+'?"
)
_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_NO_BLANK = re.compile(rb"[^\r\n]")


def code_only(data: bytes) -> bytes:
    """`data` with comments, strings and character constants blanked; all offsets stay."""
    return _NO_CODE.sub(lambda match: _NO_BLANK.sub(b" ", match[0]), data)


def mentions(code: bytes, name: str) -> Iterator[Span]:
    """Where `name` stands as a whole word in `code`, the result of `code_only`."""
    word = re.escape(name.encode())
    for match in re.finditer(rb"(?<![\w$\x80-\xff])" + word + rb"(?![\w$\x80-\xff])", code):
        yield Span(*match.span())


def words(code: bytes) -> Iterator[Span]:
    """The words of `code`: identifiers and keywords."""
    for match in _WORD.finditer(code):
        yield Span(*match.span())


def closing(code: bytes, opening: int) -> int | None:
    """The offset just behind the parenthesis that closes the one at `opening`."""
    depth = 0
    for match in re.finditer(rb"[()]", code[opening:]):
        depth += 1 if match[0] == b"(" else -1
        if depth == 0:
            return opening + match.end()
    return None


def skip_blanks(code: bytes, offset: int) -> int:
    """The offset of the first byte at or behind `offset` that is neither blank nor `\\`."""
    match = re.compile(rb"[\s\\]*").match(code, offset)
    return match.end() if match else offset


def opens_body(code: bytes, name_end: int) -> bool:
    """True if a parameter list and a brace follow: `name(...) {`, annotations between allowed.

    A directive, or a declaration of K&R style, in place of the brace counts as well: then nobody
    can say that this is only a declaration. A name in the arguments of a macro is looked at from
    the macro's closing parenthesis.
    """
    position = skip_blanks(code, name_end)
    if code[position : position + 1] == b"(":
        end = closing(code, position)
        if end is None:
            return True
        position = skip_blanks(code, end)
    while match := re.compile(rb"__\w+\s*").match(code, position):
        position = match.end()
        if code[position : position + 1] == b"(":
            position = skip_blanks(code, closing(code, position) or len(code))
    following = code[position : position + 1]
    return following in (b"{", b"#") or _WORD.match(code, position) is not None
