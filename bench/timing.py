"""What the benchmarks share: commands that are timed side by side, in one table.

Each command runs once unmeasured, so the cache is warm. On a machine that has other things to do,
the least wall time and the processor time tell more than the median.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.kernels import kernel_tree
from tests.support import sealed_environment

TREEWIDE = Path(sys.executable).with_name("treewide")

Command = Sequence[str | Path]


class Measurement(NamedTuple):
    """Wall and processor time in seconds, and the peak of the largest process in KiB."""

    seconds: float
    processor: float
    kibibytes: int


class Bench(NamedTuple):
    """Where commands are measured."""

    tree: Path
    runs: int
    scratch: Path
    env: Mapping[str, str]
    options: argparse.Namespace
    """What else the command line says."""

    def measure(self, command: Command, output: Path = Path(os.devnull)) -> Measurement:
        """Run `command` to its end. Exits if it fails: a time for doing nothing would mislead."""
        with tempfile.TemporaryFile() as errors, output.open("wb") as printed:
            begin = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=self.tree, env=self.env, stdout=printed, stderr=errors
            )
            # wait4() tells of this one command, with the children that it waited for.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                errors.seek(0)
                sys.exit(f"{command[0]} failed:\n{errors.read().decode(errors='replace')}")
        return Measurement(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)

    def compare(self, commands: Mapping[str, Command]) -> None:
        """Print a line for each command. They take turns, so that all have the same weather."""
        for command in commands.values():
            self.measure(command)
        found: dict[str, list[Measurement]] = {name: [] for name in commands}
        for _ in range(self.runs):
            for name, command in commands.items():
                found[name].append(self.measure(command))
        print(f"{self.tree}, {self.runs} warm runs on {os.cpu_count()} cores\n")
        print(f"{'command':<22}{'median':>9}{'min':>9}{'cpu':>9}{'peak':>10}")
        for name, runs in found.items():
            median = statistics.median(run.seconds for run in runs)
            least = min(run.seconds for run in runs)
            processor = min(run.processor for run in runs)
            peak = megabytes(max(run.kibibytes for run in runs))
            print(f"{name:<22}{median:>7.2f} s{least:>7.2f} s{processor:>7.2f} s{peak:>10}")


@contextmanager
def bench(
    description: str, more: Callable[[argparse.ArgumentParser], None] | None = None
) -> Iterator[Bench]:
    """Take the tree and the number of runs from the command line; `more` adds options."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("tree", nargs="?", type=Path, help="a git work tree of a kernel")
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each command")
    if more is not None:
        more(parser)
    options = parser.parse_args()
    tree = (options.tree or kernel_tree("6.1")).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        env = sealed_environment(Path(scratch))
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
        yield Bench(tree, options.runs, Path(scratch), env, options)


def search_alone(words: Iterable[str], globs: Iterable[str]) -> Command:
    """A git grep that only lists the files of the commit with one of `words`."""
    patterns = [argument for word in words for argument in ("-e", word)]
    pathspecs = [f":(glob){glob}" for glob in globs]
    return ["git", "grep", "-lwF", *patterns, "HEAD", "--", *pathspecs]


def megabytes(kibibytes: int) -> str:
    """A peak for the table. Linux counts what a child was forked from as the child's, too, so a
    peak no higher than our own is only known not to be more."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{'<' if kibibytes <= own else ''}{kibibytes * 1.024e-3:.0f} MB"
