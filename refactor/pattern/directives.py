"""Directives as patterns: `#include <linux/...>`, `#define NAME(x) E`, `#pragma omp ...`.

They are lines, not trees, so they are compared token by token; a metavariable takes as many tokens
as make what it stands for, dots any number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from refactor.c.code import Code, Lexeme, level, lexemes
from refactor.c.grammar import EXPRESSION_SORTS, Grammar
from refactor.pattern.binding import Binding, State
from refactor.pattern.tokens import Metavariable

KINDS = frozenset(("include", "directive", "define"))
"""The nodes that are directives."""

Allows = Callable[[Metavariable, Binding, State], bool]
_INCLUDE = re.compile(rb"#\s*include\s*(.*)", re.DOTALL)
_NAMED = re.compile(rb"#\s*define\s+\w+\(")


def match_directive(
    p: Code, n: Code, state: State, holes: Mapping[str, Metavariable], allows: Allows
) -> Iterator[State]:
    """Every way in which a directive of a pattern matches one of the file."""
    if n.kind not in KINDS:
        return
    met = state.meet(p.token.number, n.start, n.end, n)
    include = _INCLUDE.match(p.text)
    if include is not None:
        other = _INCLUDE.match(n.text)
        if other is not None and _is_path(include[1].strip(), other[1].strip()):
            yield met
        return
    if (_NAMED.match(p.text) is None) != (_NAMED.match(n.text) is None):
        return  # `#define A (x)` and `#define A(x)` have the same tokens
    mine, theirs = list(lexemes(p.text)), list(lexemes(n.text))
    yield from _Line(n, holes, allows).match(mine, theirs, met)


def has_dots(p: Code) -> bool:
    """True for an include that stands for several."""
    return _INCLUDE.match(p.text) is not None and b"..." in p.text


def names_in(text: str) -> list[str]:
    """The words of a directive, its own name left out."""
    return re.findall(r"[A-Za-z_]\w*", text)[1:]


def filled(text: bytes, env: Mapping[str, Binding], names: Sequence[str]) -> bytes | None:
    """A directive with the metavariables `names` replaced; None if one is not bound."""
    if any(name not in env for name in names):
        return None
    text = text.replace(b"......", b"...")  # six dots are the three of C
    wanted = {name.encode(): env[name].text for name in names}
    return re.sub(rb"[A-Za-z_]\w*", lambda match: wanted.get(match[0], match[0]), text)


def _is_path(mine: bytes, theirs: bytes) -> bool:
    """True if a path of an include is meant by another one with dots."""
    if mine == b"...":
        return True
    parts = [re.escape(part) for part in b"".join(mine.split()).split(b"...")]
    return re.fullmatch(b".*".join(parts), b"".join(theirs.split())) is not None


class _Line:
    """One directive of a file."""

    def __init__(self, node: Code, holes: Mapping[str, Metavariable], allows: Allows) -> None:
        self.node = node
        self.holes = holes
        self.allows = allows

    def match(
        self, mine: Sequence[Lexeme], theirs: Sequence[Lexeme], state: State
    ) -> Iterator[State]:
        """Tokens against tokens."""
        if not mine:
            if not theirs:
                yield state
            return
        first = mine[0]
        if first.text == b"...":
            if len(mine) > 1 and mine[1].text == b"..." and mine[1].start == first.end:
                # Six dots are the three of C.
                if theirs and theirs[0].text == b"...":
                    yield from self.match(mine[2:], theirs[1:], state)
                return
            for count in _lengths(theirs, 0):
                yield from self.match(mine[1:], theirs[count:], state)
            if len(mine) > 1 and mine[1].text == b",":  # nothing, and so no comma
                yield from self.match(mine[2:], theirs, state)
            return
        is_last = first.text == b"," and self._ends_list(mine[1:])
        if is_last and theirs and theirs[0].text == b")":
            yield from self.match(mine[1:], theirs, state)
            return
        meta = self.holes.get(first.text.decode()) if first.kind == "ident" else None
        if meta is None or meta.sort in _WORDS:
            if theirs and theirs[0].text == first.text:
                yield from self.match(mine[1:], theirs[1:], state)
            return
        for count in _lengths(theirs, 0 if meta.is_list else 1):
            bound = self._bound(meta, theirs[:count], state)
            if bound is not None:
                yield from self.match(mine[1:], theirs[count:], bound)
                if count == 0 and len(mine) > 1 and mine[1].text == b",":
                    yield from self.match(mine[2:], theirs, bound)

    def _ends_list(self, mine: Sequence[Lexeme]) -> bool:
        """True for an item that may be nothing, before the parenthesis that closes its list."""
        if len(mine) < 2 or mine[1].text != b")":
            return False
        meta = self.holes.get(mine[0].text.decode()) if mine[0].kind == "ident" else None
        return mine[0].text == b"..." or (meta is not None and meta.is_list)

    def _bound(self, meta: Metavariable, taken: Sequence[Lexeme], state: State) -> State | None:
        binding = self._binding(meta, taken)
        if binding is None:
            return None
        known = state.env.get(meta.name)
        if known is not None:
            return state if known.key == binding.key else None
        if meta.origin or not self.allows(meta, binding, state):
            return None
        return state.bind(meta.name, binding)

    def _binding(self, meta: Metavariable, taken: Sequence[Lexeme]) -> Binding | None:
        text = self.node.text[taken[0].start : taken[-1].end] if taken else b""
        key = tuple(each.text for each in taken)
        sort = meta.sort
        if meta.is_list or sort == "pragmainfo":
            return Binding("list", key, text, 1)
        grammar = Grammar(taken)
        if sort in ("type", "typedef"):
            parsed = grammar.attempt(grammar.type_name)
            return Binding("type", key, text) if parsed and grammar.peek() is None else None
        if sort in EXPRESSION_SORTS:
            parsed = grammar.attempt(grammar.expression)
            if parsed is None or grammar.peek() is not None:
                return None
            from refactor.pattern.shapes import is_constant

            if sort == "constant" and not is_constant(parsed):
                return None
            return Binding("code", key, text, level(parsed))
        if len(taken) != 1 or taken[0].kind != "ident":
            return None
        return Binding("code", key, text)


_WORDS = ("symbol", "typedef", "declarer name", "iterator name", "attribute name", "position")


def _lengths(tokens: Sequence[Lexeme], fewest: int) -> Iterator[int]:
    """How many tokens can be taken with all their parentheses closed."""
    depth = 0
    if fewest == 0:
        yield 0
    for count, token in enumerate(tokens, 1):
        if token.text in (b"(", b"[", b"{"):
            depth += 1
        elif token.text in (b")", b"]", b"}"):
            depth -= 1
        if depth < 0:
            return
        if depth == 0:
            yield count
