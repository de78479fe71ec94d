"""Words for people, on standard error: errors, refusals, and what a run has done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from refactor.errors import TreewideError

if TYPE_CHECKING:
    from refactor.commands.parse_report import Report
    from refactor.match.verdict import NotApplicable, Refused
    from refactor.plan.plan import HelperPlan, Plan
    from refactor.plan.split import Placed


def error(problem: TreewideError) -> str:
    """`path:line:col: error: message`, with the hint below."""
    where = f"{problem.place}: " if problem.place else ""
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    return printable(f"{where}error: {problem.message}{hint}")


def refusal(refused: Placed[Refused]) -> str:
    """What was refused, in the same form as an error."""
    verdict = refused.verdict
    function = f" (in {verdict.function}())" if verdict.function else ""
    return printable(f"{refused.place}: refused: {verdict.message}{function}")


def not_applicable(skipped: Placed[NotApplicable]) -> str:
    """What was left alone."""
    verdict = skipped.verdict
    return printable(f"{skipped.place}: not applicable: {verdict.note or verdict.reason}")


REFUSED = "nothing was written; --allow-refused goes on without what was refused"
ALL_REFUSED = "nothing was written: nothing is left but what was refused"


def told(plan: Plan, branch: str, *, is_all_listed: bool = False) -> Iterator[str]:
    """What a run has done, for people: what it was, what it left alone, and figures at the end.

    What was left alone is told by `every_mention`, where that `is_all_listed`.
    """
    of_helper = _of_helper(plan)
    policy = f", policy {of_helper.resolved.policy.name}" if of_helper else ""
    yield f"{plan.rule.id}{policy}, {plan.vintage.name} tree"
    helper = _existing_helper(plan)
    if helper and plan.patches:
        yield f"{helper} is there already, so this converts what is left"
    if not is_all_listed:
        yield from _left_alone(plan.skipped)
    for note in plan.notes:
        yield printable(f"note: {note}")
    if plan.has_carriage_returns:
        yield "note: some files have CR LF line ends; apply the patches with git am --keep-cr"
    if branch:
        yield f"branch {branch} has the commits"
    if not plan.patches and not plan.refused:
        yield _nothing_to_do(plan)
    else:
        yield summary(plan)


LISTED = 40
"""How many places that were left alone are listed; of more, the reasons are counted."""


def _left_alone(skipped: Sequence[Placed[NotApplicable]]) -> Iterator[str]:
    if len(skipped) <= LISTED:
        yield from map(not_applicable, skipped)
        return
    reasons: dict[str, list[Placed[NotApplicable]]] = {}
    for each in skipped:
        reasons.setdefault(each.verdict.message, []).append(each)
    for reason, some in sorted(reasons.items(), key=lambda one: -len(one[1])):
        yield printable(f"not applicable: {counted(len(some), 'place')}, {reason}: {some[0].place}")
    yield "note: treewide diff --verbose lists all of them"


def every_mention(plan: Plan) -> Iterator[str]:
    """What became of each mention, in the order of the tree."""
    left = (*plan.skipped, *plan.quiet)
    found: list[tuple[Placed[Any], str]] = [
        *((each, f"{each.place}: changed") for patch in plan.patches for each in patch.changes),
        *((each, f"{each.place}: conforming") for each in plan.conforming),
        *((each, f"{each.place}: not applicable: {each.verdict.message}") for each in left),
        *((each, refusal(each)) for each in plan.refused),
    ]
    found.sort(
        key=lambda one: (one[0].place.path, one[0].place.line or 0, one[0].place.column or 0)
    )
    yield from (printable(line) for _, line in found)


def _existing_helper(plan: Plan) -> str:
    """The helper that is in the tree already, as a call."""
    of_helper = _of_helper(plan)
    return f"{of_helper.rule.helper.name}()" if of_helper and of_helper.resolved.exists else ""


def _of_helper(plan: Plan) -> HelperPlan | None:
    """The plan, if its rule has a helper. What tells that is not imported for an error alone."""
    from refactor.plan.plan import HelperPlan

    return plan if isinstance(plan, HelperPlan) else None


def _nothing_to_do(plan: Plan) -> str:
    if _of_helper(plan) is None:
        places = counted(len(plan.conforming), "place")
        return f"nothing to do: {places} as it should be, {len(plan.skipped)} not applicable"
    calls = counted(len(plan.conforming), "call")
    helper = _existing_helper(plan)
    there = f"{helper} is there, and " if helper else ""
    return f"nothing to do: {there}{calls} use it as they should"


def summary(plan: Plan) -> str:
    """One line of figures."""
    files = {change.path for patch in plan.patches for change in patch.files}
    made = [patch.calls if _of_helper(plan) else patch.changes for patch in plan.patches]
    changed = sum(map(len, made))
    what, how = ("call", "converted") if _of_helper(plan) else ("place", "changed")
    return ", ".join(
        (
            counted(len(plan.patches), "patch", "patches"),
            counted(len(files), "file"),
            f"{counted(changed, what)} {how}",
            f"{len(plan.conforming)} conforming",
            f"{len(plan.skipped)} not applicable",
            f"{len(plan.refused)} refused",
        )
    )


def counted(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def one_line(text: str) -> str:
    """`text` as one line of source, with its tabs: patches come from strangers."""
    return printable(text, kept="\t")


def printable(text: str, kept: str = "\n") -> str:
    """`text` with escapes for what a terminal might obey: names come from trees of others."""
    return "".join(
        character if character.isprintable() or character in kept else _escaped(character)
        for character in text
    )


def _escaped(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte of a name that is not UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def parse_report(report: Report) -> Iterator[str]:
    """How much of a tree is understood, and the causes of the rest with places."""
    for each in report.shares:
        if not each.files:
            yield f"no {each.kind} files"
            continue
        yield (
            f"{each.files} {each.kind} files: {each.clean / each.files:.1%} understood as a whole,"
            f" {each.understood / each.lines:.2%} of {each.lines} lines"
        )
    rows = [
        [str(len(places)), cause, ", ".join(places[:SHOWN_PLACES])]
        for cause, places in report.causes.items()
    ]
    if rows:
        yield columns([["FILES", "CAUSE OF THE FIRST ERROR", "SUCH AS"], *rows])


SHOWN_PLACES = 2


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, each column as wide as its widest cell. What a cell has is made printable."""
    rows = [[printable(cell, "") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
