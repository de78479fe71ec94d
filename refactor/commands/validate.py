"""`treewide validate`: run the series in the model before anybody is asked to apply it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from refactor.commands.common import Request, opened
from refactor.plan.plan import make
from refactor.plan.scan import Progress
from refactor.proof.compile import Builder
from refactor.proof.model.run import run as run_model
from refactor.proof.model.spec import Spec, builder, lay_out, load_spec
from refactor.proof.proof import Validated, model_tree, new_folder, of_plan
from refactor.tree.tree import LANDMARKS


def run(request: Request, progress: Progress, *, sanitize: bool = False) -> list[Validated]:
    """Validate a kernel tree's own code, or the model tree in each of its vintages."""
    if request.tree is None and not all(Path(name).exists() for name in LANDMARKS):
        request = replace(request, model=True)
    if not request.model:
        ready = opened(request)
        plan = make(ready.tree, ready.rule, ready.policy, progress)
        return [of_plan(ready.tree, plan, progress, sanitize=sanitize)]
    source = model_tree()
    with tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = load_spec(source)
        with builder(spec, new_folder(folder, "objects"), sanitize=sanitize) as building:
            return [
                _of_vintage(request, source, spec, vintage, Path(folder), building, progress)
                for vintage in spec.overlays
            ]


def _of_vintage(
    request: Request,
    source: Path,
    spec: Spec,
    vintage: str,
    folder: Path,
    building: Builder,
    progress: Progress,
) -> Validated:
    laid_out = folder / vintage
    lay_out(source, spec, vintage, laid_out)
    ready = opened(replace(request, tree=laid_out, model=False))
    plan = make(ready.tree, ready.rule, ready.policy, progress)
    work = new_folder(folder, f"{vintage}-work")
    result = run_model(
        plan, ready.tree, laid_out, work, real=False, builder=building, progress=progress
    )
    return Validated(plan, result, f"the model tree, {vintage}")
