"""How functions are declared at the top of a file: their names, and what others rely on of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refactor.c.code import Code
from refactor.c.items import cut
from refactor.c.lexical import mentions
from refactor.c.tables import items_of, outline
from refactor.c.types import Declarator, declarators
from refactor.text import Span

Signature = tuple[tuple[bytes, ...], ...]
"""The tokens of what is returned, then those of each parameter, without its name."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration or definition of a function."""

    name: bytes
    signature: Signature
    where: Span
    """Up to the semicolon; of a definition up to its body."""
    is_definition: bool
    is_static: bool


def signatures(data: bytes, names: Iterable[str]) -> list[Declared]:
    """The functions that a file declares or defines, in order; those of `names` are among them.

    Never fails: what does not parse declares nothing. A declaration of several names counts for
    none of them. Only the items with one of the names are read: what the parser makes of a whole
    file may have lost a function behind another one that it does not understand.
    """
    at = sorted(
        each.start for name in names if name.encode() in data for each in mentions(data, name)
    )
    if not at:
        return []
    part = cut(data, at)
    found = []
    for item in items_of(outline(data if part.doubt else _only(data, part.spans))):
        named = [each for each in declarators(item) if _parameters(each) is not None]
        if len(named) == 1 and len(list(declarators(item))) == 1:
            found.append(_declared(item, named[0]))
    return found


def _only(data: bytes, spans: Iterable[Span]) -> bytes:
    """A file with blanks in the place of all but some spans, so that offsets stay what they are."""
    kept = bytearray(_BLANKED.sub(b" ", data))
    for each in spans:
        kept[each.start : each.end] = data[each.start : each.end]
    return bytes(kept)


_BLANKED = re.compile(rb"[^\n]")


def _declared(item: Code, named: Declarator) -> Declared:
    parameters = _parameters(named)
    assert parameters is not None
    returned = [
        leaf.text
        for leaf in _before(item, named.name)
        if leaf.kind not in ("storage", "attr") and leaf.text not in _STORAGE
    ]
    each = [_nameless(part) for part in parameters.parts if part.children or part.text == b"..."]
    return Declared(
        named.name.text,
        (tuple(returned), *each),
        Span(item.start, item.end),
        item.kind == "function",
        any(leaf.text == b"static" for leaf in _before(item, named.name)),
    )


_STORAGE = frozenset((b"extern", b"static", b"inline", b"__inline", b"__inline__"))


def _parameters(named: Declarator) -> Code | None:
    """The parameter list of the name itself: `int (*f(int a))(void)` has `(int a)`.

    None for what is no function, such as a pointer to one.
    """
    around = named.name.parent
    while around is not None and around.kind in ("annotated",):
        around = around.parent
    if around is None or around.kind != "fn":
        return None
    return next((each for each in around.parts if each.kind == "params"), None)


def _before(item: Code, name: Code) -> Iterator[Code]:
    for leaf in item.leaves():
        if leaf is name:
            return
        yield leaf


def _nameless(param: Code) -> tuple[bytes, ...]:
    """The tokens of a parameter, without its name and without annotations."""
    name = next((each.name for each in declarators(param)), None)
    return tuple(leaf.text for leaf in param.leaves() if leaf is not name and leaf.kind != "attr")
