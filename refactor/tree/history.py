"""What the last commits have touched, and how their subjects begin: as people look it up."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from refactor.tree.commit import GitTree
from refactor.tree.git import GitError
from refactor.tree.tree import KernelTree

COMMITS = 20_000
"""How many commits are looked through: a year of the kernel takes git some ten seconds."""

ENOUGH = 10
"""After so many commits that touched a patch's files no more are counted for it."""

WIDE = 50
"""A commit of more files than this was treewide itself, and its prefix says nothing of one part."""

# `drm/amd: `, `net: hns3: `, `usb: typec: tcpm: `: words with a colon behind them, before the rest.
_PREFIX = re.compile(r"(?:[\w/,.+*&()\[\]-]+(?: [\w/,.+*&()\[\]-]+)?:\s+)+(?=\S)")
_NO_PREFIX = re.compile(r"(?:Revert|Merge|Fixes|Reapply)\b", re.IGNORECASE)


def prefixes(tree: KernelTree, wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For each group of files in `wanted`: the most frequent prefix of what touched them last.

    Of two that are as frequent, the one of the latest commit. A group whose files have no history,
    or no prefixes in it, is left out, and so are all of them in a tree without history.
    """
    group_of = {path: name for name, paths in wanted.items() for path in paths}
    counts: dict[str, Counter[str]] = {name: Counter() for name in wanted}
    left = set(wanted)
    for subject, paths in _commits(tree):
        match = _PREFIX.match(subject)
        if match is None or _NO_PREFIX.match(subject) or len(paths) > WIDE:
            continue
        prefix = " ".join(match[0].split())
        for name in {group_of[path] for path in paths if path in group_of} & left:
            counts[name][prefix] += 1
            if counts[name].total() == ENOUGH:
                left.discard(name)
        if not left:
            break
    # A Counter keeps the order in which its keys came, so the latest one wins a tie.
    return {name: count.most_common(1)[0][0] for name, count in counts.items() if count}


def _commits(tree: KernelTree) -> Iterator[tuple[str, Sequence[str]]]:
    """Subject and files of each commit, the latest first; nothing where git cannot tell them."""
    if not isinstance(tree, GitTree):
        return
    # The plumbing, which obeys no setting of the repository by which git log would run a program.
    arguments = [
        "rev-list", "--no-merges", f"--max-count={COMMITS}", "--min-parents=1", tree.base,
    ]  # fmt: skip
    try:
        commits = tree.git.run(*arguments)
        if not commits:
            return
        options = ["--stdin", "-r", "-z", "--name-only", "--no-renames", "--encoding=UTF-8"]
        listing = tree.git.start("diff-tree", *options, "--format=%x01%s")
        yield from _records(listing.finish(commits))
    except GitError:  # a partial clone lacks the trees; then the paths have to say it
        return


def _records(listing: bytes) -> Iterator[tuple[str, Sequence[str]]]:
    for record in listing.split(b"\x01")[1:]:
        subject, _, names = record.partition(b"\0")
        listed = names.lstrip(b"\n").split(b"\0")
        yield subject.decode(errors="replace"), [os.fsdecode(name) for name in listed if name]
