"""A name that leaves the others of its declaration: where it still comes into being in time."""

from __future__ import annotations

from collections.abc import Iterable

from refactor.c.code import Code
from refactor.pattern.shapes import DECLARATORS, chain
from refactor.rewrite.changes import CannotSpliceError


def in_time(name: Code) -> str:
    """`before` or `behind`, where a name has to stand beside the declaration that it leaves; empty
    if that makes no difference.

    Names are there for those that follow, and what they are initialised with is computed in their
    order. Raises CannotSpliceError where both sides are needed.
    """
    holder = name.parent
    assert holder is not None
    names = [each for each in holder.parts if each.kind in _NAMES]
    at = next(n for n, each in enumerate(names) if each is name)
    earlier, later = names[:at], names[at + 1 :]
    acts = _acts(name)
    needs_before = _mentioned(name, later) or (acts and any(map(_acts, later)))
    needs_behind = any(_mentioned(each, [name]) for each in earlier) or (
        acts and any(map(_acts, earlier))
    )
    if needs_before and needs_behind:
        raise CannotSpliceError("order", name.start)
    return "before" if needs_before else "behind" if needs_behind else ""


_NAMES = ("ident", "init_decl", "bit_decl", *DECLARATORS)


def _mentioned(name: Code, others: Iterable[Code]) -> bool:
    inner = name.parts[0] if name.kind in ("init_decl", "bit_decl") else name
    word = chain(inner)[0].text
    return any(leaf.text == word for each in others for leaf in each.leaves())


def _acts(name: Code) -> bool:
    """True if to initialise a name does more than to give it a value."""
    return name.kind == "init_decl" and any(
        each.kind in ("call", "assign", "stmt_expr") or each.text in (b"++", b"--")
        for each in name.walk()
    )
