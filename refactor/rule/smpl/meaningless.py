"""What can be written in a semantic patch, and has no meaning that could be honoured.

It is refused when the patch is read, by its name, with line and column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from refactor.c.code import Code
from refactor.errors import Place, RuleError
from refactor.pattern.cases import has_cases
from refactor.pattern.compile import Pattern
from refactor.pattern.statements import is_optional
from refactor.pattern.tokens import flat
from refactor.rule.smpl.model import PatchRule, SemanticPatch


def refuse_what_has_no_meaning(patch: SemanticPatch, rule: PatchRule, pattern: Pattern) -> None:
    """Raise RuleError for the first construct of a rule that cannot be honoured."""
    _no_dots_around_cases(patch, pattern)
    _no_optional_before_nest(patch, pattern)
    _no_loop_without_body(patch, pattern)
    _no_name_left_open(patch, rule)
    _no_define_in_lines(patch, pattern)


def no_position_over_changes(patch: SemanticPatch) -> None:
    """Raise RuleError for a position that is inherited over a change.

    It is a place of the text that its rule has seen. Behind a change that is another text: where
    it is not to be (`!= r.p`) can still be told there, what it was cannot.
    """
    names = [rule.name for rule in patch.rules]
    for at, rule in enumerate(patch.rules):
        for meta in rule.metavariables.values() if isinstance(rule, PatchRule) else ():
            if meta.sort != "position" or meta.origin not in names[:at]:
                continue
            between = patch.rules[names.index(meta.origin) : at]
            changing = next((r for r in between if isinstance(r, PatchRule) and r.changes), None)
            if changing is not None:
                raise RuleError(
                    f"position {meta.name} is inherited over a rule that changes the file",
                    place=Place(patch.source, meta.line, meta.column),
                    hint=f"{changing.name} does; inherit what names the place instead",
                )


def _no_name_left_open(patch: SemanticPatch, rule: PatchRule) -> None:
    """A fresh identifier that is used has to have a name, for which there is nobody to ask."""
    used = {token.meta.name for token in flat(rule.tokens) if token.meta is not None}
    for meta in rule.metavariables.values():
        is_open = meta.sort == "fresh identifier" and not (meta.fresh or meta.origin)
        if is_open and meta.name in used:
            raise RuleError(
                "a fresh identifier needs a name",
                place=Place(patch.source, meta.line, meta.column),
                hint=f'as in `= "{meta.name}"`',
            )


def _no_define_in_lines(patch: SemanticPatch, pattern: Pattern) -> None:
    """A directive is a line: code below a `#define` without a text would be looked for anywhere."""
    for one, other in pairwise(pattern.items):
        is_empty = one.kind == "directive" and _EMPTY_DEFINE.fullmatch(one.text) is not None
        if is_empty and other.kind not in ("directive", "declaration", "function"):
            raise RuleError(
                "a #define with its text on another line is not supported",
                place=Place(patch.source, one.token.line, one.token.column + 1),
                hint="a `- #define` and a `+ #define`, each in one line",
            )


_EMPTY_DEFINE = re.compile(rb"#\s*define\s+\w+(\([^()]*\))?\s*")


def _no_loop_without_body(patch: SemanticPatch, pattern: Pattern) -> None:
    """The head of a loop alone is no code, so nothing would match where only heads are
    alternatives and the body stands behind them."""
    for item in pattern.items:
        for node in item.walk():
            leaf = node.children[0] if node.kind == "call" else None
            if leaf is None or leaf.token is None or leaf.text not in patch.iterators:
                continue
            raise RuleError(
                f"{leaf.text.decode(errors='replace')} is an iterator, and needs a statement",
                place=Place(patch.source, leaf.token.line, leaf.token.column + 1),
                hint="each alternative has to have the loop with its body",
            )


def _no_dots_around_cases(patch: SemanticPatch, pattern: Pattern) -> None:
    """Dots are paths, and none leads to the first `case` of a pattern but from the head of its
    switch; and the lines that those behind the last statement of a case go by are not in one piece:
    a path ends at a `break`, before the next label, or falls through to it."""
    for item in pattern.items:
        for node in item.walk():
            if node.kind != "block" or not has_cases(node.children, node):
                continue
            is_first = True
            for one, other in pairwise(node.children[1:]):
                is_label = other is node.children[-1] or other.kind in ("case", "default")
                if one.kind in ("dots", "nest") and is_label:
                    place = Place(patch.source, one.token.line, one.token.column + 1)
                    if is_first:
                        raise RuleError(
                            "dots before the first case are not supported",
                            place=place,
                            hint="without them: a case is looked for among all of its switch",
                        )
                    if one.token.mark == "-":
                        raise RuleError(
                            "dots that go at the end of a case are not supported",
                            place=place,
                            hint="with what they end at: `... break;`",
                        )
                is_first = is_first and one.kind not in ("case", "default")


def _no_optional_before_nest(patch: SemanticPatch, pattern: Pattern) -> None:
    """Where an optional line between dots and a nest is not there, nobody can tell where the dots
    end and the nest begins."""
    rows: list[Sequence[Code]] = [pattern.items]
    for item in pattern.items:
        rows += [node.children for node in item.walk() if node.kind in ("block", "seq")]
    for row in rows:
        before = ""
        for one, other in pairwise(row):
            if not is_optional(one):
                before = one.kind
            elif before in ("dots", "nest") and other.kind == "nest":
                raise RuleError(
                    "an optional line between dots and a nest is not supported",
                    place=Place(patch.source, other.token.line, other.token.column + 1),
                    hint="two rules, one with the line and one without it",
                )
