"""White space between the tokens that a patch writes: its own, and that of kernel style."""

from __future__ import annotations

from collections.abc import Mapping

from refactor.c.code import Code
from refactor.pattern.tokens import Token


def ends_in_star(token: Token | None, text: bytes | bytearray) -> bool:
    """True behind a hole for a type whose last star, the end of `text`, stands at the name."""
    is_type = token is not None and token.meta is not None and token.meta.sort == "type"
    return is_type and text.endswith(b"*")


def deeper(indent: bytes, levels: int) -> bytes:
    """An indent that is so many levels deeper, or less deep as far as it has tabs."""
    if levels >= 0:
        return indent + b"\t" * levels
    bare = len(indent) - len(indent.rstrip(b"\t"))
    return indent[: len(indent) - min(bare, -levels)]


HEADS = (b"if", b"for", b"while", b"switch", b"return")
"""Words with a blank before their parenthesis."""


def missing(one: Token, other: Token, results: Mapping[int, Code]) -> bytes:
    """The blank that kernel style has where a patch, written in haste, has none: `f(a,b)`.

    `results` are the leaves of what the patch makes, by the numbers of their tokens.
    """
    if one.text in (b",", b";"):
        return b"" if other.text in (b",", b";", b")", b"]", b"}") else b" "
    if one.text in HEADS and other.text == b"(":
        return b" "
    leaves = [results.get(each.number) for each in (one, other)]
    return b" " if any(map(_is_between_operands, leaves)) else b""


def _is_between_operands(leaf: Code | None) -> bool:
    """True for an operator that has an operand on either side."""
    if leaf is None or leaf.kind != "op" or leaf.parent is None:
        return False
    return leaf.parent.kind in ("binary", "assign", "cond", "init_decl")


def is_in_line(gap: bytes) -> bool:
    """True for white space without a line break or a comment."""
    return b"\n" not in gap and b"/" not in gap


def space_between(left: bytes, right: bytes) -> bytes:
    """The white space that kernel style has between two tokens."""
    if left in (b"(", b"[", b"!", b"~", b"->", b".") or right in TIGHT_BEFORE:
        return b" " if left == b"," and right in (b".", b"(", b"[", b"++", b"--") else b""
    return b" "


TIGHT_BEFORE = (b",", b";", b")", b"]", b"->", b".", b"++", b"--", b"(", b"[")
"""What has no white space before it."""


def stays_tight(there: bytes, before: bytes, after: bytes, edge: int, beside: bytes) -> bool:
    """True for a place without white space, of which the patch says the same on both sides: if it
    wrote a space there the file has another style, or an operator of the patch is a hole. A comma
    in the place of an operator has the space that it has anywhere.

    `edge` is the character of the file that what comes stands at, `beside` that of what comes.
    """
    is_alike = not there and before == after and beside != b","
    return is_alike and is_word(bytes([edge])) != is_word(beside)


def is_word(character: bytes) -> bool:
    return character.isalnum() or character == b"_"
