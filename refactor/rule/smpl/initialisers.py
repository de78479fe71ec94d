"""`I.field = E;` of a struct that is a hole with a type is `.field = E` in an initialiser as well.

`struct ops I; ... I.read = f;` is how a rule says that a function is one of an operations table,
however that comes to be. It is the isomorphism `mkinit` of `standard.iso`:

    E.fld = E1; => T I = { .fld = E1, };

It is about the whole of a rule, and parts of it may come and go, so it is no other form of a node,
as the isomorphisms of the matcher are, but a choice that the author could have written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import replace

from refactor.pattern.tokens import KEPT, Group, Metavariable, Token, flat

NAME = "mkinit"


def or_initialised(
    tokens: list[Token], metavariables: Mapping[str, Metavariable], disabled: Set[str]
) -> list[Token]:
    """The tokens of a rule, with the initialiser as a second alternative if it is such a one."""
    if not _is_one(tokens, metavariables) or disabled & {NAME, "all"}:
        return tokens
    whole, dot, *value, end = tokens
    meta = whole.meta
    assert meta is not None
    variable = Metavariable(f"{meta.name} =", "identifier", line=meta.line, column=meta.column)

    def new(kind: str, text: str, like: Token) -> Token:
        return Token(kind, text.encode(), KEPT, like.line, like.column)

    declared = [
        *(new("ident", word, whole) for word in meta.type_text.split()),
        replace(new("meta", variable.name, whole), meta=variable),
        new("op", "=", dot),
        new("op", "{", dot),
        replace(dot, gap=b""),
        *deepcopy(value),
        new("op", "}", end),
        new("op", ";", end),
    ]
    return [replace(new("group", "(", whole), group=Group("disj", [tokens, declared]))]


def _is_one(tokens: Sequence[Token], metavariables: Mapping[str, Metavariable]) -> bool:
    """True for one statement that assigns to a member of a hole with a type that is written out,
    which nothing else speaks of, and of which no more may change than the member and the value."""
    if len(tokens) < 6 or any(token.group is not None for token in tokens[:2]):
        return False
    whole, dot, end = tokens[0], tokens[1], tokens[-1]
    meta = whole.meta
    kept = [token for token in tokens if token.mark == KEPT]
    if meta is None or meta.sort != "expression" or meta.origin or whole.positions:
        return False
    if kept[:2] != [whole, dot] or dot.text != b"." or kept[-1] is not end or end.text != b";":
        return False
    signs = [token.text for token in tokens[2:-1] if token.kind == "op"]
    is_plain = b"=" in signs and not {b";", b"{", b"}"} & {*signs}
    equals = [token for token in tokens if token.text == b"=" and token.mark == KEPT]
    words = meta.type_text.split()
    is_written = bool(words) and all(
        re.fullmatch(r"[A-Za-z_]\w*", word) and word not in metavariables for word in words
    )
    alone = sum(token.meta is not None and token.meta.name == meta.name for token in flat(tokens))
    return is_plain and len(equals) == 1 and is_written and not meta.pointer and alone == 1
