"""Time one rule in all of a kernel with git grep, spatch, ast-grep and treewide; write it down.

    python -m bench.kzalloc [TREE] [--folder drivers/net] [--runs N] [--no-growth]

The rule adds a flag to every call of kzalloc(), in 6,000 files of a whole kernel. spatch takes some
ten minutes for that, so --folder is for a first look. What is not installed is left out. The places
that each program changes are compared. docs/benchmarks.md and docs/growth.svg are written.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import svg
from bench.timing import TREEWIDE, Bench, Command, Measurement, bench
from tests.support import PROJECT

RULE = PROJECT / "bench" / "kzalloc.cocci"
PAGE = PROJECT / "docs" / "benchmarks.md"
PICTURE = PROJECT / "docs" / "growth.svg"
WORD = re.compile(rb"\bkzalloc\b")
CORES = len(os.sched_getaffinity(0))

FILES = (250, 500, 1000, 2000)
MATCHES = (500, 1000, 2000, 4000)
IN_A_FILE = 8

Place = tuple[str, int]
"""A file, and the line of the call, from 1."""


class Program(NamedTuple):
    """How a program is called, and how its output tells the places that it changes."""

    command: Command
    places: Callable[[Path, bytes], set[Place]]


def main() -> None:
    with bench("Compare programs in a kernel.", _arguments) as here:
        programs = _programs(here)
        times: dict[str, list[Measurement]] = {name: [] for name in programs}
        places: dict[str, set[Place]] = {}
        for run in range(here.runs):
            for name, program in programs.items():
                output = here.scratch / "output"
                times[name].append(here.measure(program.command, output))
                if run == 0:
                    places[name] = program.places(here.tree, output.read_bytes())
                print(f"{name}: {times[name][-1].seconds:.1f} s", file=sys.stderr)
        growth = "" if here.options.no_growth else _growth(here)
        text = "\n".join((*_head(here), *_table(times), *_compared(places), growth))
        PAGE.write_text(text.rstrip() + "\n")
        print(text)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", help="only this folder of the tree")
    parser.add_argument("--no-growth", action="store_true", help="leave the growth out")
    parser.set_defaults(runs=1)


def _programs(here: Bench) -> dict[str, Program]:
    folder = here.options.folder
    glob = "**" if folder == "." else f"{folder}/**"
    found: dict[str, Program] = {
        "git grep": Program(["git", "grep", "-lw", "kzalloc", "--", f":(glob){glob}"], _none),
        "treewide": Program(
            [TREEWIDE, "diff", "-q", "--allow-refused", "-r", RULE, "--path", glob, here.tree],
            _changed,
        ),
    }
    if shutil.which("ast-grep"):
        pattern, rewritten = "kzalloc($E, $F)", "kzalloc($E, $F | __GFP_ACCOUNT)"
        found["ast-grep"] = Program(
            ["ast-grep", "run", "-l", "c", "-p", pattern, "-r", rewritten, "--json=stream", folder],
            _listed,
        )
    if shutil.which("spatch"):
        options = ["--very-quiet", "--no-includes", "--use-gitgrep", "-j", str(CORES)]
        found["spatch"] = Program(
            ["spatch", *options, "--sp-file", RULE, "--dir", folder],
            # What spatch prints is relative to the folder that it was given.
            lambda tree, output: {
                (os.path.normpath(f"{folder}/{path}"), line)
                for path, line in _changed(tree / folder, output)
            },
        )
    return found


# ------------------------------------------------------------------------ what was changed


def _none(tree: Path, output: bytes) -> set[Place]:
    return set()


def _listed(tree: Path, output: bytes) -> set[Place]:
    """Of ast-grep's lines of JSON, whose lines begin with 0."""
    matches = [json.loads(line) for line in output.splitlines()]
    return {
        (os.path.normpath(match["file"]), match["range"]["start"]["line"] + 1) for match in matches
    }


def _changed(tree: Path, output: bytes) -> set[Place]:
    """Of a diff: a removed block is in the calls that begin in it, and in the one it begins in."""
    found = set()
    for path, blocks in _blocks(output):
        lines = (tree / path).read_bytes().split(b"\n")
        words = [number for number, line in enumerate(lines, 1) if WORD.search(line)]
        for first, last in blocks:
            found |= {(path, number) for number in words if first <= number <= last}
            before = [number for number in words if number < first][-1:]
            found |= {
                (path, number) for number in before if _is_open(lines[number - 1 : first - 1])
            }
    return found


def _is_open(lines: Sequence[bytes]) -> bool:
    """True if a call that begins in the first of some lines has not ended in the last one."""
    text = b"\n".join(lines)
    begin = max(match.start() for match in WORD.finditer(lines[0]))
    return text.count(b"(", begin) > text.count(b")", begin)


def _blocks(diff: bytes) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """For each file of a diff, the first and the last line of each removed block."""
    path, blocks, line = "", list[tuple[int, int]](), 0
    for row in diff.split(b"\n"):
        if row.startswith(b"--- "):
            if blocks:
                yield path, blocks
            path = row[4:].split(b"\t")[0].decode().removeprefix("a/").removeprefix("./")
            blocks = []
        elif row.startswith(b"@@"):
            line = int(row.split(b"-")[1].split(b" ")[0].split(b",")[0])
        elif row.startswith(b"-"):
            if blocks and blocks[-1][1] == line - 1:
                blocks[-1] = (blocks[-1][0], line)
            else:
                blocks.append((line, line))
            line += 1
        elif row.startswith(b" "):
            line += 1
    if blocks:
        yield path, blocks


# ------------------------------------------------------------------------ the page


