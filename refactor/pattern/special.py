"""How the two sides of a rule are related: does it feed itself, what would it have made already?

A rule feeds itself if what it writes is matched by it again, as a swap is. A place is as the rule
would make it only if the added side matches there and is strictly more special than the other: in
`kz(E, F | ACC)` against `kz(E, F)`. Where both are equally general, nothing can be told.
"""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.binding import State
from refactor.pattern.compile import Pattern
from refactor.pattern.matching import Matcher
from refactor.pattern.paths import Paths
from refactor.pattern.statements import is_dots


def feeds_itself(pattern: Pattern) -> bool:
    """True if the result of the pattern, or a part of it, is matched by the pattern."""
    return pattern.result is not None and _covers(pattern, pattern.items, pattern.result, True)


def is_more_special(pattern: Pattern) -> bool:
    """True if the result is a case of what is matched, and not the other way round."""
    result = pattern.result
    if result is None or not feeds_itself(pattern):
        return False
    # A spelling that is written out, `unsigned int` for `unsigned`, is the more special one.
    return not _covers(pattern, result, pattern.items, is_exact=True)


def _covers(
    pattern: Pattern,
    general: Sequence[Code],
    special: Sequence[Code],
    is_part: bool = False,
    *,
    is_exact: bool = False,
) -> bool:
    """True if one tree, read as a pattern, matches the other, read as code, or a part of it.

    With `is_exact` it has to be spelled alike.
    """
    general, special = _begun(general), _begun(special)
    if not general or not special or (len(general) > len(special) and not is_part):
        return False
    if any(each.kind == "directive" for each in (*general, *special)):
        return [each.text for each in general] == [each.text for each in special]
    names = iter(range(1 << 20))
    code = [as_code(each, names) for each in special]
    block = Code("block", [Code("op", None, b"{"), *code, Code("op", None, b"}")])
    # Offsets are needed by what is bound, and mean nothing here.
    for position, node in enumerate(block.walk()):
        node.start, node.end = position, position + 1
    paths = Paths(pattern)
    matcher = Matcher(
        pattern,
        b" " * (1 << 16),
        sequences=lambda m, items, where, state: paths.inside(m, items, where, state),
        is_exact=is_exact,
        symbols=frozenset(map(_symbol, pattern.metavariables)),
    )
    inside = [each for each in block.walk() if each is not block and each.parent is not None]
    for node in inside if is_part else block.children[1:2]:
        if len(general) == 1 and next(matcher.match_expression(general[0], node, State({})), None):
            return True
        if next(paths.at(matcher, list(general), node, State({})), None) is not None:
            return True
    return False


def _begun(items: Sequence[Code]) -> Sequence[Code]:
    """The items without the dots that they begin with, which are the same on both sides."""
    return items[1:] if items and is_dots(items[0]) else items


def as_code(node: Code, names: object) -> Code:
    """A tree of a pattern as if it were code: each hole is a name of its own."""
    if node.kind == "meta":
        meta = node.token.meta
        kind = "type" if meta.sort == "type" else "ident"
        leaf = Code("ident", None, _symbol(meta.name))
        if meta.sort == "statement":
            return Code("expr_stmt", [leaf, Code("op", None, b";")])
        return Code("type", [leaf]) if kind == "type" else leaf
    if node.kind in ("dots", "nest"):
        return Code("ident", None, b"dots__%d" % next(names))  # type: ignore[call-overload]
    if not node.children:
        return Code(node.kind, None, node.text)
    return Code(node.kind, [as_code(each, names) for each in node.children])


def _symbol(name: str) -> bytes:
    return f"{name}__".encode()
