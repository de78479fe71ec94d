"""What the commit messages of a rule of edits can say: figures and code that were derived."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from refactor.match.verdict import Change, Conforming, NotApplicable, Refused
from refactor.pattern.said import said as sides_of
from refactor.pattern.tokens import ADDED
from refactor.plan.divide import folder_of
from refactor.plan.plan import Plan
from refactor.plan.split import Patch, Placed
from refactor.rule.edits import Edit, Flags, Insert, Rename, Smpl
from refactor.rule.model import GENERIC, HelperRule, Rule
from refactor.rule.smpl.words import changing

NAMED = 5
"""How many functions a message names before it only counts."""

CONFORMING = "it is as it should be"

FORM = 100
"""How long each side of the form of an edit may be, in characters: more is for the rule to say."""

ROWS = 60
"""How many files, patches or places a cover letter lists, before it only counts them."""

NAME = 36
"""How wide the name of a component may be in a table, in columns."""

VARIETIES = 3
"""How many ways of writing the same thing are shown; with more of them, the rule's own form is."""


def facts_of(plan: Plan, columns: int) -> dict[str, Any]:
    """What every template may say; a subject has so many columns at most."""
    return {
        "rule": {"id": plan.rule.id, "summary": plan.rule.summary},
        "vintage": plan.vintage.name,
        "words": list(plan.rule.words),
        "subject": plan.rule.subject,
        "why": plan.rule.why.strip(),
        "rows": _rows(plan),
        "stands_alone": _stands_alone(plan),
        "patches": [_facts(plan, patch, columns) for patch in plan.patches],
        "skipped": [said(each, each.verdict.message) for each in plan.skipped],
        "refused": [said(each, each.verdict.message) for each in plan.refused],
        "conforming": [said(each, CONFORMING) for each in plan.conforming],
        "left_alone": _lines(plan.skipped),
        "by_hand": _lines(plan.refused),
        "notes": list(plan.notes),
    }


def _stands_alone(plan: Plan) -> bool:
    is_for_many = plan.divided_by in ("maintainer", "file") and len(plan.patches) > 1
    return is_for_many and needed(plan) == 0


def needed(plan: Plan) -> int:
    """How many patches, the first ones, every other one may need; all if that cannot be told.

    A patch that stays inside of functions is needed by none. One that puts a helper in place is,
    and so is anything else that it does to a header, or to the head of a function.
    """
    rule = plan.rule
    if len(plan.patches) < 2:
        return 0
    if isinstance(rule, HelperRule):
        return int(plan.patches[0].component == GENERIC)
    if rule.single or any(isinstance(edit, Smpl) and edit.heads for edit in rule.edits):
        return len(plan.patches)
    offering = [
        number
        for number, patch in enumerate(plan.patches)
        if rule.inserted & {change.path for change in patch.files}
        or any(
            each.place.path.endswith(".h") and not each.verdict.function for each in patch.changes
        )
    ]
    return max(offering, default=-1) + 1


def _rows(plan: Plan) -> list[list[str]]:
    """The table of the cover letter: patches with their files, or figures where these are many."""
    patches = plan.patches
    places = [len(_places(patch.changes)) for patch in patches]
    paths = [[change.path for change in patch.files] for patch in patches]
    if len(patches) > ROWS:
        areas: dict[str, list[int]] = {}
        for number, files in enumerate(paths):
            areas.setdefault("/".join(folder_of(files).split("/")[:2]), []).append(number)
        rows = [
            [area or ".", str(len(some))]
            + [
                str(sum(each))
                for each in ([places[n] for n in some], [len(paths[n]) for n in some])
            ]
            for area, some in sorted(areas.items())
        ]
        return [["folder", "patches", "places", "files"], *rows]
    is_long = sum(map(len, paths)) > ROWS
    return [
        ["component", "places", "files"],
        *(
            [
                "\n".join(textwrap.wrap(patch.component, NAME)) if is_long else patch.component,
                str(number),
                str(len(files)) if is_long else "\n".join(files),
            ]
            for patch, number, files in zip(patches, places, paths, strict=True)
        ),
    ]


