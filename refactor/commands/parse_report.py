"""`treewide rules parse-report`: how much of a tree the parser understands, and what not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from refactor.c.causes import Trouble, troubles
from refactor.c.syntax import parse
from refactor.rewrite.pool import spread
from refactor.tree.commit import open_tree
from refactor.tree.tree import SIZE_LIMIT, Blob, KernelTree

WORDS = ("include", "define", "int", "void", "struct", "static", "return", "if")
"""Nearly every file of C has one of these."""


@dataclass(frozen=True, slots=True)
class Share:
    """What of some files is understood."""

    kind: str
    files: int
    clean: int
    lines: int
    understood: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, and for each cause the places, `path:line`, as they come."""

    shares: tuple[Share, ...]
    causes: Mapping[str, list[str]]


def run(path: Path, sample: int, seed: int, jobs: int) -> Report:
    """Parse `sample` .c files of a tree and as many headers, 0 for all of them."""
    tree = open_tree(path, is_any=True)
    causes: dict[str, list[str]] = {}
    shares = tuple(_share(tree, suffix, sample, seed, jobs, causes) for suffix in (".c", ".h"))
    ordered = dict(sorted(causes.items(), key=lambda one: (-len(one[1]), one[0])))
    return Report(shares, ordered)


def sampled(tree: KernelTree, suffix: str, sample: int, seed: int) -> Iterable[Blob]:
    """`sample` files of a tree with this suffix, 0 for all of them; the same ones for a seed."""
    paths = tree.search(WORDS, [f"**/*{suffix}"])()
    if sample and sample < len(paths):
        paths = sorted(random.Random(seed).sample(paths, sample))
    sizes = tree.sizes(paths)
    return tree.read(each for each in paths if sizes.get(each, 0) <= SIZE_LIMIT).values()


def _share(
    tree: KernelTree,
    suffix: str,
    sample: int,
    seed: int,
    jobs: int,
    causes: dict[str, list[str]],
) -> Share:
    blobs = sampled(tree, suffix, sample, seed)
    files = clean = lines = understood = 0
    for blob, found in spread(_troubles, blobs, _size, jobs):
        total = blob.data.count(b"\n") + 1
        odd = {line for each in found for line in range(each.first, each.last + 1)}
        files, clean = files + 1, clean + (not found)
        lines, understood = lines + total, understood + total - len(odd)
        for each in found[:1]:  # what comes behind the first may be its consequence
            causes.setdefault(each.cause, []).append(f"{blob.path}:{each.first}")
    return Share(suffix, files, clean, lines, understood)


def _troubles(blob: Blob) -> list[Trouble]:
    return list(troubles(parse(blob.path, blob.data)))


def _size(blob: Blob) -> int:
    return len(blob.data)
