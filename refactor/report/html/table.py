"""The table at the top of the page: each patch, what changes in it, and what that comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from refactor.commands.look import Look
from refactor.match.verdict import Change, NotApplicable, Refused
from refactor.plan.plan import HelperPlan, Plan
from refactor.plan.split import Patch, Placed
from refactor.report.html.text import code, text
from refactor.report.text import counted

PLACES = 12
"""Of so many places of a patch, each has a row of its own; of more, each way of changing one."""

WAYS = 4
"""So many ways of changing a place are shown; the rest is counted."""

HEADS = ("Patch", "Where", "Before", "After", "Effect")

Targets = Mapping[tuple[str, int], str]
"""From a path and a line before to the id of the hunk with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place, or several of the same kind: the flags, or the code, before and after."""

    where: str
    target: str
    before: str
    after: str
    is_same: bool = False
    """True for what is only written in another way."""


def table(look: Look, targets: Targets) -> Iterator[str]:
    """The whole table, or the word that there is nothing to do."""
    if not look.plan.patches:
        yield "<p>Nothing to do.</p>"
        return
    yield "<table class=list role=table><caption class=hidden>Patches and their effect</caption>"
    yield _head(HEADS)
    for number, patch in enumerate(look.plan.patches):
        every = _rows(look.plan, patch, targets)
        effect = look.effects[number]
        span = f" rowspan={len(every)}" if len(every) > 1 else ""
        yield f'<tbody id=r{number} role=rowgroup data-of="{text(_words(patch))}">'
        for place, row in enumerate(every):
            yield f"<tr role=row{' class=same' if row.is_same else ''}>"
            if place == 0:
                link = f'<a href="#p{number}">{text(patch.component)}</a>'
                yield f"<th scope=rowgroup role=rowheader{span}>{link}"
            yield f"<td role=cell data-is=Where>{_where(row)}"
            yield f"<td role=cell data-is=Before>{_code(row.before)}"
            yield f"<td role=cell data-is=After>{_code(row.after)}"
            if place == 0:
                yield f"<td role=cell data-is=Effect{span}>{text(effect)}"
    yield "</table>"


def told(
    title: str, anchor: str, every: Sequence[Placed[NotApplicable]] | Sequence[Placed[Refused]]
) -> Iterator[str]:
    """A heading and a table of places that are left as they are."""
    if not every:
        return
    yield f"<h2 id={anchor}>{title}</h2>\n<table class=list role=table aria-labelledby={anchor}>"
    yield _head(("Component", "Where", "Why"))
    yield "<tbody role=rowgroup>"
    for each in every:
        yield (
            f"<tr role=row><th scope=row role=rowheader>{text(each.component)}"
            f"<td role=cell data-is=Where>{code(str(each.place))}"
            f"<td role=cell data-is=Why>{text(each.verdict.message)}"
        )
    yield "</table>"


def _head(heads: Sequence[str]) -> str:
    # On a narrow screen the rows become blocks, and a browser may forget that this is a table.
    cells = "".join(f"<th scope=col role=columnheader>{each}" for each in heads)
    return f"<thead role=rowgroup><tr role=row>{cells}</thead>"


def _words(patch: Patch) -> str:
    """What the filter of the page looks into."""
    return " ".join([patch.component, *(change.path for change in patch.files)]).lower()


def _where(row: Row) -> str:
    return f'<a href="#{row.target}">{code(row.where)}</a>' if row.target else text(row.where)


def _code(shown: str) -> str:
    return code(shown) if shown else "<span class=dim>nothing</span>"


def _rows(plan: Plan, patch: Patch, targets: Targets) -> list[Row]:
    rows = [_row(plan, patch, each, targets) for each in patch.calls or patch.changes]
    if len(rows) <= PLACES:
        return rows or [Row("", "", "", "")]
    ways = Counter((row.before, row.after, row.is_same) for row in rows)
    firsts = {(row.before, row.after): row for row in reversed(rows)}
    shown = [
        Row(
            f"{row.where} and {count - 1} more" if count > 1 else row.where,
            row.target, before, after, is_same,
        )
        for (before, after, is_same), count in ways.most_common(WAYS)
        for row in (firsts[before, after],)
    ]  # fmt: skip
    rest = ways.total() - sum(count for _, count in ways.most_common(WAYS))
    more = counted(len(ways) - WAYS, "other way", "other ways")
    return shown + ([Row(f"{counted(rest, 'place')} in {more}", "", "…", "…")] if rest else [])


def _row(plan: Plan, patch: Patch, each: Placed[Change], targets: Targets) -> Row:
    verdict = each.verdict
    target = targets.get((each.place.path, each.place.line or 0), "")
    where = f"{verdict.function}()" if verdict.function else each.place.path
    if verdict.flags is None or not isinstance(plan, HelperPlan):
        return Row(where, target, verdict.before, verdict.after)
    body = plan.resolved.bodies[patch.component]
    returns = sorted(body.returns, key=body.code.find) if body else []
    conditional = body.may_return.items() if body else ()
    extra = "".join(f", and {flag} if {condition}" for flag, condition in conditional)
    kept = [flag for flag in verdict.flags.kept if flag not in returns]
    after = [*kept, *returns]
    is_same = not extra and set(after) == set(verdict.flags.before)
    return Row(
        where,
        target,
        " | ".join(verdict.flags.before) or "0",
        (" | ".join(after) or "0") + extra,
        is_same,
    )
