"""Time `treewide check` of a whole kernel against the search that it begins with.

    python -m bench.check [TREE] [--runs N]

`git grep` only lists the files that mention a word of the rule or of its findings. Without TREE the
linux 6.1 of the tests is used. Every command runs once unmeasured, so the cache is warm.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.series import measure, megabytes
from refactor.commands.check import catalog_of
from refactor.commands.common import DEFAULT_RULE, find_rule
from refactor.search import KCONFIG
from tests.kernels import kernel_tree
from tests.support import sealed_environment

# What the issue promises of a whole tree.
AIM_SECONDS = 0.5


def searching() -> list[str]:
    """What `check` searches for, as one command."""
    rule, _ = find_rule(DEFAULT_RULE)
    catalog = catalog_of(rule)
    words = [rule.entry, rule.helper.name, catalog.redundant.call, *catalog.options]
    globs = [f":(glob){glob}" for glob in (*rule.paths, *catalog.paths, *KCONFIG)]
    patterns = [argument for word in words for argument in ("-e", word)]
    return ["git", "grep", "-lwF", *patterns, "HEAD", "--", *globs]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time treewide check on a real kernel.")
    parser.add_argument("tree", nargs="?", type=Path, help="a git work tree of a kernel")
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each command")
    options = parser.parse_args()
    tree = (options.tree or kernel_tree("6.1")).resolve()

    with tempfile.TemporaryDirectory() as scratch:
        env = sealed_environment(Path(scratch))
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
        treewide = Path(sys.executable).with_name("treewide")
        # It is clean with a baseline, and `measure` does not take another status.
        check: list[str | Path] = [
            treewide,
            "check",
            tree,
            "-q",
            "--baseline",
            f"{scratch}/accepted",
        ]
        measure([*check, "--write-baseline"], tree, env)
        commands: dict[str, list[str | Path]] = {
            "treewide check": check,
            "its git grep alone": [*searching()],
        }
        print(f"{tree}, median of {options.runs} warm runs on {os.cpu_count()} cores\n")
        print(f"{'command':<22}{'median':>9}{'min':>9}{'peak':>10}")
        for name, command in commands.items():
            measure(command, tree, env)
            runs = [measure(command, tree, env) for _ in range(options.runs)]
            median = statistics.median(run.seconds for run in runs)
            least = min(run.seconds for run in runs)
            peak = megabytes(max(run.kibibytes for run in runs))
            print(f"{name:<22}{median:>7.2f} s{least:>7.2f} s{peak:>10}")
        print(f"{'aim for the check':<22}{AIM_SECONDS:>7.2f} s")


if __name__ == "__main__":
    main()
