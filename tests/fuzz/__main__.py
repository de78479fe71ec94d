"""python -m tests.fuzz [--count N] [--seed S] [--tree KERNEL] [--only files|patches|meaning]"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from refactor.process import DEPTH
from tests.fuzz import files, meaning, patches

SHARES = {"files": 0.6, "patches": 0.3, "meaning": 0.1}
"""Of the count, for each kind; of `meaning` a function counts as one."""


def main() -> int:
    """Attack; print each failure, with the seed that makes it, and figures at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tree", type=Path, help="a kernel, for more files and patches")
    options.add_argument("--only", choices=sorted(SHARES))
    options.add_argument("--keep", type=Path, help="a folder for what failed")
    given = options.parse_args()
    sys.setrecursionlimit(DEPTH)
    failures = 0
    for kind, share in SHARES.items():
        if given.only in (None, kind):
            count = given.count if given.only else int(given.count * share)
            failures += run(kind, count, given.seed, given.tree, given.keep)
    return 1 if failures else 0


def run(kind: str, count: int, seed: int, tree: Path | None, keep: Path | None = None) -> int:
    """`count` attacks of one kind; returns how many failed."""
    begin = time.process_time()
    failed: Counter[str] = Counter()
    subjects = [each for each in files.subjects(tree) if each.files] if kind == "files" else []
    texts = patches.texts(tree) if kind == "patches" else []
    programs = meaning.programs() if kind == "meaning" else {}
    done = changed = number = 0
    while done < count:
        number += 1
        source = random.Random(f"{kind} {seed} {number}")
        if kind == "files":
            subject = source.choice(subjects)
            data, problems = files.attack(source, subject)
            name, step = subject.name, 1
        elif kind == "patches":
            data, problems = patches.attack(source, texts)
            name, step = "", 1
        else:
            data, problems, some = meaning.attack(source, programs)
            changed += some
            name, step = "", meaning.TOGETHER
        done += step
        for problem in problems:
            last = problem.strip().splitlines()[-1]
            failed[last] += 1
            if failed[last] <= 3:
                print(f"{kind} {seed} {number} {name}: {problem}", flush=True)
                if keep is not None:
                    keep.mkdir(exist_ok=True)
                    (keep / f"{kind}-{seed}-{number}-{name}").write_bytes(data)
    seconds = time.process_time() - begin
    more = f", {changed} functions changed" if changed else ""
    total = sum(failed.values())
    print(
        f"{kind}: {done} mutants{more}, {total} failures, {seconds:.0f} s of this process",
        flush=True,
    )
    return total


if __name__ == "__main__":
    sys.exit(main())
