"""The layers of ARCHITECTURE.md, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support import PROJECT

# The folders in the order of the data's way, and the ground they stand on. A folder
# imports only from those above it; the files of one folder form no circle.
ROOMS = (
    ("errors", "text", "interruption", "resources", "output"),
    ("tree",),
    ("c",),
    ("pattern",),
    ("rule",),
    ("match",),
    ("rewrite",),
    ("plan",),
    ("check",),
    ("series",),
    ("proof",),
    ("commands",),
    ("report",),
    ("process", "arguments", "cli", "__main__"),
)

# Who may import a library that others are to reach through him.
ONLY_IMPORTER = {
    "tree_sitter": "c.syntax",
    "tree_sitter_c": "c.syntax",
    "jinja2": "series.template",
}

# Slow to import, and needed by few commands.
HEAVY = {"git", "jinja2", "rich", "pygments"}

PACKAGE = PROJECT / "refactor"


def module_name(path: Path) -> str:
    """refactor/c/syntax.py is `c.syntax`, a package's __init__.py is the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str, path: Path) -> Iterator[str]:
    """The absolute names that `path` imports anywhere in it, `from a import b` as `a.b`."""
    package = ["refactor", *module.split(".")] if module else ["refactor"]
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, node.module] if node.module else above)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def siblings(module: str) -> set[str]:
    """The modules of refactor/ that `module` imports."""
    found = set()
    for name in imported(module, MODULES[module]):
        inner = name.removeprefix("refactor.")
        # `from refactor.tree.tree import KernelTree` names what is inside of a module.
        for candidate in (inner, inner.rpartition(".")[0]):
            if inner != name and candidate in MODULES:
                found.add(candidate)
                break
    return found


def row(module: str) -> int | None:
    """The row of ROOMS that has a module's folder, or the module itself if it is in none."""
    top = module.partition(".")[0]
    return next((number for number, names in enumerate(ROOMS) if top in names), None)


def is_plain_package(module: str) -> bool:
    """An __init__.py that imports no module of ours belongs to no row."""
    return MODULES[module].name == "__init__.py" and not siblings(module)


@pytest.mark.parametrize("module", [name for name in MODULES if not is_plain_package(name)])
def test_folder_imports_only_from_folders_above(module: str) -> None:
    own = row(module)
    assert own is not None, f"{module} stands in no row of ROOMS"
    for other in siblings(module):
        if is_plain_package(other):
            continue
        above = row(other)
        assert above is not None, f"{other} stands in no row of ROOMS"
        assert above <= own, f"{module} (row {own}) imports {other} (row {above})"


@pytest.mark.parametrize("names", ROOMS, ids=" ".join)
def test_files_of_one_folder_form_no_circle(names: tuple[str, ...]) -> None:
    number = ROOMS.index(names)
    inside = {module for module in MODULES if row(module) == number}
    TopologicalSorter({module: siblings(module) & inside for module in inside}).prepare()


def test_rows_name_no_folder_that_is_gone() -> None:
    tops = {module.partition(".")[0] for module in MODULES}
    assert {name for names in ROOMS for name in names} <= tops


@pytest.mark.parametrize(("library", "owner"), ONLY_IMPORTER.items())
def test_library_has_one_importer(library: str, owner: str) -> None:
    importers = {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == library for name in imported(module, path))
    }
    assert importers == {owner}


def test_search_does_not_wait_for_modules_that_work_on_files() -> None:
    commands = "import refactor.commands.check, refactor.commands.series, refactor.plan.search"
    late = {"refactor.c.syntax", "refactor.plan.scan", "refactor.rule.smpl.ready", "hashlib"}
    command = [sys.executable, "-X", "importtime", "-c", commands]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "refactor.plan.search" in loaded
    assert not loaded & late


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        pytest.param(["--version"], HEAVY | {"tree_sitter"}, id="--version"),
        pytest.param(["rules", "list"], HEAVY, id="rules list"),
    ],
)
def test_command_imports_nothing_heavy_it_does_not_use(
    arguments: list[str], unwanted: set[str]
) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "refactor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "refactor.cli" in loaded
    assert not loaded & unwanted
