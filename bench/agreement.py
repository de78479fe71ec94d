"""Compare what a kernel's own scripts do here with what they do in spatch, place by place.

    python -m bench.agreement TREE MODE FOLDER... [--script NAME]... [--files N] [--keep DIR]

MODE is `patch` or `report`. spatch gets the files of a folder that have the words of the script
(`bench.drawn`) and no headers beside them; with `--files` both programs get N of these. A place is
a file and a line: where a message is, or where a run of changed lines begins. What one program has
and the other has not is explained in bench/agreement.toml, or named in full. A file that spatch
gives up is left out. As spatch takes minutes for a script and a large folder, what it says can be
kept.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from bench.drawn import Heard, draw, lay_out, signs
from bench.scripts import loading
from bench.timing import TREEWIDE
from tests.support import PROJECT

REASONS = PROJECT / "bench" / "agreement.toml"
SECONDS = 60
"""How long spatch may take for a script and a file."""

Place = tuple[str, int]
"""A file, and a line of it, from 1."""


class Compared(NamedTuple):
    """What a script did in some folders, by place: the message, or the tokens of the new lines."""

    ours: dict[Place, str]
    theirs: dict[Place, str]
    files: int = 0
    """How many spatch has read."""

    @property
    def differing(self) -> list[Place]:
        """The places where they differ; none in a file in which the same tokens go and come: the
        lines of one program can be one run where those of the other one are two."""
        places = sorted(self.ours.keys() | self.theirs.keys())
        differ = [each for each in places if self.ours.get(each) != self.theirs.get(each)]
        paths = {path for path, _ in differ}
        edits = {path: _edits(self.ours, path) for path in paths}
        alike = {path for path in paths if edits[path] == _edits(self.theirs, path) is not None}
        return [each for each in differ if each[0] not in alike]


def main() -> None:
    """Print the table, and below it what differs."""
    parser = argparse.ArgumentParser(description="Compare the scripts of a kernel with spatch.")
    parser.add_argument("tree", type=Path)
    parser.add_argument("mode", choices=("patch", "report"))
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--script", action="append", help="only this one, as null/eno")
    parser.add_argument("--keep", type=Path, help="a folder that keeps what spatch prints")
    parser.add_argument("--files", type=int, metavar="N", help="give spatch N of a folder at most")
    options = parser.parse_args()
    scripts = options.script or loading(options.tree, options.mode)
    found = {script: Compared({}, {}) for script in scripts}
    for folder in options.folders:
        whole: Mapping[str, Mapping[Place, str]] = {}
        if options.files is None:
            whole = _ours(options.tree, options.tree, options.mode, scripts, folder)
        for script in scripts:
            heard = _heard(options.tree, options.mode, script, folder, options.files, options.keep)
            theirs = (messages if options.mode == "report" else changes)(heard.printed)
            if options.files is None:
                mine = {at: it for at, it in whole[script].items() if at[0] not in heard.given_up}
            else:
                with tempfile.TemporaryDirectory() as place:
                    lay_out(options.tree, sorted(heard.read), Path(place))
                    (Path(place) / folder).mkdir(parents=True, exist_ok=True)
                    mine = {
                        **_ours(options.tree, Path(place), options.mode, [script], folder)[script]
                    }
            known = found[script]
            both = {**known.ours, **mine}, {**known.theirs, **theirs}
            found[script] = Compared(*both, known.files + len(heard.read))
    print("\n".join(page(found, tomllib.loads(REASONS.read_text()))))


def _file(tree: Path, script: str) -> Path:
    return tree / "scripts" / "coccinelle" / f"{script}.cocci"


def _heard(
    tree: Path, mode: str, script: str, folder: str, most: int | None, keep: Path | None
) -> Heard:
    """What spatch says of a folder, or has said already."""
    name = "-".join([*script.split("/"), *([] if most is None else [str(most)])])
    kept = keep / mode / folder.replace("/", "-") / f"{name}.json" if keep else None
    if kept and kept.is_file():
        return Heard.load(kept.read_text())
    heard = _spatch(tree, mode, script, draw(tree, folder, signs(script), most))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(heard.dump())
    return heard


def _spatch(tree: Path, mode: str, script: str, paths: Sequence[str]) -> Heard:
    if not paths:
        return Heard("", frozenset(), frozenset())
    command = ["spatch", "-D", mode, "--no-includes", "--include-headers", "--very-quiet"]
    command += ["--timeout", str(SECONDS), "--cocci-file", str(_file(tree.absolute(), script))]
    with tempfile.TemporaryDirectory() as place:
        lay_out(tree, paths, Path(place))
        done = subprocess.run([*command, "--dir", "."], cwd=place, capture_output=True, check=False)
    words = done.stderr.decode("latin-1")
    if done.returncode:
        print(f"{script}: spatch ends with {done.returncode}: {words[-200:]}", file=sys.stderr)
    ends = re.findall(r"^EXN: .* in (?:\./)?(\S+)$", words, flags=re.MULTILINE)
    return Heard(done.stdout.decode("latin-1"), frozenset(paths) - {*ends}, frozenset(ends))


def _ours(
    tree: Path, place: Path, mode: str, scripts: Sequence[str], folder: str
) -> Mapping[str, Mapping[Place, str]]:
    """What the scripts of a tree do in a folder that is laid out at a place, or in the tree."""
    if mode == "report":
        return _reported(tree, scripts, place, folder)
    return {script: _changed(tree, script, place, folder) for script in scripts}


def _reported(
    tree: Path, scripts: Sequence[str], place: Path, folder: str
) -> Mapping[str, Mapping[Place, str]]:
    """What all of the scripts report here, in one pass."""
    rules = [argument for script in scripts for argument in ("-r", str(_file(tree, script)))]
    options = ("--no-cache", "--format", "gcc", "-D", "report")
    printed = _treewide("check", *options, *rules, str(place / folder))
    rows: dict[str, list[str]] = {}
    for row in printed.splitlines():
        if code := re.search(r" \[([\w-]+)(?:/\w+)?\]$", row):
            rows.setdefault(code[1], []).append(row)
    return {
        script: _below(folder, messages("\n".join(rows.get(Path(script).name, []))))
        for script in scripts
    }


def _changed(tree: Path, script: str, place: Path, folder: str) -> Mapping[Place, str]:
    options = ["-q", "--allow-refused", "-D", "patch", "-r", str(_file(tree, script))]
    return _below(folder, changes(_treewide("diff", *options, str(place / folder))))


def _below(folder: str, places: Mapping[Place, str]) -> dict[Place, str]:
    """The places with their paths in the tree, if they are told below the folder."""
    inside = f"{folder}/"
    return {
        (path if path.startswith(inside) else f"{inside}{path}", line): said
        for (path, line), said in places.items()
    }


def _treewide(*arguments: str) -> str:
    done = subprocess.run([TREEWIDE, *arguments], capture_output=True, check=False)
    if done.returncode not in (0, 1, 5):
        print(f"{arguments}: {done.stderr.decode()}", file=sys.stderr)
    return done.stdout.decode("latin-1")


# ------------------------------------------------------------------------ what is printed


def messages(printed: str) -> dict[Place, str]:
    """What lines like those of a compiler say, by place; several messages of a place as one. There
    are no blanks beside brackets, as spatch has others than the file."""
    found: dict[Place, str] = {}
    for row in printed.splitlines():
        if match := re.match(r"(\S+?):(\d+):(?:\d+)?(?:-\d+)?: (.*?)(?: \[[\w/-]+\])?$", row):
            said = re.sub(r"^(error|warning|note): ", "", match[3])
            said = re.sub(r" ?([][()]) ?", r"\1", said)  # spatch prints an expression anew
            at = os.path.normpath(match[1]), int(match[2])
            found[at] = " / ".join(sorted({said, *filter(None, found.get(at, "").split(" / "))}))
    return found


def changes(diff: str) -> dict[Place, str]:
    """Of a diff: each run of changed lines, with the tokens that go and those that come."""
    found: dict[Place, str] = {}
    path, line, begin = "", 0, 0
    gone: list[str] = []
    come: list[str] = []

    def end() -> None:
        old, new = _tokens(gone), _tokens(come)
        if old != new:
            found[path, begin] = f"{' '.join(old)} -> {' '.join(new)}"
        gone.clear()
        come.clear()

    for row in [*diff.split("\n"), " "]:
        if row.startswith(("--- ", "diff ", "+++ ")) and not _is_hunk(row, gone):
            end()
            if row.startswith("--- "):
                path = os.path.normpath(re.sub(r"^a/", "", row[4:].split("\t")[0]).lstrip("/"))
        elif row.startswith("@@"):
            end()
            line = int(row.split("-")[1].split(" ")[0].split(",")[0])
        elif row.startswith(("-", "+")):
            begin = begin if gone or come else line
            (gone if row[0] == "-" else come).append(row[1:])
            line += row[0] == "-"
        elif row.startswith(" "):
            end()
            line += 1
    return found


def _is_hunk(row: str, gone: Sequence[str]) -> bool:
    """True for a removed line that looks like the head of a file: `--- x` of `-- x`."""
    return row.startswith("--- ") and bool(gone)


def _tokens(lines: Sequence[str]) -> list[str]:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", "\n".join(lines), flags=re.DOTALL)
    return re.findall(r'"(?:\\.|[^"\\])*"|\w+|[^\s\w]', text)


def _edits(places: Mapping[Place, str], path: str) -> list[tuple[list[str], list[str]]] | None:
    """What goes and comes in a file, token by token, in order; None if it is not changes."""
    found: list[tuple[list[str], list[str]]] = []
    for at in sorted(each for each in places if each[0] == path):
        old, arrow, new = (f" {places[at]} ").partition(" -> ")
        if not arrow:
            return None
        before, after = old.split(), new.split()
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for kind, low, high, start, end in matcher.get_opcodes():
            if kind != "equal":
                found.append((before[low:high], after[start:end]))
    return found


# ------------------------------------------------------------------------ the page


def page(found: Mapping[str, Compared], reasons: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The table, and each place that differs, with its reason or with what both have there."""
    yield "| script | files | here | spatch | both | differ |"
    yield "|---|---|---|---|---|---|"
    for script, each in found.items():
        both = sum(each.ours[at] == each.theirs.get(at) for at in each.ours)
        if each.ours or each.theirs:
            row = script, each.files, len(each.ours), len(each.theirs), both, len(each.differing)
            yield f"| {' | '.join(map(str, row))} |"
    none = [f"{script} ({each.files})" for script, each in found.items() if not any(each[:2])]
    yield f"\nNo place in either program, of so many files: {', '.join(none) or 'none'}.\n"
    for script, each in found.items():
        known = reasons.get(script, {})
        for path, line in each.differing:
            why = known.get(f"{path}:{line}", known.get(path, known.get("*")))
            yield f"- {script}: {path}:{line}: {why or 'not explained yet'}"
            if not why:
                for name, side in (("here", each.ours), ("spatch", each.theirs)):
                    yield f"    {name}: {side.get((path, line), 'nothing')}"


if __name__ == "__main__":
    main()
