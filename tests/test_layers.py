"""The layers of ARCHITECTURE.md, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import PROJECT

# A module imports only from rows above its own, and nothing of its own row. A package stands for
# all its modules that are not named themselves.
ROWS = (
    ("errors", "interruption"),
    ("edits", "sealed", "resources", "output", "patchset", "globs"),
    ("tree",),
    ("applied",),
    ("c.dialect", "c.lexical"),
    ("c.syntax",),
    ("c.layout", "kconfig", "maintainers"),
    ("c.align",),
    ("pattern", "table"),
    ("rules", "outcome", "values"),
    ("macros", "mention", "search"),
    ("reach",),
    ("match",),
    ("comments",),
    ("rewrite",),
    ("survey",),
    ("plan", "findings.finding"),
    ("semantic.shape",),
    ("semantic.spec", "semantic.splice", "semantic.statements", "semantic.site"),
    ("semantic.replace", "semantic.others"),
    ("semantic.account",),
    ("semantic.rewrite",),
    ("semantic.load", "semantic.plan"),
    ("semantic.facts",),
    ("findings.catalog", "findings.flags", "findings.baseline"),
    ("findings.evidence",),
    ("findings.calls", "findings.helper", "findings.uses", "findings.matrix", "findings.fixes"),
    ("findings.judge",),
    ("message", "cases", "build", "extract"),
    ("model.spec", "model.states", "model.outcome"),
    ("model.expect",),
    ("model.run",),
    ("proof",),
    ("gitseries",),
    ("mail",),
    ("commands.common",),
    ("commands",),
    ("report.text",),
    ("report",),
    ("report.check.people",),
    ("report.check.gcc", "report.check.machine", "report.check.sarif"),
    ("report.check.face",),
    ("cli",),
    ("__main__",),
)

# Who may import a library that others are to reach through him.
ONLY_IMPORTER = {"tree_sitter": "c.syntax", "tree_sitter_c": "c.syntax", "jinja2": "message"}

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
        # `from refactor.tree import KernelTree` names what is inside of a module.
        for candidate in (inner, inner.rpartition(".")[0]):
            if inner != name and candidate in MODULES:
                found.add(candidate)
                break
    return found


def row(module: str) -> int | None:
    """The row of ROWS that names `module` or, before that, the nearest package it lies in."""
    while module:
        for number, names in enumerate(ROWS):
            if module in names:
                return number
        module = module.rpartition(".")[0]
    return None


def is_plain_package(module: str) -> bool:
    """An __init__.py that imports no module of ours belongs to no row."""
    return MODULES[module].name == "__init__.py" and not siblings(module)


@pytest.mark.parametrize("module", [name for name in MODULES if not is_plain_package(name)])
def test_module_imports_only_from_rows_above(module: str) -> None:
    own = row(module)
    assert own is not None, f"{module} stands in no row of ROWS"
    for other in siblings(module):
        if is_plain_package(other):
            continue
        above = row(other)
        assert above is not None, f"{other} stands in no row of ROWS"
        assert above < own, f"{module} (row {own}) imports {other} (row {above})"


def test_rows_name_no_module_that_is_gone() -> None:
    assert {name for names in ROWS for name in names} <= MODULES.keys()


@pytest.mark.parametrize(("library", "owner"), ONLY_IMPORTER.items())
def test_library_has_one_importer(library: str, owner: str) -> None:
    importers = {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == library for name in imported(module, path))
    }
    assert importers == {owner}


def test_search_does_not_wait_for_modules_that_work_on_files() -> None:
    commands = "import refactor.commands.check, refactor.commands.series, refactor.search"
    late = {f"refactor.{module}" for module in ("match", "plan", "rewrite", "survey")}
    command = [sys.executable, "-X", "importtime", "-c", commands]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "refactor.search" in loaded
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
