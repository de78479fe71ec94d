"""`treewide validate`: run the series in the model before anybody is asked to apply it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from refactor import model
from refactor.build import Builder
from refactor.commands.common import Request, prepared
from refactor.plan import Progress
from refactor.proof import Validated, model_tree, new_folder, of_plan
from refactor.tree import LANDMARKS


def run(request: Request, progress: Progress, *, sanitize: bool = False) -> list[Validated]:
    """Validate a kernel tree's own code, or the model tree in each of its vintages."""
    if request.tree is None and not all(Path(name).exists() for name in LANDMARKS):
        request = replace(request, model=True)
    if not request.model:
        with prepared(request, progress) as ready:
            return [of_plan(ready.tree, ready.plan, progress, sanitize=sanitize)]
    with model_tree() as source, tempfile.TemporaryDirectory(prefix="treewide-") as folder:
        spec = model.load_spec(source)
        with model.builder(spec, new_folder(folder, "objects"), sanitize=sanitize) as builder:
            return [
                _of_vintage(request, source, spec, vintage, Path(folder), builder, progress)
                for vintage in spec.overlays
            ]


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
        work = new_folder(folder, f"{vintage}-work")
        result = model.run(
            ready.plan, ready.tree, laid_out, work, real=False, builder=builder, progress=progress
        )
        return Validated(ready.plan, result, f"the model tree, {vintage}")
