"""Commit messages and the cover letter, from templates.

A template is given facts that were read from the tree, and says them in words. A name that it
misspells is an error (StrictUndefined), never an empty string.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from refactor import __version__
from refactor.errors import Place, RuleError
from refactor.match.verdict import NotApplicable, Refused
from refactor.plan.plan import HelperPlan, Plan
from refactor.plan.split import Patch, Placed, component_of
from refactor.resources import data_root
from refactor.rule.model import GENERIC, HelperBody, Policy
from refactor.series.facts import CONFORMING, facts_of, said
from refactor.series.template import Templates

COLUMNS = 75
"""Width of a body and of a subject (Documentation/process/submitting-patches.rst)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A commit message: `subject` is its first line, `body` the rest, wrapped."""

    subject: str
    body: str

    def __str__(self) -> str:
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


class Writer:
    """Writes the messages of one plan.

    `templates` is a folder that is looked in first; `validation` is one line about how the series
    did in the model, empty if it was not run.
    """

    def __init__(self, plan: Plan, templates: Path | None = None, validation: str = "") -> None:
        self._plan = plan
        self._templates = _templates(plan, templates)
        facts = _common_facts(plan) if isinstance(plan, HelperPlan) else facts_of(plan, COLUMNS)
        self._common = facts | {"validation": validation}

    def messages(self) -> list[Message]:
        """The message of every patch, in their order. Raises RuleError for a faulty template."""
        return [
            self._render(self._template(patch.component), patch=facts)
            for patch, facts in zip(self._plan.patches, self._common["patches"], strict=True)
        ]

    def _template(self, component: str) -> str:
        if not isinstance(self._plan, HelperPlan):
            return "patch"
        return "core" if component == GENERIC else "arch"

    def cover(self, command: str) -> Message:
        """The cover letter. `command` is how the series was made, for the reader to repeat it."""
        return self._render("cover", command=command, version=__version__)

    def _render(self, name: str, **facts: Any) -> Message:
        text = self._templates.render(f"{name}.j2", {**self._common, **facts})
        subject, _, body = text.strip().partition("\n")
        if name != "cover" and len(subject) > COLUMNS:
            place = Place(self._plan.rule.source)
            raise RuleError(f"a subject has more than {COLUMNS} columns: {subject}", place=place)
        return Message(subject.strip(), wrap(body))


def _common_facts(plan: HelperPlan) -> dict[str, Any]:
    """What every template of a rule with a helper may say."""
    policy = plan.resolved.policy
    body = policy.body(plan.vintage.name)
    return {
        "rule": {"id": plan.rule.id, "summary": plan.rule.summary},
        "entry": plan.rule.entry,
        "helper": plan.rule.helper.name,
        "helper_exists": plan.resolved.exists,
        "policy": _policy(policy),
        "policies": [_policy(each) for each in plan.rule.policies],
        "policy_returns": _returns(body) if body else "",
        "vintage": plan.vintage.name,
        "selectors": {option: sorted(ways) for option, ways in plan.options.items()},
        "patches": [_facts(plan, patch) for patch in plan.patches],
        "definitions": len(plan.definitions),
        "having": lambda flag: sum(
            any(flag in flags for flags in calls) for calls in plan.definitions.values()
        ),
        "owners": sorted({component_of(place.path) for place in plan.definitions} - {GENERIC}),
        "skipped": [_said(each) for each in plan.skipped],
        "refused": [_said(each) | {"reason": str(each.verdict.reason)} for each in plan.refused],
        "conforming": [said(each, CONFORMING) for each in plan.conforming],
        "notes": list(plan.notes),
    }


def _policy(policy: Policy) -> dict[str, str]:
    """A policy in plain data, which is all that a template is given."""
    return {"name": policy.name, "summary": policy.summary}


def _returns(body: HelperBody) -> str:
    return flags(sorted(body.returns, key=_helper_order(body)), body.may_return)


def _facts(plan: HelperPlan, patch: Patch) -> dict[str, Any]:
    """What a template may say about one patch."""
    resolved = plan.resolved
    body = resolved.bodies[patch.component]
    calls = [(each, each.verdict.flags) for each in patch.calls]
    changes = [(each, terms) for each, terms in calls if terms is not None]
    returns = sorted(body.returns, key=_helper_order(body)) if body else []
    before = [flag for _, terms in changes for flag in terms.before]
    gained = [flag for flag in returns if any(flag not in terms.before for _, terms in changes)]
    return {
        "component": patch.component,
        "prefix": plan.rule.subject_prefix(patch.component),
        "functions": [plan.rule.entry] if changes else [],
        "callers": list(dict.fromkeys(each.verdict.function for each, _ in changes)),
        "changes": [
            {
                "function": each.verdict.function,
                "line": each.place.line,
                "before": list(terms.before),
                "after": [*terms.kept, *returns],
                "kept": list(terms.kept),
                "removed": list(terms.removed),
            }
            for each, terms in changes
        ],
        "before": list(dict.fromkeys(before)),
        "kept": list(dict.fromkeys(flag for _, terms in changes for flag in terms.kept)),
        "returns": returns,
        "may_return": dict(body.may_return) if body else {},
        "gained": gained,
        "comments": list(patch.comments),
        "override": patch.component in resolved.overrides,
        "helper": patch.component == GENERIC and not resolved.exists,
        "options": {
            option: {"conditions": list(ways[patch.component].conditions)}
            for option, ways in plan.options.items()
            if patch.component in ways
        },
        "files": [change.path for change in patch.files],
        "skipped": [_said(each) for each in plan.skipped if each.component == patch.component],
    }


def _helper_order(body: HelperBody) -> Any:
    """Flags in the order in which the helper's code names them."""
    return body.code.find


