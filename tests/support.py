"""What tests and benchmarks share: a sealed git, throwaway work trees, the command under test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODEL = PROJECT / "testdata" / "model"

# Every commit of every test carries this identity and this second, 2022-01-14 00:00:00 UTC.
NAME = "Terry Tester"
EMAIL = "terry@example.org"
EPOCH = "1642118400"

# Settled on import, before a test seals its environment.
JUDGES_TIME = bool(os.environ.get("TREEWIDE_JUDGE_TIME"))

# Of a kernel's 78,000 files the 6,300 that a series about modules touches, or checkpatch and
# get_maintainer read: sparse-checkout patterns.
SPARSE = (
    "/*",
    "!/*/",
    "/arch/Kconfig",
    "/arch/*/Kconfig*",
    "/arch/*/kernel/",
    "/arch/*/mm/",
    "/arch/*/net/",
    "/include/linux/",
    "/kernel/",
    "/mm/",
    "/scripts/",
)


def sealed_environment(home: Path) -> dict[str, str]:
    """The environment for git and for treewide, cut off from whoever runs the tests.

    Own home, no system configuration, fixed identity, dates, language and time zone. The identity
    stands in the configuration file, so that a test can take it away.
    """
    config = home / ".gitconfig"
    config.write_text(f"[user]\n\tname = {NAME}\n\temail = {EMAIL}\n")
    leaky = ("GIT_", "XDG_", "LC_", "PYTHON", "TREEWIDE_")
    dropped = {"EMAIL", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(leaky) and name not in dropped
    }
    return kept | {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_AUTHOR_DATE": f"{EPOCH} +0000",
        "GIT_COMMITTER_DATE": f"{EPOCH} +0000",
        "GIT_TERMINAL_PROMPT": "0",
        "SOURCE_DATE_EPOCH": EPOCH,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def git(
    tree: Path,
    *arguments: str | Path,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """Run git in `tree` and return its standard output. Raises CalledProcessError.

    Standard error is not captured: pytest shows it beside the failure.
    """
    command = ["git", "-C", tree, *arguments]
    return subprocess.run(command, input=stdin, env=env, stdout=subprocess.PIPE, check=True).stdout


def commit_all(tree: Path, subject: str, *, env: Mapping[str, str] | None = None) -> None:
    """Make the folder `tree` a git work tree with one commit that holds every file of it."""
    git(tree, "init", "--quiet", "--initial-branch=main", env=env)
    # A background repack would fight with tests for the same files.
    git(tree, "config", "gc.auto", "0", env=env)
    git(tree, "config", "maintenance.auto", "false", env=env)
    # The low threshold streams all blobs into one pack, instead of one file for each of them.
    # --force, because Debian's kernel carries a .gitignore that ignores everything.
    fast = ("-c", "core.bigFileThreshold=1", "-c", "core.compression=1")
    git(tree, *fast, "add", "--force", "--all", env=env)
    git(tree, "commit", "--quiet", "--no-verify", f"--message={subject}", env=env)


def clone(tree: Path, to: Path, *, patterns: Sequence[str] = SPARSE) -> Path:
    """A throwaway work tree of `tree`'s commit at `to`, which borrows its objects.

    `patterns` are those of git sparse-checkout; with none, every file is checked out. Of a kernel
    the default takes some 2 seconds, all of it 10 to 20.
    """
    git(tree, "clone", "--quiet", "--shared", "--no-checkout", tree, to)
    if patterns:
        listed = "\n".join(patterns).encode()
        git(to, "sparse-checkout", "set", "--no-cone", "--stdin", stdin=listed)
    git(to, "config", "gc.auto", "0")
    git(to, "-c", "checkout.workers=2", "checkout", "--quiet")
    return to


def copy_model(to: Path) -> Path:
    """A copy of the model tree at `to`, as a git work tree with one commit."""
    shutil.copytree(MODEL, to, symlinks=True)
    commit_all(to, "Import the model tree")
    return to


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended, and what it wrote."""

    status: int
    stdout: bytes
    stderr: bytes


def run_treewide(
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Run:
    """Run the installed command in `cwd`, with `env` laid over the environment."""
    command = [Path(sys.executable).with_name("treewide"), *arguments]
    merged = {**os.environ, **(env or {})}
    done = subprocess.run(command, cwd=cwd, env=merged, input=stdin, capture_output=True)
    return Run(done.returncode, done.stdout, done.stderr)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is done here should take no more processor time; TREEWIDE_JUDGE_TIME says it has to.

    A loaded machine is no fault of the code, so time does not decide whether the tests pass.
    """
    before = time.process_time()
    yield
    if JUDGES_TIME:
        assert time.process_time() - before < seconds
