"""How much of a file has to be read for a rule."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.compile import CONTEXT, Pattern
from refactor.pattern.edges import is_statement
from refactor.pattern.shapes import names_parameter
from refactor.pattern.sign import Sign
from refactor.pattern.statements import definitions_in
from refactor.pattern.words import Clause, best, clauses


def reach_of(
    pattern: Pattern,
    found: frozenset[Clause],
    is_special: bool,
    declarers: frozenset[bytes] = frozenset(),
) -> tuple[str, Clause | None]:
    """How much of a file a rule needs to see, and the words that tell where.

    An expression is found in its own statement, a sequence of statements in its function. A
    function whose head changes needs its prototypes as well, and they have the words of the head,
    but need not have the names of parameters.
    What stands side by side at the top of a file is no part of one item.
    """
    items = pattern.items
    if items and all(each.kind == "directive" for each in items):
        return "directive", None
    words = best(found)
    if len(items) > 1 and all(map(_may_be_at_top, items)):
        return "file", None
    if changes_head(pattern) and items[0].kind != "function":
        words = None  # of which alternative a prototype has a word is not known
    elif changes_head(pattern):
        head = items[0].parts[:-1]
        leaves = (leaf for part in head for leaf in part.leaves())
        unsure = {
            leaf.text.decode(errors="replace")
            for leaf in leaves
            if leaf.kind == "ident" and names_parameter(leaf)
        }
        known = clauses(map(pattern.searched, head))
        words = best(frozenset(each for each in known if not unsure & each))
    if words is None:
        return "file", None
    # Whether it has been done already is told by what stands around it.
    made = pattern.result or ()
    if is_special and len(made) > 1 and any(_is_at_top(each, declarers) for each in items):
        return "file", None
    is_alone = not is_special or (len(made) == 1 and _is_anchored(made[0], words))
    # What is bound to the statement around a match has to be known with all its details.
    named = {
        pattern.metavariables[name].sort
        for leaf in pattern.leaves.values()
        for name in (leaf.token.positions if leaf.token is not None else ())
    }
    is_alone = is_alone and not named & {"statement", "declaration"}
    if is_alone and len(items) == 1 and _is_anchored(pattern.searched(items[0]), words):
        return "statement", words
    return "item", words


def changes_head(pattern: Pattern) -> bool:
    """True if it is a function, and what others see of that changes."""
    items = pattern.items
    return len(items) == 1 and any(
        pattern.states.get(id(each), CONTEXT) != CONTEXT
        for definition in definitions_in(items[0])
        for each in definition.parts[:-1]
    )


def reach_of_search(pattern: Pattern, reach: str, sieve: tuple[Sign, ...]) -> str:
    """As `reach_of`, for a rule that changes nothing, and goes by signs and not by words alone."""
    items = pattern.items
    if reach != "file" or not sieve:
        return reach
    if len(items) > 1 and all(map(_may_be_at_top, items)):
        return reach
    return "statement" if _is_expression(items) and items[0].kind != "conj" else "item"


def is_of_expressions(pattern: Pattern) -> bool:
    """True if an expression is matched, an expression is written, and no declaration is asked."""
    sides = (pattern.items, pattern.result or ())
    return all(map(_is_expression, sides)) and not asks_for_types(pattern)


def _is_expression(items: Sequence[Code]) -> bool:
    return len(items) == 1 and not any(
        is_statement(each) or (each.kind in _AMONG_STATEMENTS and _is_of_statements(each))
        for each in items[0].walk()
    )


_AMONG_STATEMENTS = frozenset(("block", "function", "declaration", "stmt_expr", "meta"))


def _is_of_statements(node: Code) -> bool:
    return node.kind != "meta" or node.token.meta.sort in (
        "statement", "statement list", "declaration", "field", "field list",
    )  # fmt: skip


_AT_TOP_ONLY = frozenset(("function", "declaration"))
_AT_TOP = frozenset(("function", "declaration", "directive", "dots", "wrapped", "meta"))


def _may_be_at_top(item: Code) -> bool:
    """True for what can stand side by side at the top of a file; of alternatives for any."""
    if item.kind == "disj":
        return any(map(_may_be_at_top, item.children))
    if item.kind == "seq":
        return all(map(_may_be_at_top, item.children))
    return item.kind in _AT_TOP


def _is_at_top(item: Code, declarers: frozenset[bytes]) -> bool:
    """True for what stands at the top of a file: a definition, or a macro that declares."""
    if item.kind != "expr_stmt":
        return item.kind in _AT_TOP_ONLY
    name = next((leaf.text for leaf in item.leaves() if leaf.kind == "ident"), b"")
    return name in declarers or name.isupper()


def _is_anchored(item: Code, words: Clause) -> bool:
    """True if each statement of a pattern has one of some words in it.

    Then the statements of a file without these words need not be looked into.
    """
    if item.kind in ("dots", "nest", "conj"):
        return item.kind == "dots" and not (item.parent and item.parent.kind == "block")
    if item.kind == "disj":
        return all(_is_anchored(each, words) for each in item.children)
    if item.kind == "seq" and len(item.children) != 1:
        return False
    if (is_statement(item) or item.kind in ("pair", "block")) and item.kind != "meta":
        texts = {leaf.text.decode(errors="replace") for leaf in item.leaves()}
        if not texts & words:
            return False
    if item.kind == "meta" and item.token.meta.sort in ("statement list", "declaration", "field"):
        return False
    return all(_is_anchored(each, words) for each in item.children)


def asks_for_types(pattern: Pattern) -> bool:
    """True if a match may depend on what the file declares."""
    if any(each.type_text or each.pointer or each.scope for each in pattern.metavariables.values()):
        return True
    return any(
        node.kind == "sizeof" and any(child.kind == "type_name" for child in node.parts)
        for item in pattern.items
        for node in item.walk()
    )
