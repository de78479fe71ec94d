"""Time one rule in a kernel with git grep, spatch, ast-grep and treewide; write it down.

    python -m bench.kzalloc [TREE] [--folder F] [--spatch F] [--runs N] [--part growth|programs]

The rule adds a flag to every call of kzalloc(), in 6,000 files of a whole kernel. spatch takes some
ten minutes for that, so it is compared in a folder of its own, drivers/net unless --spatch says
another; `--spatch .` is all of the tree. ast-grep is `pip install ast-grep-cli`. What is not
installed is left out. The places that each program changes are compared, and bench/differences.toml
explains those that are known to differ. docs/benchmarks.md and docs/growth.svg are written; with
--part the other one stays in them as it is.
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
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import svg
from bench.timing import TREEWIDE, Bench, Command, Measurement, bench
from tests.support import PROJECT

RULE = PROJECT / "bench" / "kzalloc.cocci"
PAGE = PROJECT / "docs" / "benchmarks.md"
PICTURE = PROJECT / "docs" / "growth.svg"
DIFFERENCES = PROJECT / "bench" / "differences.toml"
WORD = re.compile(rb"\bkzalloc\b")
CORES = len(os.sched_getaffinity(0))

FILES = (250, 500, 1000)
MATCHES = (1000, 2000, 4000, 8000)
IN_A_FILE = 8

GROWTH = "## Growth"
"""The heading of the second part of the page."""

Place = tuple[str, int]
"""A file, and the line of the call, from 1."""


class Program(NamedTuple):
    """How a program is called, and how its output tells the places that it changes."""

    command: Command
    places: Callable[[Path, bytes], set[Place]]


class Round(NamedTuple):
    """What programs did in one folder."""

    folder: str
    times: Mapping[str, Sequence[Measurement]]
    places: Mapping[str, set[Place]]


def main() -> None:
    with bench("Compare programs in a kernel.", _arguments) as here:
        programs, mark, growth = PAGE.read_text().partition(GROWTH)
        if here.options.part != "growth":
            programs = "\n".join((*_compare(here), ""))
        if here.options.part != "programs":
            mark, growth = GROWTH, "\n".join(("", *_growth(here), *_worst(here), ""))
        text = programs + mark + growth
        PAGE.write_text(text)
        print(text)


def _compare(here: Bench) -> Iterator[str]:
    """Of all programs: how long each takes, and what it changes."""
    folder, slow = here.options.folder, here.options.spatch
    rounds = [_round(here, folder, with_spatch=folder == slow)]
    if folder != slow and shutil.which("spatch"):
        rounds.append(_round(here, slow, with_spatch=True))
    yield from _head(here)
    yield from _ratios(rounds)
    for each in rounds:
        yield from _table(here, each)
        yield from _compared(each)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", help="only this folder of the tree")
    parser.add_argument("--spatch", default="drivers/net", help="the folder for spatch; . for all")
    parser.add_argument("--part", choices=["growth", "programs"], help="measure this alone")
    parser.set_defaults(runs=1)


def _round(here: Bench, folder: str, *, with_spatch: bool) -> Round:
    """Run the programs in a folder; they take turns, so that all have the same weather."""
    programs = _programs(here, folder, with_spatch=with_spatch)
    times: dict[str, list[Measurement]] = {name: [] for name in programs}
    places: dict[str, set[Place]] = {}
    here.measure(programs["git grep"].command)  # the files are in memory
    for run in range(here.runs):
        for name, program in programs.items():
            output = here.scratch / "output"
            times[name].append(here.measure(program.command, output))
            if run == 0:
                places[name] = program.places(here.tree, output.read_bytes())
            print(f"{folder}: {name}: {times[name][-1].seconds:.1f} s", file=sys.stderr)
    return Round(folder, times, places)


def _programs(here: Bench, folder: str, *, with_spatch: bool) -> dict[str, Program]:
    below = "" if folder == "." else f"{folder}/"
    words = ["git", "grep", "-lw", "kzalloc", "--", f":(glob){below}**/*.[ch]"]
    diff: Command = [
        TREEWIDE, "diff", "-q", "--allow-refused", "-r", RULE, "--path", f"{below}**/*.[ch]",
        here.tree,
    ]  # fmt: skip
    found: dict[str, Program] = {
        "git grep": Program(words, _none),
        "treewide": Program(diff, _changed),
        "treewide -j 1": Program([*diff, "-j", "1"], _changed),
    }
    ast_grep = _ast_grep()
    if ast_grep:
        pattern, rewritten = "kzalloc($E, $F)", "kzalloc($E, $F | __GFP_ACCOUNT)"
        options = ["-l", "c", "-p", pattern, "-r", rewritten, "--json=stream", "--no-ignore", "vcs"]
        found["ast-grep"] = Program(
            [ast_grep, "run", *options, "--globs", "**/*.[ch]", folder], _listed
        )
    if with_spatch and shutil.which("spatch"):
        options = ["--very-quiet", "--no-includes", "--include-headers", "--use-gitgrep"]
        found["spatch"] = Program(
            ["spatch", *options, "-j", str(CORES), "--sp-file", RULE, "--dir", folder],
            # What spatch prints is relative to the folder that it was given.
            lambda tree, output: {
                (os.path.normpath(f"{folder}/{path}"), line)
                for path, line in _changed(tree / folder, output)
            },
        )
    return found


def _ast_grep() -> str | None:
    """That of this environment, or the one on the path."""
    own = Path(sys.executable).with_name("ast-grep")
    return str(own) if own.is_file() else shutil.which("ast-grep")


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
    begin = max(match.end() for match in WORD.finditer(lines[0]))
    depth = 0
    for mark in b"\n".join(lines)[begin:].lstrip():
        depth += (mark == ord("(")) - (mark == ord(")"))
        if depth <= 0:
            return False  # it has ended, or is no call: a comment has the word
    return True


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
    yield f"Written by `{f'python -m bench.kzalloc {given}'.rstrip()}` (`make bench`), on"
    yield f"{datetime.date.today()}: {_processor()}, {CORES} cores, load {os.getloadavg()[0]:.1f}"
    yield f"at the end of the runs; Python {platform.python_version()}, {_versions()}."
    yield ""
    yield f"The tree is {_kernel(here.tree)}. The rule:"
    yield ""
    yield from (f"    {line}" for line in RULE.read_text().splitlines())
    yield ""
    yield "Each program prints what it would change in the files that git grep lists; ast-grep has"
    yield "to read all files for that. Peak memory is of the largest process. On a machine that"
    yield "has other things to do, CPU time tells more than wall time."
    yield ""


def _ratios(rounds: Sequence[Round]) -> Iterator[str]:
    yield "| where | program | CPU, to treewide's | wall, to treewide's |"
    yield "|---|---|---|---|"
    for each in rounds:
        ours = _best(each.times["treewide"])
        for name in each.times:
            if name.startswith("treewide"):
                continue
            processor, seconds, _ = _best(each.times[name])
            yield (
                f"| {_where(each.folder)} | {name} | {processor / ours[0]:.2f} | "
                f"{seconds / ours[1]:.2f} |"
            )
    yield ""


def _best(runs: Sequence[Measurement]) -> tuple[float, float, float]:
    """The least CPU and wall time, and the highest peak in MB."""
    return (
        min(each.processor for each in runs),
        min(each.seconds for each in runs),
        max(each.kibibytes for each in runs) * 1.024e-3,
    )


def _where(folder: str) -> str:
    return "all of the tree" if folder == "." else f"`{folder}`"


def _table(here: Bench, done: Round) -> Iterator[str]:
    below = "" if done.folder == "." else f"{done.folder}/"
    listed = subprocess.run(
        ["git", "grep", "-cw", "kzalloc", "--", f":(glob){below}**/*.[ch]"],
        cwd=here.tree, env=here.env, capture_output=True, check=True,
    ).stdout.decode(errors="surrogateescape").splitlines()  # fmt: skip
    lines = sum(int(each.rpartition(":")[2]) for each in listed)
    size = sum((here.tree / each.rpartition(":")[0]).stat().st_size for each in listed)
    yield f"## In {_where(done.folder)}"
    yield ""
    yield f"{lines:,} lines with `kzalloc` in {len(listed):,} files of {size / 1e6:.0f} MB."
    yield ""
    yield "| program | wall | CPU | peak memory |"
    yield "|---|---|---|---|"
    for name, runs in done.times.items():
        processor, seconds, peak = _best(runs)
        yield f"| {name} | {seconds:.1f} s | {processor:.1f} s | {peak:.0f} MB |"
    yield ""


def _compared(done: Round) -> Iterator[str]:
    ours = done.places["treewide"]
    same = "the same" if done.places["treewide -j 1"] == ours else "OTHER"
    yield f"treewide changes {len(ours):,} places, and {same} ones with one process. The others,"
    yield "by file and line of the call:"
    yield ""
    yield "| program | places | treewide has not | only treewide has |"
    yield "|---|---|---|---|"
    others = {name: each for name, each in done.places.items() if name in ("ast-grep", "spatch")}
    for name, theirs in others.items():
        yield f"| {name} | {len(theirs):,} | {len(theirs - ours)} | {len(ours - theirs)} |"
    yield ""
    known = tomllib.loads(DIFFERENCES.read_text())
    for name, theirs in others.items():
        for what, some in (("has", theirs - ours), ("has not", ours - theirs)):
            yield from _explained(name, what, sorted(some), known.get(name, {}))


def _explained(
    name: str, what: str, some: Sequence[Place], known: Mapping[str, str]
) -> Iterator[str]:
    """The places that differ, by their reason; those without one are named in full."""
    if not some:
        return
    yield f"What {name} {what} and treewide {_other(what)}:"
    yield ""
    by_reason: dict[str, list[str]] = {}
    for path, line in some:
        reason = known.get(f"{path}:{line}", known.get(path, "not explained yet"))
        by_reason.setdefault(reason, []).append(f"{path}:{line}")
    for reason, places in by_reason.items():
        shown = ", ".join(places[:SHOWN])
        more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
        yield f"- {reason}: {shown}{more}."
    yield ""


SHOWN = 12
"""How many places of one reason are named."""


def _other(what: str) -> str:
    return "has not" if what == "has" else "has"


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _versions() -> str:
    said = []
    for command in ("git", "spatch", _ast_grep() or "ast-grep"):
        if shutil.which(command):
            done = subprocess.run(
                [command, "--version"], capture_output=True, text=True, check=True
            )
            number = re.search(r"\d+(?:\.\d+)+", done.stdout)
            said.append(f"{Path(command).name} {number[0] if number else ''}".rstrip())
    return ", ".join(said)


def _kernel(tree: Path) -> str:
    values = dict(re.findall(r"^(\w+) = (\w+)$", (tree / "Makefile").read_text(), re.MULTILINE))
    return f"Linux {values['VERSION']}.{values['PATCHLEVEL']}.{values['SUBLEVEL']}"


# ------------------------------------------------------------------------ growth


def _growth(here: Bench) -> Iterator[str]:
    """Measure made-up files, and write the picture."""
    panels = [
        _curve(here, "files", FILES, lambda number: (number, IN_A_FILE, 1)),
        _curve(here, "calls in one file", MATCHES, lambda number: (1, number, 1)),
        _curve(
            here, "processes", range(1, CORES + 1), lambda number: (FILES[-1], IN_A_FILE, number)
        ),
    ]
    PICTURE.write_text(svg.picture(panels))
    yield ""
    yield f"Made-up files, {IN_A_FILE} calls in each where their number grows: CPU time with one"
    yield f"process, and wall time of {FILES[-1]} files with more."
    yield ""
    yield "![CPU time against files and calls, wall time against processes](growth.svg)"
    yield ""
    yield "| what grows | to | time |"
    yield "|---|---|---|"
    for panel in panels:
        for number, seconds in panel.points:
            yield f"| {panel.title} | {number:g} | {seconds:.2f} s |"


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
        runs = [here.measure(command)]
        if runs[0].processor < 2:  # what takes longer varies less
            runs.append(here.measure(command))
        is_wall = title == "processes"
        points.append(
            (float(number), min(each.seconds if is_wall else each.processor for each in runs))
        )
    return svg.Panel(title, points)


def _worst(here: Bench) -> Iterator[str]:
    """Inputs that are hard on purpose, each in two sizes."""
    yield ""
    yield "## Worst inputs"
    yield ""
    yield "One made-up file each, and the same with four times as much in it: CPU time, with start."
    yield ""
    yield "| file | size | time | size | time |"
    yield "|---|---|---|---|---|"
    for number, (name, (sizes, make)) in enumerate(WORST.items()):
        row = [name]
        for size in sizes:
            tree = here.scratch / f"worst-{number}-{size}"
            tree.mkdir()
            file = tree / "file.h"
            file.write_text(make(size))
            command: Command = [TREEWIDE, "diff", "-q", "-r", RULE, tree]
            took = min(here.measure(command).processor for _ in range(2))
            row += [f"{size:,}, {file.stat().st_size / 1e6:.2f} MB", f"{took:.2f} s"]
        yield f"| {' | '.join(row)} |"


def _numbered(line: str, count: int) -> str:
    return "".join(line.replace("NUMBER", str(number)) for number in range(count))


CALL = "p = kzalloc(NUMBER, GFP_KERNEL);\n"
WORST: Mapping[str, tuple[tuple[int, int], Callable[[int], str]]] = {
    "calls in one function": (
        (2000, 8000),
        lambda n: "void f(void)\n{\n" + _numbered(f"\t{CALL}", n) + "}\n",
    ),
    "a chain of else-if": (
        (500, 2000),
        lambda n: (
            f"void f(int a)\n{{\n\tif (a)\n\t\t{CALL}"
            + _numbered(f"\telse if (a == NUMBER)\n\t\t{CALL}", n)
            + "}\n"
        ),
    ),
    "a generated header with one call": (
        (15_000, 60_000),
        lambda n: (
            _numbered("#define REG_NUMBER_MASK 0x1\n#define REG_NUMBER__SHIFT 2\n", n)
            + f"static inline void f(void)\n{{\n\t{CALL}}}\n"
        ),
    ),
    "initialisers": (
        (1000, 4000),
        lambda n: (
            "struct s t[] = {\n"
            + _numbered("\t{ .a = kzalloc(NUMBER, GFP_KERNEL) },\n", n)
            + "};\n"
        ),
    ),
}


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
