"""Which words a file must have for a pattern to match: what is searched before anything is parsed.

The answer is a list of clauses; of each clause at least one word has to be there. It is derived
from what an isomorphism cannot take away: the NULL of `E == NULL` is no word of `!E`, the name of a
cast's type is not there where there is no cast. A word that an earlier rule writes is none that the
file must have had before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from refactor.c.code import QUALIFIERS, STORAGE, TYPE_WORDS, Code
from refactor.c.grammar import KEYWORDS
from refactor.pattern.standard import HINTS
from refactor.pattern.tokens import KEPT, Metavariable, Token, flat

Clause = frozenset[str]

_OPTIONAL = frozenset((b"NULL", b"true", b"false", *HINTS))
_HOLLOW = KEYWORDS | QUALIFIERS | STORAGE | TYPE_WORDS | _OPTIONAL


def clauses(items: Iterable[Code]) -> frozenset[Clause]:
    """The clauses of nodes that all have to match."""
    found: frozenset[Clause] = frozenset()
    for item in items:
        found |= _of(item)
    return found


def clauses_of_nests(items: Iterable[Code], searched: Callable[[Code], Code]) -> frozenset[Clause]:
    """The clauses of what changes in nests, for items without any use where these meet nothing.

    `searched` gives a node as it is looked for.
    """
    nests = [
        clauses(map(searched, node.token.group.items))
        for item in items
        for node in item.walk()
        if node.kind == "nest" and any(token.mark != KEPT for token in flat([node.token]))
    ]
    return nests[0] if len(nests) == 1 else _either(nests)


def best(found: Iterable[Clause]) -> Clause | None:
    """The clause that is worth searching for: few words, and long ones, which are rare."""
    return min(
        found, key=lambda each: (len(each) > 8, -min(map(len, each)), sorted(each)), default=None
    )


def _of(node: Code) -> frozenset[Clause]:
    kind = node.kind
    if kind in ("attr", "number", "char", "string", "dots"):
        return frozenset()
    if kind == "meta":
        return _of_meta(node.token.meta)
    if kind == "nest":
        token: Token = node.token
        if not token.at_least_once or token.group is None:
            return frozenset()
        return clauses(token.group.items)
    if kind == "disj":
        return _either([_of(each) for each in node.children])
    if kind in ("directive", "include", "define"):
        holes = {each.name.encode() for each in node.token.holes} if node.token else set()
        return _of_directive(node.text, holes)
    if not node.children:
        return _of_word(node.text) if kind == "ident" else frozenset()
    if is_optional(node):
        return frozenset()
    if kind == "cast":
        return _of(node.children[-1])
    return clauses(node.children)


def hollow(word: bytes) -> bool:
    """True for a word that is no name, or that an isomorphism can take away."""
    return word in _HOLLOW


def is_optional(node: Code) -> bool:
    """True for a line with `?`."""
    first = node
    while first.children:
        first = first.children[0]
    return first.token is not None and first.token.optional


def _of_word(text: bytes) -> frozenset[Clause]:
    if text in _HOLLOW or not re.fullmatch(rb"\w+", text):
        return frozenset()
    return frozenset((frozenset((text.decode(errors="replace"),)),))


def _of_meta(meta: Metavariable) -> frozenset[Clause]:
    words = words_of_meta(meta)
    return frozenset((words,)) if words else frozenset()


def words_of_meta(meta: Metavariable) -> Clause | None:
    """The words of which its value is one, if its constraints say so."""
    for each in meta.constraints:
        if each.values and not (each.negative or each.is_integer or each.is_part):
            words = [re.findall(r"[A-Za-z_]\w*", value) for value in each.values]
            if all(
                len(found) == 1 and "." not in value
                for found, value in zip(words, each.values, strict=True)
            ):
                return frozenset(found[0] for found in words)
    return None


def _of_directive(text: bytes, holes: Collection[bytes] = ()) -> frozenset[Clause]:
    words = re.findall(rb"[A-Za-z_]\w*", text)
    named = [
        each.decode()
        for each in words[1:]
        if each not in (b"h", b"linux", b"asm", b"net") and each not in holes
    ]
    return frozenset((frozenset((max(named, key=len),)),)) if named else frozenset()


def _either(alternatives: Sequence[frozenset[Clause]]) -> frozenset[Clause]:
    """One of several: a clause for each way to choose one of every alternative, the best only."""
    chosen: set[str] = set()
    for each in alternatives:
        found = best(each)
        if found is None:
            return frozenset()
        chosen |= found
    return frozenset((frozenset(chosen),)) if chosen else frozenset()


def written(tokens: Iterable[Token]) -> frozenset[str]:
    """The words that a rule adds."""
    return frozenset(
        token.text.decode(errors="replace")
        for token in tokens
        if token.mark == "+" and token.kind == "ident" and token.meta is None
    )
