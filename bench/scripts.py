"""Which of a kernel's semantic patches load, in patch and in report mode: a table of docs/smpl.md.

python -m bench.scripts TREE
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from refactor.errors import RuleError
from refactor.rule.smpl.load import load


def refusals(tree: Path, mode: str) -> tuple[int, dict[str, str]]:
    """How many scripts have a mode (all of them can report), and why some do not load in it."""
    count = 0
    found: dict[str, str] = {}
    for file in sorted((tree / "scripts" / "coccinelle").rglob("*.cocci")):
        text = file.read_bytes().decode("latin-1")
        if mode == "patch" and not re.search(r"^virtual.*\bpatch\b", text, re.MULTILINE):
            continue
        count += 1
        try:
            load(file, {}, (mode, "context", "patch"))
        except RuleError as error:
            found[file.stem] = error.message
    return count, found


def main() -> None:
    """Print the table."""
    tree = Path(sys.argv[1])
    print("| mode | load | refused |\n|---|---|---|")
    for mode in ("patch", "report"):
        count, found = refusals(tree, mode)
        why = ", ".join(f"`{name}` ({message})" for name, message in found.items())
        print(f"| `{mode}` | {count - len(found)} of {count} | {why} |")


if __name__ == "__main__":
    main()
