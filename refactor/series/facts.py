"""What the commit messages of a rule of edits can say: figures and code that were derived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refactor.match.verdict import Change, Conforming, NotApplicable, Refused
from refactor.plan.plan import Plan
from refactor.plan.split import Patch, Placed
from refactor.rule.edits import Edit, Flags, Insert, Rename, Replace
from refactor.rule.model import Rule

NAMED = 5
"""How many functions a message names before it only counts."""

CONFORMING = "it is as it should be"

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
        "patches": [_facts(plan, patch, columns) for patch in plan.patches],
        "skipped": [said(each, each.verdict.message) for each in plan.skipped],
        "refused": [said(each, each.verdict.message) for each in plan.refused],
        "conforming": [said(each, CONFORMING) for each in plan.conforming],
        "notes": list(plan.notes),
    }


def _facts(plan: Plan, patch: Patch, columns: int) -> dict[str, Any]:
    rule = plan.rule
    prefix = rule.subject_prefix(patch.component)
    named = (each.verdict.function for each in patch.changes)
    functions = list(dict.fromkeys(name for name in named if name))
    numbers = sorted({each.verdict.number for each in patch.changes})
    refused = [each for each in plan.refused if rule.single or each.component == patch.component]
    return {
        "component": patch.component,
        "prefix": prefix,
        "summary": _summary(rule, functions, columns - len(prefix) - 1),
        "note": rule.note.get(patch.component, "").strip(),
        "functions": functions,
        "places": len(patch.changes),
        "files": [change.path for change in patch.files],
        "edits": [
            each
            for number in numbers
            for each in _edits(
                rule.edits[number],
                [each for each in patch.changes if each.verdict.number == number],
            )
        ],
        "refused": [said(each, each.verdict.message) for each in refused],
    }


def _summary(rule: Rule, functions: Sequence[str], columns: int) -> str:
    """The rule's subject, with the functions where there is room for them."""
    named = [f"{rule.subject} in {_joined(functions)}"] if functions and not rule.single else []
    return next((each for each in named if len(each) <= columns), rule.subject)


def _joined(functions: Sequence[str]) -> str:
    return " and ".join(f"{name}()" for name in functions)


def _edits(edit: Edit, changes: Sequence[Placed[Change]]) -> list[dict[str, Any]]:
    """What one edit has changed; declarations are told apart from calls."""
    if isinstance(edit, Replace) and edit.parameter is not None:
        declared = [each for each in changes if not each.verdict.before]
        called = [each for each in changes if each.verdict.before]
        parts = (("replace", called), ("parameter", declared))
        return [_edit(edit, kind, some) for kind, some in parts if some]
    kind = {Insert: "insert", Rename: "rename", Flags: "flags"}.get(type(edit), "replace")
    if isinstance(edit, Replace) and edit.to is None:
        kind = "delete"
    return [_edit(edit, kind, changes)]


def _edit(edit: Edit, kind: str, changes: Sequence[Placed[Change]]) -> dict[str, Any]:
    made = [each.verdict for each in changes]
    functions = list(dict.fromkeys(each.function for each in made if each.function))
    varieties = list(dict.fromkeys((each.before, each.after) for each in made))
    return {
        "kind": kind,
        "says": edit.says if kind != "parameter" else "",
        "count": len(changes),
        "functions": functions if len(functions) <= NAMED else [],
        "files": list(dict.fromkeys(each.place.path for each in changes)),
        "varieties": varieties if len(varieties) <= VARIETIES else [],
        "form": _form(edit),
        "before": made[0].before,
        "after": made[0].after,
    }


def _form(edit: Edit) -> tuple[str, str]:
    """An edit as its rule has it, without the signs of metavariables."""
    if not isinstance(edit, Replace):
        return "", ""
    to = edit.to.text if edit.to is not None else ""
    return _bare(edit.find.text), _bare(to)


def _bare(code: str) -> str:
    return " ".join(code.replace("$", "").split())


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
