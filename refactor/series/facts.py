"""What the commit messages of a rule of edits can say: figures and code that were derived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refactor.plan.plan import Change, EditPatch, EditPlan
from refactor.plan.scan import Remark
from refactor.rule.edits import Edit, EditRule, Flags, Insert, Rename, Replace

NAMED = 5
"""How many functions a message names before it only counts."""

VARIETIES = 3
"""How many ways of writing the same thing are shown; with more of them, the rule's own form is."""


def facts_of(plan: EditPlan, columns: int) -> dict[str, Any]:
    """What every template may say; a subject has so many columns at most."""
    return {
        "rule": {"id": plan.rule.id, "summary": plan.rule.summary},
        "vintage": plan.vintage.name,
        "words": list(plan.rule.words),
        "subject": plan.rule.subject,
        "why": plan.rule.why.strip(),
        "patches": [_facts(plan, patch, columns) for patch in plan.patches],
        "skipped": [_said(remark) for remark in plan.skipped],
        "refused": [_said(remark) for remark in plan.refused],
        "conforming": [_said(remark) for remark in plan.conforming],
        "notes": list(plan.notes),
    }


def _facts(plan: EditPlan, patch: EditPatch, columns: int) -> dict[str, Any]:
    rule = plan.rule
    prefix = rule.subject_prefix(patch.component)
    functions = list(dict.fromkeys(each.function for each in patch.changes if each.function))
    numbers = sorted({change.number for change in patch.changes})
    refused = [each for each in plan.refused if rule.single or each.component == patch.component]
    return {
        "component": patch.component,
        "prefix": prefix,
        "summary": _summary(rule, functions, columns - len(prefix) - 1),
        "note": rule.note.get(patch.component, "").strip(),
        "functions": functions,
        "places": patch.places,
        "files": [change.path for change in patch.files],
        "edits": [
            each
            for number in numbers
            for each in _edits(
                rule.edits[number],
                [change for change in patch.changes if change.number == number],
            )
        ],
        "refused": [_said(remark) for remark in refused],
    }


def _summary(rule: EditRule, functions: Sequence[str], columns: int) -> str:
    """The rule's subject, with the functions where there is room for them."""
    named = [f"{rule.subject} in {_joined(functions)}"] if functions and not rule.single else []
    return next((each for each in named if len(each) <= columns), rule.subject)


def _joined(functions: Sequence[str]) -> str:
    return " and ".join(f"{name}()" for name in functions)


def _edits(edit: Edit, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """What one edit has changed; declarations are told apart from calls."""
    if isinstance(edit, Replace) and edit.parameter is not None:
        declared = [change for change in changes if not change.before]
        called = [change for change in changes if change.before]
        parts = (("replace", called), ("parameter", declared))
        return [_edit(edit, kind, some) for kind, some in parts if some]
    kind = {Insert: "insert", Rename: "rename", Flags: "flags"}.get(type(edit), "replace")
    if isinstance(edit, Replace) and edit.to is None:
        kind = "delete"
    return [_edit(edit, kind, changes)]


def _edit(edit: Edit, kind: str, changes: Sequence[Change]) -> dict[str, Any]:
    functions = list(dict.fromkeys(each.function for each in changes if each.function))
    varieties = list(dict.fromkeys((each.before, each.after) for each in changes))
    return {
        "kind": kind,
        "says": edit.says if kind != "parameter" else "",
        "count": len(changes),
        "functions": functions if len(functions) <= NAMED else [],
        "files": list(dict.fromkeys(each.place.path for each in changes)),
        "varieties": varieties if len(varieties) <= VARIETIES else [],
        "form": _form(edit),
        "before": changes[0].before,
        "after": changes[0].after,
    }


def _form(edit: Edit) -> tuple[str, str]:
    """An edit as its rule has it, without the signs of metavariables."""
    if not isinstance(edit, Replace):
        return "", ""
    to = edit.to.text if edit.to is not None else ""
    return _bare(edit.find.text), _bare(to)


def _bare(code: str) -> str:
    return " ".join(code.replace("$", "").split())


def _said(remark: Remark) -> dict[str, str]:
    return {
        "component": remark.component,
        "function": remark.function,
        "message": remark.message,
        "place": f"{remark.place.path}:{remark.place.line}",
    }
