"""Measure what the mask does to the files that `treewide rules parse-report` counts.

    python -m bench.parse_rate TREE [--files 600] [--seed 1] [--jobs 2] [--spatch] [--headers]

A file is clean if the parser understands all of it. `harmed` lists the files that are clean in
plain C and not clean once masked: it should be empty. With `--spatch` the same files are read by
`spatch --parse-c` too, which says how many lines of each it has understood.
"""

from __future__ import annotations

import argparse
import functools
import gc
import multiprocessing
import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import tree_sitter_c
from tree_sitter import Language, Parser

from refactor.c.causes import troubles
from refactor.c.dialect import mask
from refactor.c.syntax import parse
from refactor.commands.parse_report import sampled
from refactor.process import FEW
from refactor.tree.commit import open_tree
from refactor.tree.tree import Blob


class Result(NamedTuple):
    """What one file gave: `seconds` is the time of `mask` alone."""

    path: str
    plain: bool
    masked: bool
    size: int
    seconds: float
    lines: int
    lost: int
    """Lines that are not understood."""


@functools.cache
def parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def measure(blob: Blob) -> Result:
    begin = time.process_time()
    mask(blob.data)
    seconds = time.process_time() - begin
    plain = not parser().parse(blob.data).root_node.has_error
    source = parse(blob.path, blob.data)
    odd = {line for each in troubles(source) for line in range(each.first, each.last + 1)}
    masked = not source.root.has_error
    lines = blob.data.count(b"\n") + 1
    return Result(blob.path, plain, masked, len(blob.data), seconds, lines, len(odd))


def other(path: Path) -> tuple[int, int]:
    """The lines of a file that spatch understands, and those that it does not; (0, 1) in doubt."""
    try:
        done = subprocess.run(
            ["spatch", "--parse-c", path], capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return 0, 1
    found = COUNTED.findall(done.stdout + done.stderr)
    return (int(found[-1][0]), int(found[-1][1])) if found else (0, 1)


LIMIT = 60
"""Seconds for a file of spatch."""

COUNTED = re.compile(rb"nb good = (\d+),\s+nb bad = (\d+)")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("tree", type=Path)
    options.add_argument(
        "--files", type=int, default=600, help="size of the sample, 0 for every file"
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--dirty", action="store_true", help="list the files that stay unclean")
    options.add_argument("--headers", action="store_true", help="of headers instead of .c files")
    options.add_argument("--spatch", action="store_true", help="beside spatch --parse-c")
    given = options.parse_args()

    gc.set_threshold(FEW, 20, 20)  # as a command does
    suffix = ".h" if given.headers else ".c"
    blobs = sampled(open_tree(given.tree, is_any=True), suffix, given.files, given.seed)
    with multiprocessing.Pool(given.jobs) as pool:
        results = pool.map(measure, blobs, chunksize=16)
        paths = [given.tree / each.path for each in results] if given.spatch else []
        others = pool.map(other, paths, chunksize=1)

    if given.dirty:
        for result in results:
            if not result.masked:
                print(f"dirty: {result.path}")
    for result in results:
        if result.plain and not result.masked:
            print(f"harmed: {result.path}")
    plain = sum(result.plain for result in results)
    masked = sum(result.masked for result in results)
    harmed = sum(result.plain and not result.masked for result in results)
    seconds = sum(result.seconds for result in results)
    size = sum(result.size for result in results)
    print(
        f"{len(results)} files: plain {plain / len(results):.1%},"
        f" masked {masked / len(results):.1%},"
        f" harmed {harmed}; mask takes {seconds / len(results) * 1e3:.1f} ms a file,"
        f" {size / seconds / 1e6:.2f} MB/s"
    )
    lost, lines = sum(each.lost for each in results), sum(each.lines for each in results)
    print(f"{1 - lost / lines:.3%} of {lines} lines understood")
    if others:
        clean = sum(not bad for _, bad in others)
        good, bad = (sum(each) for each in zip(*others, strict=True))
        print(
            f"spatch: {clean / len(others):.1%} of the files,"
            f" {good / (good + bad):.3%} of the lines that it counts"
        )


if __name__ == "__main__":
    main()
