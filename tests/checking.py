"""What the tests of `check` share: trees made of a few files, and their findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from refactor.check.catalog import HelperCatalog, load
from refactor.check.check import gather, judge
from refactor.check.finding import Finding
from refactor.commands.common import find_helper_rule
from refactor.rule.model import HelperRule
from refactor.tree.commit import open_tree
from tests.support import PROJECT, commit_all, run_treewide

ID = "arch-module-vm-flags"
CATALOG = PROJECT / "rules" / "findings" / f"{ID}.toml"


@cache
def rule() -> HelperRule:
    return find_helper_rule(ID)[0]


@cache
def catalog() -> HelperCatalog:
    return load(CATALOG, rule())


def lay(tree: Path, name: str, files: Mapping[str, str | bytes], *, commit: bool = False) -> Path:
    """The catalog's tree `name` at `tree`, with `files` on top; empty ones are left out."""
    for folder in ("arch", "include/linux", "kernel", "mm"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for path, text in {**catalog().trees[name], **files}.items():
        if text:
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    if commit:
        commit_all(tree, "Begin")
    return tree


def findings(tree: Path, policy: str | None = None) -> list[Finding]:
    """Everything that is found in a plain tree."""
    chosen = rule().policy(policy)
    return judge(gather(open_tree(tree), rule(), chosen, catalog(), lambda _: None, {}))


def codes(tree: Path, policy: str | None = None) -> list[str]:
    """The codes of all findings that count."""
    return [str(finding.code) for finding in findings(tree, policy) if finding.counts]


@dataclass(frozen=True)
class Checked:
    """What the command has said."""

    status: int
    data: dict[str, Any]
    stderr: str

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.data["findings"]]


def check(tree: Path, *arguments: str | Path, stdin: bytes = b"") -> Checked:
    """Run the command with --format json."""
    run = run_treewide(["check", tree, "--format", "json", *arguments], stdin=stdin)
    data = json.loads(run.stdout) if run.stdout else {}
    return Checked(run.status, data, run.stderr.decode())


def vmalloc(flags: str, entry: str = "void *module_alloc(unsigned long size)") -> str:
    """A definition with one call that passes `flags`."""
    return f"""
{entry}
{{
	return __vmalloc_node_range(size, 1, MODULES_VADDR, MODULES_END,
					GFP_KERNEL, PAGE_KERNEL, {flags},
					NUMA_NO_NODE, __builtin_return_address(0));
}}
"""