def _head(here: Bench) -> Iterator[str]:
    given = " ".join(sys.argv[1:]).replace(str(Path.home()), "~")
    yield "# Benchmarks"
    yield ""
    yield f"Written by `python -m bench.kzalloc {given}`".rstrip() + " (`make bench`), on"
    yield f"{datetime.date.today()}: {_processor()}, {CORES} cores, load {os.getloadavg()[0]:.1f}"
    yield f"at the end of the runs; Python {platform.python_version()}, {_versions()}."
    yield ""
    where = "all of it" if here.options.folder == "." else f"its folder `{here.options.folder}`"
    yield f"The tree is {_kernel(here.tree)}, {where}. The rule:"
    yield ""
    yield from (f"    {line}" for line in RULE.read_text().splitlines())
    yield ""
    yield "Each program reads the same files, and prints what it would change. Peak memory is that"
    yield "of the largest process. On a machine with other things to do, CPU time tells more than"
    yield "wall time."
    yield ""


def _table(times: Mapping[str, Sequence[Measurement]]) -> Iterator[str]:
    ours = min(each.processor for each in times["treewide"])
    yield "| program | CPU, to treewide's | wall | CPU | peak memory |"
    yield "|---|---|---|---|---|"
    for name, runs in times.items():
        seconds = min(each.seconds for each in runs)
        processor = min(each.processor for each in runs)
        peak = max(each.kibibytes for each in runs) * 1.024e-3
        row = (
            f"{processor / ours:.2f}",
            f"{seconds:.1f} s",
            f"{processor:.1f} s",
            f"{peak:.0f} MB",
        )
        yield f"| {name} | {' | '.join(row)} |"
    yield ""


def _compared(places: Mapping[str, set[Place]]) -> Iterator[str]:
    ours = places["treewide"]
    yield f"treewide changes {len(ours)} places. The others, by file and line of the call:"
    yield ""
    yield "| program | places | treewide has not | only treewide has |"
    yield "|---|---|---|---|"
    others = {name: each for name, each in places.items() if name not in ("git grep", "treewide")}
    for name, theirs in others.items():
        yield f"| {name} | {len(theirs)} | {len(theirs - ours)} | {len(ours - theirs)} |"
    yield ""
    for name, theirs in others.items():
        for what, some in (("has", theirs - ours), ("has not", ours - theirs)):
            if some:
                shown = ", ".join(f"{path}:{line}" for path, line in sorted(some)[:SHOWN])
                more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
                yield f"What {name} {what} and treewide {_other(what)}: {shown}{more}."
                yield ""


SHOWN = 5
"""How many places that differ are named."""


def _other(what: str) -> str:
    return "has not" if what == "has" else "has"


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _versions() -> str:
    said = []
    for command in ("git", "spatch", "ast-grep"):
        if shutil.which(command):
            done = subprocess.run(
                [command, "--version"], capture_output=True, text=True, check=True
            )
            number = re.search(r"\d+(?:\.\d+)+", done.stdout)
            said.append(f"{command} {number[0] if number else ''}".rstrip())
    return ", ".join(said)


def _kernel(tree: Path) -> str:
    values = dict(re.findall(r"^(\w+) = (\w+)$", (tree / "Makefile").read_text(), re.MULTILINE))
    return f"Linux {values['VERSION']}.{values['PATCHLEVEL']}.{values['SUBLEVEL']}"


# ------------------------------------------------------------------------ growth


def _growth(here: Bench) -> str:
    """Measure made-up files, and write the picture."""
    panels = [
        _curve(here, "files", FILES, lambda number: (number, IN_A_FILE, 1)),
        _curve(here, "calls in one file", MATCHES, lambda number: (1, number, 1)),
        _curve(
            here, "processes", range(1, CORES + 1), lambda number: (FILES[-1], IN_A_FILE, number)
        ),
    ]
    PICTURE.write_text(svg.picture(panels))
    rows = [
        f"| {panel.title} | {number:g} | {seconds:.2f} s |"
        for panel in panels
        for number, seconds in panel.points
    ]
    return "\n".join(
        (
            "## Growth",
            "",
            f"Made-up files, {IN_A_FILE} calls in each where their number grows: CPU time with one",
            f"process, and wall time of {FILES[-1]} files with more.",
            "",
            "![CPU time against files and calls, wall time against processes](growth.svg)",
            "",
            "| what grows | to | time |",
            "|---|---|---|",
            *rows,
        )
    )


def _curve(
    here: Bench, title: str, numbers: Sequence[int], sizes: Callable[[int], tuple[int, int, int]]
) -> svg.Panel:
    points = []
    for number in numbers:
        files, calls, jobs = sizes(number)
        tree = here.scratch / f"{files}-{calls}"
        if not tree.is_dir():
            _make(tree, files, calls)
        command: Command = [TREEWIDE, "diff", "-q", "-j", str(jobs), "-r", RULE, tree]
        runs = [here.measure(command) for _ in range(2)]
        is_wall = title == "processes"
        points.append(
            (float(number), min(each.seconds if is_wall else each.processor for each in runs))
        )
    return svg.Panel(title, points)


def _make(tree: Path, files: int, calls: int) -> None:
    """Files with functions, one call in each, and as much code without one."""
    tree.mkdir()
    for file in range(files):
        functions = [
            f"""\
static int fill_{number}(struct item *item)
{{
	item->count = {number};
	item->data = kzalloc(sizeof(*item->data) * item->count, GFP_KERNEL);
	if (!item->data)
		return -ENOMEM;
	return 0;
}}

static int sum_{number}(const struct item *item)
{{
	int sum = 0;

	for (int i = 0; i < item->count; i++)
		sum += item->data[i].value;
	return sum;
}}
"""
            for number in range(calls)
        ]
        (tree / f"file_{file}.c").write_text("\n".join(functions))


if __name__ == "__main__":
    main()
