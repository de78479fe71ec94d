"""Questions about the statements of a file and the items of a pattern that paths are asked with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from refactor.c.code import EXPRESSIONS, HIDDEN, STATEMENTS, Code
from refactor.c.flow import BREAKABLE, LOOPS, Point, conditional, verdicts
from refactor.pattern.words import is_optional as is_optional_line

BRANCHES = frozenset(("if", "while", "for", "iterator", "switch", "do", "block", "function"))


def is_dots(item: Code) -> bool:
    """True for dots and nests among statements."""
    return item.kind in ("dots", "nest")


def is_bare(item: Code) -> bool:
    """True for an item that is an expression, and matches inside of a statement."""
    if item.kind in ("disj", "conj"):
        return not has_statements(item)
    return item.kind in EXPRESSIONS or (item.kind == "meta" and not is_statement_hole(item))


def is_optional(item: Code) -> bool:
    """True for an item behind `?`, and for alternatives of which one is, or is nothing at all."""
    if item.kind == "disj":
        return any(map(is_optional, item.children))
    return is_nothing(item) or is_optional_line(item)


def is_nothing(item: Code) -> bool:
    """True for an alternative without anything in it, `( f(); | )`."""
    return item.kind == "seq" and not item.children


def beginnings(rest: tuple[Code, ...]) -> Iterator[tuple[Code, ...]]:
    """What may come next, with all behind it; and what is behind it, where that is optional."""
    while rest:
        yield rest
        if not is_optional(rest[0]):
            return
        rest = rest[1:]
        if rest and rest[0].kind == "dots":
            rest = rest[1:]  # those before it have come as far


def has_to_come(item: Code) -> bool:
    return item.kind not in ("dots", "nest", "directive") and not is_optional(item)


def is_empty(node: Code) -> bool:
    """True for a semicolon that is a statement by itself."""
    return node.kind == "expr_stmt" and [each.text for each in node.parts] == [b";"]


def asks_for_nothing(item: Code) -> bool:
    """True for what is optional, and for dots, at whose end nothing is left to forbid."""
    return item.kind == "dots" or is_optional(item)


def firsts(item: Code) -> list[Code]:
    """What an item begins with, alternatives opened up."""
    if item.kind not in ("disj", "conj", "seq"):
        return [item]
    inner = item.children[:1] if item.kind == "seq" else item.children
    return [first for each in inner for first in firsts(each)]


def rows_of(group: Code) -> list[Sequence[Code]]:
    """The items of each alternative of a group."""
    return [each.children if each.kind == "seq" else [each] for each in group.children]


def has_statements(item: Code) -> bool:
    """True for a group whose alternatives are statements or sequences of them."""
    for each in item.children:
        inner = each.children if each.kind == "seq" else [each]
        if len(inner) != 1 or (not each.children and each.kind == "seq"):
            return True
        only = inner[0]
        if only.kind in STATEMENTS or is_dots(only) or only.kind == "function":
            return True
        if only.kind in ("disj", "conj") and has_statements(only):
            return True
        if is_statement_hole(only):
            return True
    return False


def is_statement_hole(item: Code) -> bool:
    return (
        item.kind == "meta"
        and item.token.meta.sort
        in ("statement", "statement list", "declaration", "field", "field list")
    ) or item.kind == "wrapped"


def first_in(block: Code) -> Code | None:
    """The first statement of a block."""
    return next((each for each in block.children if _counts(each)), None)


def following(node: Code) -> Code | None:
    """The statement behind another one in the same list."""
    parent = node.parent
    if parent is None or parent.kind not in ("block", "file", "group", "fields"):
        return None
    children = parent.children
    at = next((n for n, each in enumerate(children) if each is node), None)
    if at is None:
        return None
    return next((each for each in children[at + 1 :] if _counts(each)), None)


def beside(node: Code) -> Code | None:
    """Whatever stands behind a node in the same list, annotations left out."""
    parent = node.parent
    if parent is None:
        return None
    at = next((n for n, each in enumerate(parent.children) if each is node), -1)
    return next((each for each in parent.children[at + 1 :] if each.kind != "attr"), None)


def is_conditional(node: Code) -> bool:
    """True for `#if`, `#else`, `#endif` and their kind."""
    return node.kind == "directive" and conditional(node) != b""


def is_never(node: Code) -> bool:
    """True for `#if 0`."""
    return verdicts((node,)).get(id(node)) is False


def beyond(node: Code) -> Code | None:
    """What is behind a conditional directive; behind all of it for the branches that remain, and
    in the next branch behind the one that no configuration compiles."""
    found = following(node)
    if is_never(node):
        depth = 0
        while found is not None and (depth or conditional(found) in (b"", b"if")):
            depth += {b"if": 1, b"endif": -1}.get(conditional(found), 0)
            found = following(found)
        return following(found) if found is not None else None
    if conditional(node) not in (b"else", b"elif"):
        return found
    depth = 1
    while found is not None and depth:
        word = conditional(found)
        depth += {b"if": 1, b"endif": -1}.get(word, 0)
        found = following(found)
    return found


def _counts(node: Code) -> bool:
    if node.kind == "directive":
        return True
    return node.kind not in HIDDEN and (bool(node.children))


def nearest(before: tuple[Code, ...]) -> tuple[Code, ...]:
    """Which items dots may not go by, because they are the shortest path: the one that has been
    matched before them. Of alternatives it is the end of any, whichever has been matched. A label
    of a switch is the way into it, as its head is: paths may go by others."""
    last = before[-1:]
    if last and last[0].kind in ("case", "default"):
        return ()
    for around in before[:-1]:
        if around.kind != "disj":
            continue
        rows = rows_of(around)
        ends = tuple(row[-1] for row in rows if row)
        if any(end is each for end in ends for each in last):
            # As one item where they are one each, because of who speaks of their names.
            return (around,) if all(len(row) == 1 for row in rows) else ends
    return last


def owners_of(items: Iterable[Code], around: Code | None = None) -> dict[int, Code]:
    """For each `break` and `continue` of a pattern, by identity, the loop or switch it is in."""
    found: dict[int, Code] = {}
    stack = [(item, around) for item in items]
    while stack:
        node, loop = stack.pop()
        if node.kind in ("break", "continue") and loop is not None:
            if node.kind == "break" or loop.kind in LOOPS:
                found[id(node)] = loop
            continue
        inner = node if node.kind in BREAKABLE else loop
        stack += [(each, inner) for each in node.children]
        if node.kind == "nest" and node.token is not None and node.token.group is not None:
            stack += [(each, inner) for each in node.token.group.items]
    return found


def condition_of(node: Code) -> Code | None:
    """What a branch or a loop tests."""
    parts = node.parts
    if node.kind == "for":
        at = next((n for n, each in enumerate(parts) if each.text == b")" and not each.children), 0)
        inside = list(parts[2:at])
        semicolons = [n for n, each in enumerate(inside) if each.text == b";"]
        first = 0 if inside and inside[0].kind == "declaration" else 1
        stop = semicolons[first] if len(semicolons) > first else -1
        return inside[stop - 1] if stop > 0 and inside[stop - 1].kind in EXPRESSIONS else None
    at = next((n for n, each in enumerate(parts) if each.text == b"(" and not each.children), -1)
    return parts[at + 1] if 0 <= at < len(parts) - 1 else None


def own_of(node: Code) -> list[Code]:
    """The code of a statement itself, without the statements that it governs."""
    if node.kind in ("if", "while", "for", "iterator", "switch", "do"):
        return Point("head", node).own()
    if node.kind in ("function", "block"):
        return []
    return [node]


def names_in(item: Code, *without: Code) -> set[str]:
    """The metavariables in a part of a pattern, those in nests, conditions and types included;
    `without` what stands in other parts."""
    found: set[str] = set()
    apart = set(map(id, without))
    stack = [item]
    while stack:
        node = stack.pop()
        if id(node) in apart:
            continue
        stack.extend(node.children)
        token = node.token
        if token is None:
            continue
        found.update(token.positions)
        found.update(each.name for each in token.holes)
        if token.meta is not None:
            found.add(token.meta.name)
            found.update(re.findall(r"\w+", token.meta.type_text))
            found.update(filter(None, (token.meta.length,)))
            for each in token.meta.constraints:
                found.update(each.values)
        if token.group is not None:
            stack.extend(token.group.items)
        for when in token.whens:
            stack.extend(when.items)
    return found


def is_in_expression(statement: Code) -> bool:
    """True for a part of a statement expression, `({ })`: the paths of its function are not those
    in there."""
    return any(each.kind == "stmt_expr" for each in statement.ancestors())


def other_alternatives(item: Code) -> list[Code]:
    """What stands in other alternatives than an item, and so is there instead of it."""
    return [
        other
        for inner, around in pairwise((item, *item.ancestors()))
        if around.kind == "disj"
        for other in around.children
        if other is not inner
    ]


def other_conditions(items: Sequence[Code], node: Code) -> list[Code]:
    """If a node is in a condition of dots, what all others say; nothing for one that is not."""
    conditions: list[list[Code]] = []
    stack = list(items)
    while stack:
        for each in stack.pop().walk():
            if each.kind in ("dots", "nest"):
                conditions += [when.items for when in each.token.whens]
                stack += each.token.group.items if each.token.group is not None else []
    around = {id(node), *map(id, node.ancestors())}
    if not any(id(each) in around for condition in conditions for each in condition):
        return []
    return [
        each
        for condition in conditions
        if not any(id(one) in around for one in condition)
        for each in condition
    ]


def certain_holes(item: Code) -> Iterator[str]:
    """Holes for expressions and names that no form of an item can be without."""
    stack = [item]
    while stack:
        node = stack.pop()
        if node.kind in ("disj", "conj", "nest", "cast") or node.kind in BRANCHES:
            continue
        if node.kind == "meta":
            meta = node.token.meta
            if not meta.is_list and meta.sort in ("expression", "idexpression", "identifier"):
                yield meta.name
        stack.extend(node.children)


def definitions_in(item: Code) -> list[Code]:
    """The definition that an item of a pattern is, or those that it has the choice of."""
    if item.kind == "function":
        return [item]
    is_choice = item.kind in ("disj", "conj") or (item.kind == "seq" and len(item.children) == 1)
    return [one for each in item.children for one in definitions_in(each)] if is_choice else []
