"""Commit messages and the cover letter, from templates.

A template is given facts that were read from the tree, and says them in words. A name that it
misspells is an error (StrictUndefined), never an empty string.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from refactor import __version__
from refactor.errors import Place, RuleError
from refactor.plan.lookup import Found
from refactor.plan.plan import HelperPlan, Plan
from refactor.resources import data_root
from refactor.rule.model import GENERIC
from refactor.series import facts as edits
from refactor.series import helper
from refactor.series.subjects import COLUMNS
from refactor.series.template import Templates

NARROW = 18
"""Columns that the last one of a table has at least."""


@dataclass(frozen=True, slots=True)
class Message:
    """A commit message: `subject` is its first line, `body` the rest, wrapped."""

    subject: str
    body: str

    def __str__(self) -> str:
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


class Writer:
    """Writes the messages of one plan, from the facts of its rule.

    `templates` is a folder that is looked in first; `validation` is one line about how the series
    did in the model, empty if it was not run; `builds_on` are patches of another part. If a
    patch for all of the series follows (`is_followed`), its patches are not said to stand alone.
    """

    def __init__(
        self,
        plan: Plan,
        found: Found,
        templates: Path | None = None,
        validation: str = "",
        builds_on: int = 0,
        *,
        is_followed: bool = False,
    ) -> None:
        self._builds_on = builds_on
        self._plan = plan
        self._templates = _templates(plan, templates)
        self._common = _facts_of(plan, found) | {
            "validation": validation,
            "has_carriage_returns": plan.has_carriage_returns,
        }
        if builds_on or is_followed:
            self._common["stands_alone"] = False

    def messages(self) -> list[Message]:
        """The message of every patch, in their order. Raises RuleError for a faulty template."""
        return [
            self._render(self._template(patch.component), patch=facts)
            for patch, facts in zip(self._plan.patches, self._common["patches"], strict=True)
        ]

    def effects(self) -> list[str]:
        """What each patch comes to, in a few words, for a table."""
        return [
            " ".join(self._templates.render("effect.j2", {**self._common, "patch": facts}).split())
            for facts in self._common["patches"]
        ]

    def _template(self, component: str) -> str:
        if not isinstance(self._plan, HelperPlan):
            return "patch"
        return "core" if component == GENERIC else "arch"

    def cover(self, command: str) -> Message:
        """The cover letter. `command` is how the series was made, for the reader to repeat it."""
        return self._render("cover", command=command, version=__version__)

    def cover_of_part(self, command: str, number: int, of: int) -> Message:
        """The cover letter of a series that is one of several."""
        whole = self.cover(command)
        told = f"This is part {number} of {of} of one change to the whole tree."
        if self._builds_on and number > 1:
            told += (
                f" It builds on the first {self._builds_on} patches, which came with part 1."
                if self._builds_on > 1
                else " It builds on the first patch, which came with part 1."
            )
        return Message(f"{whole.subject} (part {number} of {of})", f"{whole.body}\n\n{wrap(told)}")

    def _render(self, name: str, **facts: Any) -> Message:
        text = self._templates.render(f"{name}.j2", {**self._common, **facts})
        subject, _, body = text.strip().partition("\n")
        if name != "cover" and len(subject) > COLUMNS:
            place = Place(self._plan.rule.source)
            raise RuleError(f"a subject has more than {COLUMNS} columns: {subject}", place=place)
        return Message(subject.strip(), wrap(body))


def _facts_of(plan: Plan, found: Found) -> dict[str, Any]:
    if isinstance(plan, HelperPlan):
        return helper.facts_of(plan, found)
    facts = edits.facts_of(plan, COLUMNS)
    for patch in facts["patches"]:
        patch["fact"] = found.of(patch["component"])
    return facts | {"fact": found.plain()}


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
        "quoted": quoted,
        "called": lambda names: [f"{name}()" for name in names],
    }
    tests = {
        "fits": lambda text, columns: len(text) <= columns,
        "option": lambda condition: condition.lstrip("!").startswith("CONFIG_"),
    }
    return Templates(own, shipped, filters, tests, plan.rule.facts)


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def flags(items: Sequence[str], conditional: Mapping[str, str] | None = None) -> str:
    """An OR expression as C writes it, the empty one as `0`; flags under a condition follow.

    They are set off, so that the condition is read as that of no other flag.
    """
    extra = [f", and {flag} if {condition}" for flag, condition in (conditional or {}).items()]
    return (" | ".join(items) or "0") + "".join(extra)


def quoted(comment: str) -> str:
    """A comment of C as a quotation: indented, without what makes it a comment."""
    lines = [re.sub(r"^\s*(?:/\*+|//|\*(?!/))?\s?", "", line) for line in comment.splitlines()]
    text = [re.sub(r"\s*\*/\s*$", "", line).rstrip() for line in lines]
    while text and not text[0]:
        text.pop(0)
    while text and not text[-1]:
        text.pop()
    return "\n".join(f"    {line}".rstrip() for line in text)


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
    """Rows of cells in columns as wide as their widest line; a cell can have several lines.

    The last column takes what is left of `COLUMNS`, and is filled to it.
    """
    cells = [[cell.split("\n") for cell in row] for row in rows]
    if not cells:
        return ""
    before = [_width(column) for column in list(zip(*cells, strict=True))[:-1]]
    left = max(NARROW, COLUMNS - indent - sum(before) - 2 * len(before))
    for row in cells:
        row[-1] = [part for line in row[-1] for part in textwrap.wrap(line, left) or [""]]
    widths = [_width(column) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(line.ljust(width) for line, width in zip(parts, widths, strict=True)).rstrip()
        for row in cells
        for parts in zip_longest(*row, fillvalue="")
    )
    return "\n".join(" " * indent + line for line in lines)


def _width(column: Iterable[Sequence[str]]) -> int:
    return max(len(line) for cell in column for line in cell)
