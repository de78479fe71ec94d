"""The text of a macro as code: what it is made of, and what the preprocessor makes of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import Code, Lexeme, lexemes
from refactor.c.grammar import Grammar


def macro_code(data: bytes, start: int, end: int) -> list[Code] | None:
    """The text of a macro between two offsets; None if it is no whole piece of C.

    The last declaration of a macro often leaves its semicolon to who uses it: then it has one of no
    length.
    """
    tokens = list(_joined(data, list(lexemes(data, start, end))))
    found = _parsed(tokens)
    if found is None and tokens:
        last = tokens[-1].end
        found = _parsed([*tokens, Lexeme("op", b";", last, last)])
    return found


def _parsed(tokens: Sequence[Lexeme]) -> list[Code] | None:
    grammar = Grammar(list(tokens))
    grammar.is_macro = True
    found = grammar.attempt(grammar.items)
    return found if found and grammar.peek() is None else None


def _joined(data: bytes, tokens: Sequence[Lexeme]) -> Iterator[Lexeme]:
    """The tokens with each name that is pasted, `name##_show`, as one, and `#name` as a string."""
    at = 0
    while at < len(tokens):
        first = last = tokens[at]
        at += 1
        kind = first.kind
        if first.text == b"##" and at < len(tokens):
            # `, ##__VA_ARGS__` takes the comma away where there is nothing.
            last, kind = tokens[at], tokens[at].kind
            at += 1
        elif first.text == b"#" and at < len(tokens) and tokens[at].kind == "ident":
            last, kind = tokens[at], "string"
            at += 1
        while (
            kind in _NAMES
            and at + 1 < len(tokens)
            and tokens[at].text == b"##"
            and tokens[at + 1].kind in _NAMES
        ):
            last = tokens[at + 1]
            at += 2
        yield (
            first
            if last is first
            else Lexeme(kind, data[first.start : last.end], first.start, last.end)
        )


_NAMES = ("ident", "number")
