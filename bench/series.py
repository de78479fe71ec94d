"""Time `treewide series` on a real kernel against two things one could do instead.

    python -m bench.series [TREE] [--runs N]

The search only lists the files that mention a word of the rule; `spatch` (package coccinelle) does
only the rewrite of the calls, and only in the files that the series turned out to touch. Without
TREE the linux 6.1 of the tests is used.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.timing import TREEWIDE, Command, bench, search_alone
from refactor.commands.common import DEFAULT_RULE, find_helper_rule
from refactor.plan.search import KCONFIG
from tests.support import PROJECT

# What issue and README promise of a whole series, on 2 cores.
AIM_SECONDS = 0.8
AIM_MEGABYTES = 150


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


def main() -> None:
    rule, _ = find_helper_rule(DEFAULT_RULE)
    words = [rule.entry, rule.helper.name, *rule.options]
    with bench("Time treewide series on a real kernel.") as here:
        outgoing = here.scratch / "outgoing"
        commands: dict[str, Command] = {
            "treewide series": [TREEWIDE, "series", here.tree, "--output", outgoing],
            "its search alone": search_alone(words, [*rule.paths, *KCONFIG]),
        }
        here.measure(commands["treewide series"])
        if shutil.which("spatch"):
            cocci = PROJECT / "bench" / "vm_flags.cocci"
            files = touched_sources(outgoing)
            commands["spatch, calls alone"] = ["spatch", "--very-quiet", "--sp-file", cocci, *files]
        else:
            print("spatch is not installed (apt-get install coccinelle): left out")
        here.compare(commands)
        aim = f"{AIM_SECONDS:>7.2f} s{'':>18}{AIM_MEGABYTES:>7.0f} MB"
        print(f"{'aim for the series':<22}{aim}")


if __name__ == "__main__":
    main()