def _said(one: Placed[NotApplicable] | Placed[Refused]) -> dict[str, str]:
    return said(one, one.verdict.note or str(one.verdict.reason))


def wrap(text: str, columns: int = COLUMNS) -> str:
    """Fill paragraphs to `columns`. Indented lines and tables are left as they are."""
    paragraphs: list[str] = []
    for block in text.strip("\n").split("\n\n"):
        lines = block.strip("\n").splitlines()
        if not lines:
            continue
        if any(line.startswith((" ", "\t")) for line in lines):
            paragraphs.append("\n".join(line.rstrip() for line in lines))
        else:
            filled = " ".join(" ".join(lines).split())
            paragraphs.append(
                textwrap.fill(filled, columns, break_long_words=False, break_on_hyphens=False)
            )
    return "\n\n".join(paragraphs)


def _templates(plan: Plan, own: Path | None) -> Templates:
    """The templates for a plan, with the filters and tests that they have of ours."""
    shipped = [data_root() / "templates" / name for name in (plan.rule.id, "default")]
    filters = {
        "listed": listed,
        "flags": flags,
        "table": table,
        "hang": hang,
        "called": lambda names: [f"{name}()" for name in names],
    }
    return Templates(own, shipped, filters, {"fits": lambda text, columns: len(text) <= columns})


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def flags(items: Sequence[str], conditional: Mapping[str, str] | None = None) -> str:
    """An OR expression as C writes it, flags under a condition behind; the empty one is `0`."""
    extra = [f"{flag} (if {condition})" for flag, condition in (conditional or {}).items()]
    return " | ".join([*items, *extra]) or "0"


def hang(text: str, indent: int) -> str:
    """Indented by two and wrapped; the lines that follow are indented by `indent`."""
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent="  ",
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Iterable[Sequence[str]], indent: int = 2) -> str:
    """Rows of cells in columns as wide as their widest line; a cell can have several lines."""
    cells = [[cell.split("\n") for cell in row] for row in rows]
    if not cells:
        return ""
    widths = [
        max(len(line) for row in cells for line in row[column]) for column in range(len(cells[0]))
    ]
    lines = (
        "  ".join(line.ljust(width) for line, width in zip(parts, widths, strict=True)).rstrip()
        for row in cells
        for parts in zip_longest(*row, fillvalue="")
    )
    return "\n".join(" " * indent + line for line in lines)
