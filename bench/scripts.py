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
    found: dict[str, str] = {}
    files = _having(tree, mode)
    for file in files:
        try:
            load(file, {}, (mode, "context", "patch"))
        except RuleError as error:
            found[file.stem] = error.message
    return len(files), found


def loading(tree: Path, mode: str) -> list[str]:
    """The scripts that load in a mode, as `null/eno`."""
    folder = tree / "scripts" / "coccinelle"
    names = [str(file.relative_to(folder).with_suffix("")) for file in _having(tree, mode)]
    refused = refusals(tree, mode)[1]
    return [name for name in names if Path(name).name not in refused]


def _having(tree: Path, mode: str) -> list[Path]:
    """Those with a mode: all of them can report."""
    files = sorted((tree / "scripts" / "coccinelle").rglob("*.cocci"))
    declared = re.compile(rb"^virtual.*\bpatch\b", re.MULTILINE)
    return [file for file in files if mode != "patch" or declared.search(file.read_bytes())]


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
