"""Measure what the mask does to the files that `treewide rules parse-report` counts.

    python -m bench.parse_rate TREE [--files 600] [--seed 1] [--jobs 2]

A file is clean if the parser understands all of it. `harmed` lists the files that are clean in
plain C and not clean once masked: it should be empty.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import time
from pathlib import Path
from typing import NamedTuple

import tree_sitter_c
from tree_sitter import Language, Parser

from refactor.c.dialect import mask
from refactor.c.syntax import parse
from refactor.commands.parse_report import sampled
from refactor.tree.commit import open_tree
from refactor.tree.tree import Blob


class Result(NamedTuple):
    """What one file gave: `seconds` is the time of `mask` alone."""

    path: str
    plain: bool
    masked: bool
    size: int
    seconds: float


@functools.cache
def parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def measure(blob: Blob) -> Result:
    begin = time.process_time()
    mask(blob.data)
    seconds = time.process_time() - begin
    plain = not parser().parse(blob.data).root_node.has_error
    masked = not parse(blob.path, blob.data).root.has_error
    return Result(blob.path, plain, masked, len(blob.data), seconds)


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
    given = options.parse_args()

    blobs = sampled(open_tree(given.tree, is_any=True), ".c", given.files, given.seed)
    with multiprocessing.Pool(given.jobs) as pool:
        results = pool.map(measure, blobs, chunksize=16)

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
        f" {seconds / size * 70e6:.1f} ms for 70 KB"
    )


if __name__ == "__main__":
    main()
