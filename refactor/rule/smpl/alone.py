"""A nest of statements that is all of a rule is what it holds.

`<... P ...>` is any number of P among others, and where nothing is before or behind it, it begins
and ends where a P does. Only its conditions are left, and these are about the paths from a P to the
end of the function: `<... when != f() P ...>` is `P ... when != f()`. So that is what the rule
becomes, with words of its own and a site for each hit. A nest that holds an expression is looked
for in each expression, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from refactor.pattern.tokens import ADDED, KEPT, Token, When


def without_nest(tokens: list[Token]) -> list[Token]:
    """The tokens of a rule, without the nest that is all of it if that holds statements."""
    if len(tokens) != 1 or tokens[0].kind != "nest" or tokens[0].mark != KEPT:
        return tokens
    (nest,) = tokens
    assert nest.group is not None
    (inner,) = nest.group.alternatives
    if not _are_statements(inner):
        return tokens
    asked = [when for when in nest.whens if when.kind in ("!=", "==", "true !=", "false !=")]
    if not asked:
        return inner
    whens = [*nest.whens, When("any", line=nest.line)]
    dots = replace(nest, kind="dots", text=b"...", group=None, whens=whens, at_least_once=False)
    return [*inner, dots]


def _are_statements(tokens: Sequence[Token]) -> bool:
    """True if what is matched ends as a statement does; of alternatives, if each does."""
    matched = [each for each in tokens if each.mark != ADDED and each.kind != "comment"]
    if not matched:
        return False
    last = matched[-1]
    if last.kind == "group" and last.group is not None:
        return all(map(_are_statements, last.group.alternatives))
    if last.meta is not None:
        return last.meta.sort in ("statement", "statement list", "declaration")
    return last.text in (b";", b"}")
