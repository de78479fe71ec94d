"""Pointer types in declarations: in C a star is of one name, and in a rule of a type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import Code
from refactor.pattern.compile import CONTEXT
from refactor.pattern.shapes import DECLARATORS, chain
from refactor.rewrite.changes import CannotSpliceError
from refactor.rewrite.path import Path
from refactor.rewrite.written import BEFORE, Piece, Written


def stars_of_others(path: Path) -> Iterator[Piece]:
    """The other names of a declaration get the stars that its type gets, and lose those it loses.

    spatch leaves them as they are, which makes of `struct foo *a, *b` a `foo_p a, *b`. A name
    without a star that the rule asks for has another type than the rule is about, and cannot
    stay beside one that changes. Raises CannotSpliceError.
    """
    for before, after in _types(path):
        if path.pattern.states.get(id(before), CONTEXT) == CONTEXT:
            continue
        first = next(before.leaves()).token
        pair = path.pairs.get(first.number) if first is not None else None
        declaration = _declaration(pair.node) if pair is not None and pair.node else None
        names = _names(declaration) if declaration is not None else []
        if len(names) < 2:
            continue
        asked, change = _count(before), _count(after) - _count(before)
        for name in names:
            if len(_stars(name)) < asked:
                raise CannotSpliceError("names", name.start)
        for name in names[1:]:
            if change > 0:
                yield Piece(name.start, name.start, Written(b"*" * change), BEFORE)
            for star in _stars(name)[: max(0, -change)]:
                yield Piece(star.start, star.end)


def _types(path: Path) -> Iterator[tuple[Code, Code]]:
    """The types that a rule is about as such, not as those of something, and what they become."""
    stack = list(zip(path.pattern.items, path.pattern.result or (), strict=False))
    while stack:
        before, after = stack.pop()
        if before.kind == after.kind == "type_name":
            yield before, after
        elif before.kind == after.kind and before.kind in ("disj", "seq"):
            stack += zip(before.children, after.children, strict=False)


def _declaration(node: Code) -> Code | None:
    """The declaration that a word is in the type of."""
    for each in node.ancestors():
        if each.kind == "declaration":
            return each
        if each.kind not in ("type", "struct"):
            return None
    return None


def _names(declaration: Code) -> list[Code]:
    kinds = ("ident", "init_decl", "bit_decl", *DECLARATORS)
    return [each for each in declaration.parts if each.kind in kinds]


def _count(named: Code) -> int:
    return sum(each.text == b"*" for each in named.leaves())


def _stars(name: Code) -> Sequence[Code]:
    """The stars of a name that come first, those nearest to the type before the others."""
    inner = name.parts[0] if name.kind in ("init_decl", "bit_decl") else name
    found: list[Code] = []
    for each in reversed(chain(inner)):
        if each.kind != "ptr" or len(each.parts) > 2:
            break
        found.append(each.parts[0])
    return found
