"""Time `treewide series` on a real kernel against two things one could do instead.

    python -m bench.series [TREE] [--runs N]

`git grep` only finds the files that mention the function; `spatch` (package coccinelle) does only
the rewrite of the calls, and only in the files that the series turned out to touch. Without TREE
the linux 6.1 of the tests is used. Every command runs once unmeasured, so the cache is warm.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.kernels import kernel_tree
from tests.support import PROJECT, sealed_environment

# What issue and README promise of a whole series, on 2 cores.
AIM_SECONDS = 0.8
AIM_MEGABYTES = 150


class Measurement(NamedTuple):
    """Wall time in seconds, and the peak of the largest process in KiB."""

    seconds: float
    kibibytes: int


def measure(command: Sequence[str | Path], cwd: Path, env: dict[str, str]) -> Measurement:
    """Run `command` to its end. Exits if it fails: a time for doing nothing would mislead."""
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=errors
        )
        # wait4() tells of this one command, with the children that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"{command[0]} failed:\n{errors.read().decode(errors='replace')}")
    return Measurement(seconds, usage.ru_maxrss)


def touched_sources(outgoing: Path) -> list[str]:
    """The .c files that the series in `outgoing` changes."""
    return sorted(
        {
            line.split()[-1].removeprefix("b/")
            for patch in outgoing.glob("*.patch")
            for line in patch.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.startswith("diff --git a/") and line.endswith(".c")
        }
    )


def megabytes(kibibytes: int) -> str:
    """A peak for the table. Linux counts what a child was forked from as the child's, too, so a
    peak no higher than our own is only known not to be more."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{'<' if kibibytes <= own else ''}{kibibytes * 1.024e-3:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time treewide series on a real kernel.")
    parser.add_argument("tree", nargs="?", type=Path, help="a git work tree of a kernel")
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each command")
    options = parser.parse_args()
    tree = (options.tree or kernel_tree("6.1")).resolve()

    with tempfile.TemporaryDirectory() as scratch:
        env = sealed_environment(Path(scratch))
        outgoing = Path(scratch) / "outgoing"
        treewide = Path(sys.executable).with_name("treewide")
        commands: dict[str, list[str | Path]] = {
            "treewide series": [treewide, "series", tree, "--output", outgoing],
            "git grep -lw": ["git", "grep", "-lw", "module_alloc", "--", "arch", "kernel"],
        }
        measure(commands["treewide series"], tree, env)
        if shutil.which("spatch"):
            rule = PROJECT / "bench" / "vm_flags.cocci"
            files = touched_sources(outgoing)
            commands["spatch, calls alone"] = ["spatch", "--very-quiet", "--sp-file", rule, *files]
        else:
            print("spatch is not installed (apt-get install coccinelle): left out")

        print(f"{tree}, median of {options.runs} warm runs on {os.cpu_count()} cores\n")
        print(f"{'command':<22}{'median':>9}{'min':>9}{'peak':>10}")
        for name, command in commands.items():
            measure(command, tree, env)
            runs = [measure(command, tree, env) for _ in range(options.runs)]
            median = statistics.median(run.seconds for run in runs)
            least = min(run.seconds for run in runs)
            peak = megabytes(max(run.kibibytes for run in runs))
            print(f"{name:<22}{median:>7.2f} s{least:>7.2f} s{peak:>10}")
        print(f"{'aim for the series':<22}{AIM_SECONDS:>7.2f} s{'':>9}{AIM_MEGABYTES:>7.0f} MB")


if __name__ == "__main__":
    main()
