"""Questions below the syntax tree: which bytes are code, and what follows a name.

They are asked where the tree has no answer: inside of macro bodies and of ERROR nodes, and before
there is a tree. Every function takes the result of `code_only` and needs linear time, whatever the
input.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from refactor.c.kinds import some
from refactor.text import Span

_NO_CODE = re.compile(
    rb"/\*(?s:.*?)(?:\*/|\Z)"
    rb"|//(?:[^\n\\]++|\\\r?\n|\\|)*+"
    rb'|"(?:[^"\\\n]++|\\(?s:.)|)*+"?'
    rb"|'(?:[^'\\\n]++|\\(?s:.)|)*+'?"
)
_BLANKED = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_WORD_BYTE = re.compile(rb"[\w$\x80-\xff]")
_BLANKS = re.compile(rb"[\s\\]*")
_SPLICES = re.compile(rb"(?:\\\r?\n)+")
_SPLICED = re.compile(rb"[\w$\x80-\xff](?:\\\r?\n)+\Z")
_BROKEN = re.compile(rb"\\\r?\n[\w$\x80-\xff]")  # begins with a byte, so it is quick
_JOINT = re.compile(rb"(?<=[\w$\x80-\xff])(?:\\\r?\n)+(?=[\w$\x80-\xff])")
_PARENTHESIS = re.compile(rb"[()]")
_DIRECTIVE = re.compile(rb"^[ \t\f\v]*#[ \t]*(\w*)((?:[^\n\\]++|\\\r?\n|\\|)*+)", re.MULTILINE)
_DEFINED = re.compile(rb"[\s\\]*([A-Za-z_$\x80-\xff][\w$\x80-\xff]*+)(?:\([^()]*\))?")

NESTING = 64
"""How deep parentheses are followed; nobody can read what is deeper."""

WINDOW = 4096
"""How far a statement is followed back to its beginning."""


# A few who ask one after another ask for the same text: before and after, of a file or its part.
@lru_cache(maxsize=4)
def code_only(data: bytes) -> bytes:
    """`data` with comments, strings and character constants blanked; all offsets stay."""
    return _NO_CODE.sub(lambda match: match[0].translate(_BLANKED), data)


def mentions(code: bytes, name: str, first: int = 0, last: int | None = None) -> Iterator[Span]:
    """Where `name` stands as a whole word in `code`, or between two offsets of it."""
    word = name.encode()
    start = code.find(word, first, last)
    while start >= 0:
        end = start + len(word)
        before = max(0, start - 1)
        is_part = _WORD_BYTE.match(code, end) or _WORD_BYTE.match(code, before, start)
        if not is_part and not _is_spliced(code, start, end):
            yield Span(start, end)
        start = code.find(word, end, last)


def _is_spliced(code: bytes, start: int, end: int) -> bool:
    """True if a word goes on over a line break behind a backslash, which is nothing in C."""
    if code[start - 1 : start] == b"\n" and _SPLICED.search(code[max(0, start - WINDOW) : start]):
        return True
    behind = _SPLICES.match(code, end)
    return behind is not None and _WORD_BYTE.match(code, behind.end()) is not None


def joined(data: bytes) -> bytes:
    """`data` with each word that goes on behind a backslash and a line break in one piece.

    In C `return\\`, a line break and `f` are the one word `returnf`. All offsets stay.
    """
    if not _BROKEN.search(data):
        return data
    made = bytearray(data)
    for match in _JOINT.finditer(code_only(data)):
        made[match.start() : match.end()] = b"0" * len(match[0])
    return bytes(made)


def words(code: bytes, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The words between two offsets of `code`: identifiers and keywords."""
    for match in _WORD.finditer(code, start, len(code) if end is None else end):
        yield Span(*match.span())


def closing(code: bytes, opening: int) -> int | None:
    """The offset just behind the parenthesis that closes the one at `opening`.

    None if it is never closed, or nested deeper than `NESTING`.
    """
    depth = 0
    for match in _PARENTHESIS.finditer(code, opening):
        depth += 1 if match[0] == b"(" else -1
        if depth == 0:
            return match.end()
        if depth > NESTING:
            return None
    return None


def byte_at(code: bytes, offset: int) -> bytes:
    """The one byte at `offset`, or nothing outside of `code`."""
    return code[offset : offset + 1] if offset >= 0 else b""


def skip_blanks(code: bytes, offset: int) -> int:
    """The offset of the first byte at or behind `offset` that is neither blank nor `\\`."""
    match = _BLANKS.match(code, offset)
    return match.end() if match else offset


# ---------------------------------------------------------------------------- declarators


class Tail(Enum):
    """What comes behind a name and the parameters of its declarator, if it is one."""

    BODY = "a brace"
    OLD_STYLE = "declarations, and then a brace"
    DIRECTIVE = "a directive"
    UNCLOSED = "no closing parenthesis"
    NO_PARAMETERS = "anything but an opening parenthesis"
    OTHER = "anything else, such as the semicolon of a declaration or the rest of an expression"


