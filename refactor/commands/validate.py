"""`treewide validate`: run the series in the model before anybody is asked to apply it."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.resources import as_file
from pathlib import Path

from refactor import model
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
        validated = []
        for vintage in spec.overlays:
            laid_out = Path(folder, vintage)
            model.lay_out(source, spec, vintage, laid_out)
            of_vintage = replace(request, tree=laid_out, model=False)
            with prepared(of_vintage, progress) as ready:
                work = Path(folder, f"{vintage}-work")
                work.mkdir()
                result = model.run(
                    ready.plan, ready.tree, laid_out, work,
                    real=False, sanitize=sanitize, progress=progress,
                )  # fmt: skip
                validated.append(Validated(ready.plan, result, f"the model tree, {vintage}"))
        return validated


def of_plan(ready: Prepared, progress: Progress, *, sanitize: bool = False) -> Validated:
    """Validate the code that a plan makes of a real tree."""
    with model_tree() as source, tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = model.load_spec(source)
        laid_out, work = Path(folder, "model"), Path(folder, "work")
        model.lay_out(source, spec, ready.plan.vintage.name, laid_out)
        work.mkdir()
        result = model.run(
            ready.plan, ready.tree, laid_out, work,
            real=True, sanitize=sanitize, progress=progress,
        )  # fmt: skip
        return Validated(ready.plan, result, str(ready.tree.root))


def model_tree() -> AbstractContextManager[Path]:
    """The model tree as a folder, wherever the program is installed."""
    return as_file(data_root() / "testdata" / "model")
