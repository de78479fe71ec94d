"""Uses of a variable where no declaration of it is in scope.

A name that a rule has bound in an inner block may be written at a statement outside of it: what
stood for a variable there is nothing, or another variable of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from refactor.c.code import Code
from refactor.c.types import declarators

_NO_USES = frozenset(("label", "goto", "designator", "enumerator"))
_TAGS = frozenset(("struct", "union", "enum", "type", "attr", "attribute"))


def unscoped(
    function: Code, names: Collection[bytes], *, may_be_members: bool = False
) -> set[bytes]:
    """Those of some names that are used in a definition where none of its declarations holds.

    `may_be_members` takes words in the arguments of a macro that gets a type as well for uses, as
    `list_entry(p, struct foo, list)` has them: they may be names of members.
    """
    declared: dict[bytes, list[tuple[int, Code]]] = {}
    for name, where, scope in (*_declared(function), *_by_macros(function)):
        if name in names:
            declared.setdefault(name, []).append((where, scope))
    found: set[bytes] = set()
    for leaf in function.leaves():
        name = leaf.text
        if leaf.kind != "ident" or name not in names or name in found or not _is_use(leaf):
            continue
        if _may_be_a_member(leaf) and not may_be_members:
            continue
        known = declared.get(name, ())
        if not any(at <= leaf.start and _is_in(leaf, scope) for at, scope in known):
            found.add(name)
    return found


def declared_in(function: Code) -> set[bytes]:
    """The names of the variables and parameters of a definition."""
    return {name for name, _, _ in _declared(function)}


def _declared(function: Code) -> Iterator[tuple[bytes, int, Code]]:
    """All names that are declared in a definition, with the offset and the node of their scope."""
    for node in function.walk():
        if node.kind in ("declaration", "param"):
            for each in declarators(node):
                yield each.name.text, each.name.start, _scope(node)


def _by_macros(function: Code) -> Iterator[tuple[bytes, int, Code]]:
    """Names that may be declared: by a loop, as one of `_scoped` does, or by what stands for a
    declaration, `DECLARE_BITMAP(mask, 64);`."""
    for node in function.walk():
        if node.kind == "iterator":
            yield from _words(node.children[1], node)
        elif node.kind == "call" and _is_upper(node.children[0]):
            yield from _words(node, _scope(node))


def _words(arguments: Code, scope: Code) -> Iterator[tuple[bytes, int, Code]]:
    for leaf in arguments.leaves():
        if leaf.kind == "ident":
            yield leaf.text, leaf.start, scope


def _scope(node: Code) -> Code:
    """Where a declaration holds: the block or loop around it, or all of the function."""
    last = node
    for each in node.ancestors():
        if each.kind in ("block", "for", "iterator"):
            return each
        if each.kind == "function":
            return each
        last = each
    return last


def _is_upper(callee: Code) -> bool:
    while callee.kind == "call":
        callee = callee.children[0]
    return callee.kind == "ident" and callee.text.isupper()


def _is_in(leaf: Code, scope: Code) -> bool:
    return any(each is scope for each in leaf.ancestors())


def _is_use(leaf: Code) -> bool:
    parent = leaf.parent
    if parent is None or parent.kind in _NO_USES or parent.kind in _TAGS:
        return False
    return parent.kind != "member" or parent.children[0] is leaf


def _may_be_a_member(leaf: Code) -> bool:
    parent = leaf.parent
    return (
        parent is not None
        and parent.kind == "args"
        and any(each.kind == "type_name" for each in parent.children)
    )
