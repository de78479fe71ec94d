"""`treewide validate`: run the series in the model before anybody is asked to apply it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.resources import as_file
from pathlib import Path

from refactor import model
from refactor.build import Builder
from refactor.commands.common import Prepared, Request, prepared
from refactor.plan import Plan, Progress
from refactor.resources import data_root
from refactor.tree import LANDMARKS


@dataclass(frozen=True, slots=True)
class Validated:
    """What was validated, and how it went."""

    plan: Plan
    result: model.Result
    what: str
    """`the model tree`, or the path of a real one."""


def run(request: Request, progress: Progress, *, sanitize: bool = False) -> list[Validated]:
    """Validate a kernel tree's own code, or the model tree in each of its vintages."""
    if request.tree is None and not all(Path(name).exists() for name in LANDMARKS):
        request = replace(request, model=True)
    if not request.model:
        with prepared(request, progress) as ready:
            return [of_plan(ready, progress, sanitize=sanitize)]
    with model_tree() as source, tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = model.load_spec(source)
        with model.builder(spec, _new(folder, "objects"), sanitize=sanitize) as builder:
            return [
                _of_vintage(request, source, spec, vintage, Path(folder), builder, progress)
                for vintage in spec.overlays
            ]


def verdict(every: Sequence[Validated]) -> str:
    """One line that says whether it holds, fit for a cover letter."""
    outcomes = [outcome for each in every for outcome in each.result.outcomes.values()]
    runs = sum(outcome.scenarios for outcome in outcomes)
    patches = max((len(each.plan.patches) for each in every), default=0)
    programs = len({str(one) for each in every for one in each.result.configurations})
    problems = sum(len(each.result.problems) for each in every)
    scope = (
        f"{X} before, after each of "
        f"{counted(patches, 'patch', 'patches')} and after all, {runs} runs"
    )
    if problems:
        return f"FAILED in {counted(problems, 'place')} ({scope})"
    return f"holds: {scope}"


def _of_vintage(
    request: Request,
    source: Path,
    spec: model.Spec,
    vintage: str,
    folder: Path,
    builder: Builder,
    progress: Progress,
) -> Validated:
    laid_out = folder / vintage
    model.lay_out(source, spec, vintage, laid_out)
    with prepared(replace(request, tree=laid_out, model=False), progress) as ready:
        work = _new(folder, f"{vintage}-work")
        result = model.run(
            ready.plan, ready.tree, laid_out, work, real=False, builder=builder, progress=progress
        )
        return Validated(ready.plan, result, f"the model tree, {vintage}")


def of_plan(ready: Prepared, progress: Progress, *, sanitize: bool = False) -> Validated:
    """Validate the code that a plan makes of a real tree."""
    with model_tree() as source, tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = model.load_spec(source)
        laid_out = Path(folder, "model")
        model.lay_out(source, spec, ready.plan.vintage.name, laid_out)
        with model.builder(spec, _new(folder, "objects"), sanitize=sanitize) as builder:
            work = _new(folder, "work")
            result = model.run(
                ready.plan, ready.tree, laid_out, work, real=True, builder=builder, progress=progress
            )
        return Validated(ready.plan, result, str(ready.tree.root))


def _new(folder: str | Path, name: str) -> Path:
    new = Path(folder, name)
    new.mkdir()
    return new


def model_tree() -> AbstractContextManager[Path]:
    """The model tree as a folder, wherever the program is installed."""
    return as_file(data_root() / "testdata" / "model")