# Parameters of old style have their declarations here; a prototype in between has parentheses.
_OLD_STYLE = re.compile(rb"\s*+[A-Za-z_]" + some(rb"[\w\s*,\[\]\\]*+;") + rb"\s*+\{")
_ANNOTATION = re.compile(rb"[\s\\]*+(?:[A-Za-z_]\w*+|\[\[[^\[\]]*\]\])")


def tail(code: bytes, name_end: int) -> Tail:
    """Tell what the name that ends at `name_end` is the name of, by what follows.

    Parentheses around the name, and annotations behind the parameters, are passed over.
    """
    position = skip_blanks(code, name_end)
    while byte_at(code, position) == b")":
        position = skip_blanks(code, position + 1)
    if byte_at(code, position) != b"(":
        return Tail.NO_PARAMETERS
    end = closing(code, position)
    if end is None:
        return Tail.UNCLOSED
    if _OLD_STYLE.match(code, end):
        return Tail.OLD_STYLE
    while annotation := _ANNOTATION.match(code, end):
        end = annotation.end()
        position = skip_blanks(code, end)
        if byte_at(code, position) == b"(":
            inside = closing(code, position)
            if inside is None:
                return Tail.UNCLOSED
            end = inside
    position = skip_blanks(code, end)
    following = byte_at(code, position)
    return {b"{": Tail.BODY, b"#": Tail.DIRECTIVE}.get(following, Tail.OTHER)


def statement_start(code: bytes, offset: int) -> int:
    """Where the declaration or statement around `offset` begins, as far as punctuation tells.

    Looks back over `WINDOW` bytes at most.
    """
    first = max(0, offset - WINDOW)
    return max(first - 1, *(code.rfind(mark, first, offset) for mark in (b";", b"}", b"{"))) + 1


# ---------------------------------------------------------------------------- directives


@dataclass(frozen=True, slots=True)
class Directive:
    """A preprocessor directive, with its continued lines."""

    span: Span
    keyword: bytes
    rest: Span
    """What stands behind the keyword."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A #define: where its name stands, and what it is replaced by."""

    name: Span
    text: Span


def directives(code: bytes) -> Iterator[Directive]:
    """Every directive, in order."""
    for match in _DIRECTIVE.finditer(code):
        yield Directive(Span(*match.span()), match[1], Span(*match.span(2)))


def macro(code: bytes, directive: Directive) -> Macro | None:
    """What a directive defines, or None if it is no #define."""
    if directive.keyword != b"define":
        return None
    match = _DEFINED.match(code, directive.rest.start, directive.rest.end)
    return Macro(Span(*match.span(1)), Span(match.end(), directive.rest.end)) if match else None


def macro_names(code: bytes) -> frozenset[str]:
    """The names that are defined as macros, under whatever condition."""
    found = (macro(code, each) for each in directives(code))
    names = (code[each.name.start : each.name.end] for each in found if each is not None)
    return frozenset(name.decode(errors="replace") for name in names)


def disabled(code: bytes, found: list[Directive]) -> list[Span]:
    """The branches that no configuration compiles, in order: of `#if 0`, and besides `#if 1`."""
    dead: list[Span] = []
    open_branches: list[_Branch] = []
    for each in found:
        if each.keyword in (b"if", b"ifdef", b"ifndef"):
            told = verdict(code, each)
            open_branches.append(_Branch(each.span.end, told is False, told is True))
        elif open_branches and (each.keyword.startswith(b"el") or each.keyword == b"endif"):
            branch = open_branches.pop()
            if branch.dead:
                dead.append(Span(branch.start, each.span.start))
            if each.keyword != b"endif":
                told = verdict(code, each)
                dead_now = branch.taken or told is False
                taken = branch.taken or told is True
                open_branches.append(_Branch(each.span.end, dead_now, taken))
    dead += [Span(branch.start, len(code)) for branch in open_branches if branch.dead]
    return outermost(dead)


@dataclass(frozen=True, slots=True)
class _Branch:
    start: int
    dead: bool
    taken: bool
    """True if this branch or one before it is compiled in every configuration."""


def verdict(code: bytes, directive: Directive) -> bool | None:
    """What a condition that is a plain number says; None for every other one."""
    condition = code[directive.rest.start : directive.rest.end].strip(b" \t\r()")
    number = directive.keyword in (b"if", b"elif") and re.fullmatch(rb"\d+", condition)
    return int(condition) != 0 if number else None


def outermost(spans: list[Span]) -> list[Span]:
    """Those of `spans` that lie in no other one, in order; two may not overlap otherwise."""
    found: list[Span] = []
    for each in sorted(spans, key=lambda one: (one.start, -one.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return found


def covering(spans: list[Span], offset: int) -> Span | None:
    """The one of these sorted, disjoint spans that has `offset` in it."""
    index = bisect_right(spans, offset, key=lambda one: one.start)
    return spans[index - 1] if index and offset in spans[index - 1] else None


def balanced(code: bytes) -> bool:
    """True if every conditional that begins in `code` ends in it, and no other one ends in it."""
    depth = 0
    for each in directives(code):
        if each.keyword in (b"if", b"ifdef", b"ifndef"):
            depth += 1
        elif each.keyword.startswith(b"el") and depth == 0:
            return False
        elif each.keyword == b"endif":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0
