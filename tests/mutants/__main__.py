"""Run every seeded fault of faults.toml through the model, and say what caught it.

A fault is a replacement in one file: of the generated change (`in = "change"`) or of the model
itself (`in = "model"`). It is caught if a check that it names fails, in a state and a configuration
that has to hold. An equivalent fault is listed with the reason, and must not be caught.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from refactor.commands.common import find_helper_rule
from refactor.plan.plan import HelperPlan, make
from refactor.plan.split import FileChange, Patch
from refactor.proof.compile import Builder
from refactor.proof.model.run import run
from refactor.proof.model.spec import builder, lay_out, load_spec
from refactor.proof.proof import model_tree, new_folder
from refactor.tree.commit import open_tree

FAULTS = Path(__file__).parent / "faults.toml"
RULE = "arch-module-vm-flags"


@dataclass(frozen=True, slots=True)
class Fault:
    """One seeded fault."""

    name: str
    where: str
    file: str
    find: str
    replace: str
    caught_by: tuple[str, ...]
    targets: frozenset[str]
    vintage: str
    policy: str
    order: tuple[str, ...]
    equivalent: str


def faults() -> list[Fault]:
    """All faults of faults.toml."""
    return [_fault(entry) for entry in tomllib.loads(FAULTS.read_text())["fault"]]


def _fault(entry: dict[str, Any]) -> Fault:
    return Fault(
        name=entry["name"],
        where=entry["in"],
        file=entry.get("file", ""),
        find=entry.get("find", ""),
        replace=entry.get("replace", ""),
        caught_by=tuple(entry.get("caught_by", [])),
        targets=frozenset(entry.get("targets", [])),
        vintage=entry.get("vintage", "opt-out"),
        policy=entry.get("policy", "never-huge"),
        order=tuple(entry.get("order", [])),
        equivalent=entry.get("equivalent", ""),
    )


def catches(fault: Fault, source: Path, folder: Path, building: Builder) -> list[str]:
    """The checks that catch `fault`: by their names, `build` if something does not compile."""
    spec = load_spec(source)
    laid_out = folder / "model"
    lay_out(source, spec, fault.vintage, laid_out)
    if fault.where == "model":
        file = laid_out / fault.file
        file.write_text(_replaced(file.read_text(), fault))
    rule, _ = find_helper_rule(RULE)
    tree = open_tree(laid_out)
    plan = make(tree, rule, rule.policy(fault.policy))
    if fault.where == "change":
        plan = _spoiled(plan, fault)
    result = run(
        plan, tree, laid_out, new_folder(folder, "work"),
        real=False, builder=building, targets=fault.targets or None,
    )  # fmt: skip
    found: dict[str, None] = {}
    for _, _, outcome in result.problems:
        for complaint in outcome.complaints:
            prefix = complaint.message.partition(":")[0]
            found["self-test" if prefix == "self-test" else "build"] = None
        found |= dict.fromkeys(failure.check for failure in outcome.failures)
    return list(found)


def _replaced(text: str, fault: Fault) -> str:
    if text.count(fault.find) != 1:
        raise ValueError(f"{fault.name}: {fault.find!r} is {text.count(fault.find)} times in it")
    return text.replace(fault.find, fault.replace)


def _spoiled(plan: HelperPlan, fault: Fault) -> HelperPlan:
    """The plan with the fault in what it generates."""
    patches = list(plan.patches)
    if fault.order:
        patches.sort(key=lambda patch: fault.order.index(patch.component))
    if fault.file:
        patches = [_spoiled_patch(patch, fault) for patch in patches]
        if patches == list(plan.patches):
            raise ValueError(f"{fault.name}: no patch touches {fault.file}")
    return replace(plan, patches=tuple(patches))


def _spoiled_patch(patch: Patch, fault: Fault) -> Patch:
    files = tuple(
        replace(change, after=_replaced(change.after.decode(), fault).encode())
        if change.path == fault.file
        else change
        for change in patch.files
    )
    return replace(patch, files=_without_nothing(files))


def _without_nothing(files: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    return tuple(change for change in files if change.after != change.before)


def verdicts() -> Iterator[tuple[Fault, list[str]]]:
    """Every fault, and what caught it."""
    source = model_tree()
    with tempfile.TemporaryDirectory() as scratch:
        spec = load_spec(source)
        with builder(spec, new_folder(scratch, "objects")) as building:

            def judge(numbered: tuple[int, Fault]) -> tuple[Fault, list[str]]:
                number, fault = numbered
                folder = new_folder(scratch, str(number))
                return fault, catches(fault, source, folder, building)

            with ThreadPoolExecutor(2) as pool:
                yield from pool.map(judge, enumerate(faults()))


def main() -> int:
    """Print a line for every fault, and return 1 if one was not caught as it should."""
    survivors = 0
    caught = 0
    for fault, found in verdicts():
        wanted = set(fault.caught_by)
        if fault.equivalent:
            good = not found
            words = f"equivalent: {fault.equivalent}" if good else f"CAUGHT by {', '.join(found)}"
        else:
            good = bool(wanted) and wanted <= set(found)
            words = ", ".join(found) or "SURVIVED"
            caught += good
        survivors += not good
        print(f"{'ok  ' if good else 'FAIL'} {fault.name}: {words}", flush=True)
    print(f"{caught} passed, {survivors} failed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
