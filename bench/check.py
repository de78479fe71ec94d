"""Time `treewide check` of a whole kernel against the search that it begins with.

    python -m bench.check [TREE] [--runs N]

The search only lists the files that mention a word of the rule or of its findings. Without TREE the
linux 6.1 of the tests is used.
"""

from __future__ import annotations

from pathlib import Path

from bench.timing import TREEWIDE, bench, search_alone
from refactor.check.catalog import HelperCatalog
from refactor.commands.check import catalog_of
from refactor.commands.common import DEFAULT_RULE, find_helper_rule
from refactor.plan.search import KCONFIG

# What the issue promises of a whole tree.
AIM_SECONDS = 0.5


def main() -> None:
    rule, _ = find_helper_rule(DEFAULT_RULE)
    catalog = catalog_of(rule)
    assert isinstance(catalog, HelperCatalog)
    words = [*rule.searched, *catalog.redundant.rule.words, *catalog.options]
    globs = [*rule.paths, *catalog.paths, *KCONFIG]
    with bench("Time treewide check on a real kernel.") as here:
        # It is clean with a baseline, and no other status is taken for a success.
        baseline = here.scratch / "accepted"
        check: list[str | Path] = [TREEWIDE, "check", here.tree, "-q", "--baseline", baseline]
        here.measure([*check, "--write-baseline"])
        here.compare({"treewide check": check, "its search alone": search_alone(words, globs)})
        print(f"{'aim for the check':<22}{AIM_SECONDS:>7.2f} s")


if __name__ == "__main__":
    main()
