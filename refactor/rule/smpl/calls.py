"""A semantic patch that is a call of metavariables, told by its tokens alone.

The calls of a rule's edits are such, and most of the time that such a rule takes to load would be
that of the matcher, which it has no need of.
"""

from __future__ import annotations

from refactor.rule.smpl.model import Depends, PatchRule, SemanticPatch


def plain_call(patch: SemanticPatch) -> tuple[str, tuple[str, ...]] | None:
    """What is called, and the names of its arguments, each a metavariable of its own.

    None if it is anything else, or nothing that parses: compiling it says what.
    """
    rule = patch.rules[0]
    if len(patch.rules) > 1 or not isinstance(rule, PatchRule) or len(rule.tokens) < 4:
        return None
    name, opening, *inside, closing = rule.tokens
    names = [each.meta.name for each in inside[::2] if each.meta and not each.meta.is_list]
    is_plain = (
        name.kind == "ident"
        and name.meta is None
        and [each.text for each in (opening, *inside[1::2], closing)]
        == [b"(", *[b","] * (len(names) - 1), b")"]
        and all(each.kind == "meta" for each in inside[::2])
        and len(inside) == 2 * len(names) - 1
        and len(set(names)) == len(names)
        and rule.depends == Depends()
        and not rule.changes
    )
    return (name.text.decode(), tuple(names)) if is_plain else None
