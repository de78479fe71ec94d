"""Isomorphisms that a semantic patch brings along: other forms of the nodes of a pattern.

Those of the standard are built in (`refactor.pattern.isomorphisms`). One that is given as code is
tried on every node of a pattern when the rule is compiled: where its one side fits, the other side,
with the pattern's own nodes in the places of its holes, is one more form in which that node can
match. A form has no forms of its own, so that `a + b` and `b + a` come to an end; what stands in it
in a hole has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.c.grammar import EXPRESSION_SORTS, NAME_SORTS, STATEMENT_SORTS, GrammarError
from refactor.pattern.compile import CONTEXT, MINUS, Names, Pattern, parse_side
from refactor.pattern.shapes import is_tested
from refactor.pattern.tokens import Metavariable, Token, flat

KINDS = ("Expression", "ArgExpression", "TestExpression", "Statement", "Type")
"""What an isomorphism can be about, as its file says it."""


@dataclass(frozen=True, slots=True)
class Isomorphism:
    """Where a pattern has `before`, the code may have `after`."""

    source: str
    """The file that has it."""
    name: str
    kind: str
    before: tuple[Token, ...]
    after: tuple[Token, ...]
    metavariables: Mapping[str, Metavariable]
    pure: frozenset[str]
    """Holes that stand for nothing but a hole of the pattern which nothing else speaks of."""


@dataclass(frozen=True, slots=True)
class Form:
    """An isomorphism with both of its sides as trees."""

    iso: Isomorphism
    before: Code
    after: Code


def form_of(iso: Isomorphism, names: Names) -> Form:
    """Raises GrammarError."""
    return Form(iso, _side(iso, iso.before, names), _side(iso, iso.after, names))


def add_forms(pattern: Pattern, every: Sequence[Form]) -> None:
    """Give the nodes of a pattern the forms that isomorphisms know."""
    if not every:
        return
    for node in list(_nodes(pattern)):
        # Of what changes inside, nobody could say which part of another form changes.
        if node.kind == "dots" or pattern.states.get(id(node), CONTEXT) not in (CONTEXT, MINUS):
            continue
        forms = []
        for each in every:
            found: dict[str, Code] = {}
            if _has_place(each.iso, node) and _fits(each.before, node, each.iso, pattern, found):
                forms.append(_filled(each.after, found))
        if forms:
            pattern.forms[id(node)] = forms
    if pattern.forms:
        for item in pattern.items:
            _searched(item, pattern)


def _side(iso: Isomorphism, tokens: Sequence[Token], names: Names) -> Code:
    items = parse_side(tokens, names, [])
    if len(items) != 1:
        raise GrammarError("one piece of code is expected in an isomorphism", tokens[0])
    side = items[0]
    while side.kind in ("seq", "type_name") and len(side.children) == 1:
        side = side.children[0]
    # A name alone could be anything.
    return Code("type", [side]) if iso.kind == "Type" and side.kind != "type" else side


def _nodes(pattern: Pattern) -> Iterator[Code]:
    stack = list(pattern.items)
    while stack:
        for node in stack.pop().walk():
            yield node
            if isinstance(node.token, Token):
                stack += node.token.group.items if node.token.group is not None else []
                stack += [item for when in node.token.whens for item in when.items]


def _has_place(iso: Isomorphism, node: Code) -> bool:
    """True if an isomorphism is about what stands where the node stands."""
    if iso.kind == "ArgExpression":
        parent = node.parent
        if parent is None or parent.kind not in ("assign", "init_decl", "init"):
            return parent is not None and parent.kind == "args"
        return parent.kind != "assign" or parent.children[-1] is node  # what is assigned as well
    if iso.kind == "TestExpression":
        return is_tested(node)
    return True


def _fits(
    side: Code, node: Code, iso: Isomorphism, pattern: Pattern, found: dict[str, Code]
) -> bool:
    """True if a node of a pattern is what one side of an isomorphism describes."""
    hole = _hole(side)
    if hole is not None:
        if not _is_of_sort(node, hole):
            return False
        if hole.name in iso.pure and not _is_pure(node, pattern):
            return False
        return found.setdefault(hole.name, node).key() == node.key()
    mine, theirs = side.parts, node.parts
    if side.kind != node.kind or len(mine) != len(theirs):
        return False
    if not mine:
        return side.text == node.text
    return all(
        _fits(one, other, iso, pattern, found) for one, other in zip(mine, theirs, strict=True)
    )


def _hole(side: Code) -> Metavariable | None:
    """The metavariable that a node is, or the type that it consists of."""
    while side.kind in ("type_name", "type", "seq") and len(side.children) == 1:
        side = side.children[0]
    if side.kind != "meta":
        return None
    meta: Metavariable = side.token.meta
    return meta


def _is_of_sort(node: Code, hole: Metavariable) -> bool:
    theirs = _hole(node)
    sort = theirs.sort if theirs is not None else ""
    if hole.type_text or hole.pointer:
        return theirs is not None and (theirs.type_text, theirs.pointer, sort) == (
            hole.type_text,
            hole.pointer,
            hole.sort,
        )
    if hole.sort == "expression":
        return node.kind in EXPRESSIONS or (sort in EXPRESSION_SORTS | NAME_SORTS)
    if hole.sort == "identifier":
        return node.kind == "ident" or sort in NAME_SORTS
    if hole.sort == "constant":
        return node.kind in ("number", "char", "string") or sort == "constant"
    if hole.sort == "statement":
        return node.kind in STATEMENTS or sort in STATEMENT_SORTS
    return hole.sort == "type" and (node.kind in ("type_name", "type") or sort == "type")


def _is_pure(node: Code, pattern: Pattern) -> bool:
    meta = _hole(node)
    if meta is None or meta.origin:
        return False
    tokens = list(flat(pattern.tokens))
    return sum(token.meta is not None and token.meta.name == meta.name for token in tokens) == 1


def _filled(side: Code, found: Mapping[str, Code]) -> Code:
    """One side of an isomorphism with the pattern's own nodes in its holes."""
    hole = _hole(side)
    if hole is not None:
        return found[hole.name]
    return _around(side, [_filled(child, found) for child in side.children])


def _around(node: Code, children: list[Code]) -> Code:
    """A node of the same kind around others, whose own parents they keep."""
    parents = [child.parent for child in children]
    made = Code(node.kind, children, node.text, node.start, node.end)
    for child, parent in zip(children, parents, strict=True):
        child.parent = parent or made
    return made


def _searched(node: Code, pattern: Pattern) -> Code:
    """The node with its forms as alternatives, and so all below it."""
    made = _around(node, [_searched(child, pattern) for child in node.children])
    made.token = node.token
    if isinstance(node.token, Token) and node.token.group is not None:
        group = node.token.group
        items = [_searched(item, pattern) for item in group.items]
        made.token = replace(node.token, group=replace(group, items=items))
    for when in node.token.whens if isinstance(node.token, Token) else ():
        for item in when.items:
            _searched(item, pattern)
    others = [_searched(form, pattern) for form in pattern.forms.get(id(node), ())]
    found = Code("disj", [made, *others]) if others else made
    pattern.alternatives[id(node)] = found
    return found
