"""Why a pattern does not match at a place: the first part that does not fit, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.pattern.binding import State
from refactor.pattern.matching import Matcher

SHOWN = 40
"""How much of a pattern is shown, in characters."""


def why_not(matcher: Matcher, items: Sequence[Code], node: Code, state: State) -> str:
    """What of the pattern does not fit around `node`, a word that the pattern has.

    Empty if the form fits, or the pattern does not have the word.
    """
    best = ""
    for p in named(items, node.text):
        found = _around(matcher, p, node, items, state)
        if not found:
            return ""  # An alternative fits, so it is not for its form that nothing matches.
        if len(found) > len(best):
            best = found
    return best


def named(items: Sequence[Code], word: bytes) -> Iterator[Code]:
    """Where a pattern has a word."""
    for root in _roots(items):
        yield from (each for each in _nodes(root) if not each.children and each.text == word)


def _roots(items: Sequence[Code]) -> list[Code]:
    found: list[Code] = []
    for item in items:
        if item.kind in ("disj", "conj", "seq"):
            found += _roots(item.children)
        elif item.kind == "nest" and item.token.group is not None:
            found += _roots(item.token.group.items)
        else:
            found.append(item)
    return found


def _nodes(root: Code) -> Iterator[Code]:
    """All nodes of an item, and of the nests in it."""
    for node in root.walk():
        yield node
        if node.kind == "nest" and node.token.group is not None:
            for item in _roots(node.token.group.items):
                yield from _nodes(item)


def _around(matcher: Matcher, p: Code, n: Code, items: Sequence[Code], state: State) -> str:
    """Go outwards from a word that is the same on both sides, as long as the forms are."""
    while p.parent is not None and n.parent is not None:
        outer_p, outer_n = p.parent, n.parent
        if outer_p.kind in ("disj", "seq", "conj"):
            p = outer_p
            continue
        if outer_p.kind != outer_n.kind:
            if outer_p.kind in ("call", "args") and n.kind == "ident":
                return "it is not called here"
            name = _named(outer_p)
            return f"it is not in {'an' if name[0] in 'aeiou' else 'a'} {name} here"
        if next(matcher.match(outer_p, outer_n, state), None) is None:
            return _difference(matcher, outer_p, outer_n, state)
        p, n = outer_p, outer_n
    return _beside(matcher, p, n, items, state)


def _beside(matcher: Matcher, p: Code, n: Code, items: Sequence[Code], state: State) -> str:
    """What of a sequence of statements does not stand beside the one that fits."""
    at = next((number for number, each in enumerate(items) if each is p), None)
    fits = next(matcher.match(p, n, state), None)
    if at is None or n.parent is None or fits is None:
        return ""
    siblings = [
        each for each in n.parent.children if each.kind in STATEMENTS or each.kind == "directive"
    ]
    place = next((number for number, each in enumerate(siblings) if each is n), None)
    for step in (1, -1):
        if place is None or not 0 <= at + step < len(items):
            continue
        other = items[at + step]
        if other.kind in ("dots", "nest"):
            return _behind_dots(items, at, step)
        beside = siblings[place + step] if 0 <= place + step < len(siblings) else None
        if beside is not None and beside.kind == "directive":
            return "a directive stands beside it"
        if beside is None or next(matcher.match(other, beside, fits), None) is None:
            return f"no {_shown(other)} beside it"
    return ""


def _difference(matcher: Matcher, p: Code, n: Code, state: State) -> str:
    if p.kind == "call":
        return _call(matcher, p, n, state)
    mine, theirs = p.parts, n.parts
    if len(mine) != len(theirs):
        return f"the {_named(p)} has another form"
    for one, other in zip(mine, theirs, strict=True):
        if next(matcher.match(one, other, state), None) is None:
            return _part(matcher, one, other)
    return _contradiction(matcher, p, n, state)


def _contradiction(matcher: Matcher, p: Code, n: Code, state: State) -> str:
    """The name that would stand for two things; its parts fit each for itself."""
    for one, other in zip(p.parts, n.parts, strict=True):
        found = next(matcher.match(one, other, state), None)
        if found is None:
            for leaf in one.leaves():
                name = leaf.token.meta.name if leaf.kind == "meta" else ""
                if name in state.env:
                    value = " ".join(state.env[name].text.decode(errors="replace").split())
                    return f"{name} stands for {value[:SHOWN]} already"
            break
        state = found
    return "the same name would stand for different things"


def _behind_dots(items: Sequence[Code], at: int, step: int) -> str:
    """What dots lead to, or from, and what must not come in between."""
    dots = items[at + step]
    further = items[at + 2 * step] if 0 <= at + 2 * step < len(items) else None
    forbidden = [
        _shown(each) for when in dots.token.whens if when.kind == "!=" for each in when.items
    ]
    without = f", without {' or '.join(forbidden)} in between" if forbidden else ""
    if further is None:
        rest = "the rest of the pattern does not fit around it"
        return f"{' or '.join(forbidden)} comes behind it" if forbidden and step > 0 else rest
    side = "behind" if step > 0 else "before"
    return f"no {_shown(further)} {side} it fits together with it{without}"


def _call(matcher: Matcher, p: Code, n: Code, state: State) -> str:
    mine = _arguments(p)
    theirs = _arguments(n)
    open_ended = any(
        each.kind in ("dots", "nest") or (each.kind == "meta" and each.token.meta.is_list)
        for each in mine
    )
    if len(mine) != len(theirs) and not open_ended:
        return f"it has {len(theirs)} arguments, not {len(mine)}"
    if open_ended:
        return "its arguments are others"
    for position, (one, other) in enumerate(zip(mine, theirs, strict=True), 1):
        found = next(matcher.match(one, other, state), None)
        if found is None:
            return f"argument {position}: {_part(matcher, one, other)}"
        state = found
    return "it has another form"


def _arguments(call: Code) -> list[Code]:
    listed = call.children[-1]
    return [each for each in listed.parts[1:-1] if each.text != b","]


def _part(matcher: Matcher, p: Code, n: Code) -> str:
    if p.kind == "meta":
        meta = p.token.meta
        if n.start in matcher.unknown:
            return f"the type of {meta.name} is not known"
        if meta.type_text or meta.pointer:
            wanted = (meta.type_text + " " + "*" * meta.pointer).strip()
            return f"{meta.name} has not the type {wanted}"
        if meta.constraints:
            return f"the constraints of {meta.name} are not met"
        if meta.sort not in ("expression",):
            return f"it is no {meta.sort}"
        return f"{meta.name} stands for something else already"
    return f"it is not {_shown(p)}"


def _shown(p: Code) -> str:
    words = [
        leaf.token.gap.decode(errors="replace")
        + (leaf.token.meta.name if leaf.kind == "meta" else leaf.text.decode(errors="replace"))
        for leaf in p.leaves()
        if leaf.token is not None
    ]
    text = " ".join("".join(words).split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _named(p: Code) -> str:
    names = {
        "call": "call",
        "args": "call",
        "member": "member access",
        "assign": "assignment",
        "binary": "expression with an operator",
        "unary": "expression with an operator",
        "expr_stmt": "statement of its own",
        "declaration": "declaration",
        "if": "condition",
        "return": "return statement",
        "function": "definition",
        "pair": "designated initialiser",
        "init": "initialiser",
    }
    return names.get(p.kind, "expression" if p.kind in EXPRESSIONS else p.kind)
