"""Proof of a series: its code was run in the model, and this is how it went."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from refactor.plan.plan import HelperPlan
from refactor.plan.scan import Progress
from refactor.proof.model.run import Result, run
from refactor.proof.model.spec import builder, lay_out, load_spec
from refactor.resources import data_root
from refactor.tree.tree import KernelTree


@dataclass(frozen=True, slots=True)
class Validated:
    """What was validated, and how it went."""

    plan: HelperPlan
    result: Result
    what: str
    """`the model tree`, or the path of a real one."""


def of_plan(
    tree: KernelTree, plan: HelperPlan, progress: Progress, *, sanitize: bool = False
) -> Validated:
    """Validate the code that a plan makes of a real tree."""
    source = model_tree()
    with tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = load_spec(source)
        laid_out = Path(folder, "model")
        lay_out(source, spec, plan.vintage.name, laid_out)
        with builder(spec, new_folder(folder, "objects"), sanitize=sanitize) as building:
            work = new_folder(folder, "work")
            result = run(plan, tree, laid_out, work, real=True, builder=building, progress=progress)
        return Validated(plan, result, str(tree.root))


def verdict(every: Sequence[Validated]) -> str:
    """One line that says whether it holds, fit for a cover letter."""
    outcomes = [outcome for each in every for outcome in each.result.outcomes.values()]
    runs = sum(outcome.scenarios for outcome in outcomes)
    patches = max((len(each.plan.patches) for each in every), default=0)
    programs = len({str(one) for each in every for one in each.result.configurations})
    problems = sum(len(each.result.problems) for each in every)
    scope = (
        f"{programs} configurations, before the series, after each of its {patches} patches "
        f"and after all of it, {runs} runs"
    )
    return f"FAILED in {problems} places ({scope})" if problems else f"holds ({scope})"


def confinement(every: Sequence[Validated]) -> dict[str, bool]:
    """What the programs were to give up, and whether each of them could."""
    found: dict[str, bool] = {}
    for validated in every:
        for outcome in validated.result.outcomes.values():
            for name, in_force in outcome.confined.items():
                found[name] = found.get(name, True) and in_force
    return found


def confinement_line(every: Sequence[Validated]) -> str:
    """The same in one line, empty if nothing was run."""
    found = confinement(every)
    in_force = [name for name, holds in found.items() if holds]
    missing = [name for name in found if name not in in_force]
    if not found:
        return ""
    rest = f"; NOT in force here: {', '.join(missing)}" if missing else ""
    return f"confined by: {', '.join(in_force) or 'nothing'}{rest}"


def model_tree() -> Path:
    """The folder of the model tree, wherever the program is installed."""
    return data_root() / "testdata" / "model"


def new_folder(folder: str | Path, name: str) -> Path:
    """A new, empty folder in `folder`."""
    new = Path(folder, name)
    new.mkdir()
    return new