def _lines(every: Sequence[Placed[NotApplicable]] | Sequence[Placed[Refused]]) -> list[str]:
    """What was not changed, place by place; of very many, counted by reason."""
    if len(every) <= ROWS:
        return [f"{each.place.path}:{each.place.line}: {each.verdict.message}" for each in every]
    reasons: dict[str, list[str]] = {}
    for each in every:
        place = f"{each.place.path}:{each.place.line}"
        reasons.setdefault(each.verdict.message, []).append(place)
    return [
        f"{places[0]}{f' and {len(places) - 1} more' if places[1:] else ''}: {reason}"
        for reason, places in sorted(reasons.items(), key=lambda one: -len(one[1]))
    ]


def _facts(plan: Plan, patch: Patch, columns: int) -> dict[str, Any]:
    rule = plan.rule
    prefix = patch.prefix or rule.subject_prefix(patch.component)
    functions = _functions([each.verdict for each in _places(patch.changes)])
    numbers = sorted({each.verdict.number for each in patch.changes})
    refused = [each for each in plan.refused if rule.single or each.component == patch.component]
    return {
        "component": patch.component,
        "prefix": prefix,
        "summary": _summary(rule, functions, patch.tail, columns - len(prefix) - 1),
        "note": rule.note.get(patch.component, "").strip(),
        "functions": functions,
        "places": len(_places(patch.changes)),
        "files": [change.path for change in patch.files],
        "edits": [
            _edits(
                rule.edits[number],
                [each for each in patch.changes if each.verdict.number == number],
            )
            for number in numbers
        ],
        "refused": [said(each, each.verdict.message) for each in refused],
    }


def _summary(rule: Rule, functions: Sequence[str], tail: str, columns: int) -> str:
    """The rule's subject, with the functions where there is room for them.

    With `tail`, which tells it from that of another patch, the functions have to step back.
    """
    if tail:
        return f"{rule.subject} {tail}"
    named = [f"{rule.subject} in {_joined(functions)}"] if functions and not rule.single else []
    return next((each for each in named if len(each) <= columns), rule.subject)


def _joined(functions: Sequence[str]) -> str:
    return " and ".join(f"{name}()" for name in functions)


def _places(changes: Sequence[Placed[Change]]) -> Sequence[Placed[Change]]:
    """The places that a message speaks of: an #include that comes along is none, if it can be."""
    return [each for each in changes if not each.verdict.before.startswith("#include")] or changes


def _edits(edit: Edit, every: Sequence[Placed[Change]]) -> dict[str, Any]:
    """What one edit has changed."""
    changes = _places(every)
    made = [each.verdict for each in changes]
    functions = _functions(made)
    return {
        "kind": _kind(edit),
        "says": edit.says,
        "count": len(changes),
        "functions": functions if len(functions) <= NAMED else [],
        "files": list(dict.fromkeys(each.place.path for each in changes)),
        "varieties": _varieties(made),
        "form": _form(edit),
        "before": made[0].before,
        "after": made[0].after,
    }


def _functions(made: Sequence[Change]) -> list[str]:
    """The functions that changes are in, if each is in one: a table of them is in none, and "in
    three places of f()" has to be true of all three."""
    names = [each.function for each in made]
    return list(dict.fromkeys(names)) if all(names) else []


def _kind(edit: Edit) -> str:
    if isinstance(edit, Smpl):
        adds = any(
            token.mark == ADDED for step in changing(edit.compiled) for token in step.rule.tokens
        )
        return "replace" if adds else "delete"
    return {Insert: "insert", Rename: "rename", Flags: "flags"}[type(edit)]


def _varieties(made: Sequence[Change]) -> list[tuple[str, str]]:
    """The ways in which something was changed; none where that cannot be said in a line."""
    found = list(dict.fromkeys((each.before, each.after) for each in made))
    return found if len(found) <= VARIETIES and ("", "") not in found else []


def _form(edit: Edit) -> tuple[str, str]:
    """A semantic patch of one rule as that has it, in a line each; nothing if they would be long.

    What stays is said with what goes and with what comes, so that both sides are code.
    """
    steps = changing(edit.compiled) if isinstance(edit, Smpl) else []
    sides = sides_of(steps[0].pattern) if len(steps) == 1 else None
    return sides if sides is not None and max(map(len, sides)) <= FORM else ("", "")


def said(
    one: Placed[Conforming] | Placed[NotApplicable] | Placed[Refused], message: str
) -> dict[str, str]:
    """What a template may say of a place that was not changed."""
    return {
        "component": one.component,
        "function": one.verdict.function,
        "message": message,
        "place": f"{one.place.path}:{one.place.line}",
    }
