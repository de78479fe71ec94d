"""`treewide diff` for a person at a terminal: order, marks, and the pager."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from refactor.report.terminal import marks
from tests.support import git, run_treewide

TREEWIDE = Path(sys.executable).with_name("treewide")
NAMES = ["mm/a.c", "lib/\x1b[5mb.c", "arch/x86/kernel/c.c"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    for name in NAMES:
        file = tree / name
        file.parent.mkdir(parents=True)
        file.write_text('void f(void *p)\n{\n\told(p, "\x1b[2J", 1);\n}\n')
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "-m", "Import")
    (tmp_path / "new.cocci").write_text("@@\nexpression e;\n@@\n- old(e,\n+ new(e,\n  ...)\n")
    return tree


def shown(tree: Path, *options: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status, and what a terminal is given, if nobody reads faster than it comes."""
    ours, theirs = pty.openpty()
    dropped = ("PAGER", "LESS", "NO_COLOR")
    known = {name: value for name, value in os.environ.items() if name not in dropped}
    command: list[str | Path] = [
        TREEWIDE,
        "diff",
        "-r",
        "../new.cocci",
        "--split",
        "arch",
        *options,
    ]
    running = subprocess.Popen(
        command, cwd=tree, env={**known, **(env or {})}, stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # so Linux says that nobody writes any more
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    running.communicate(timeout=60)
    return running.returncode, b"".join(pieces).decode().replace("\r\n", "\n")


def test_patch_by_patch_without_object_ids(tree: Path) -> None:
    status, said = shown(tree, "--no-pager", "--color=never")
    assert status == 0
    heads = [line for line in said.splitlines() if line.startswith(("[", "diff --git"))]
    assert [line[:6] for line in heads] == ["[1/2] ", "diff -", "diff -", "[2/2] ", "diff -"]
    assert "(2 files)" in heads[0]
    assert "mm/a.c" in heads[2]
    assert "arch/x86" in heads[4]
    assert "index " not in said
    assert "\x1b" not in said
    assert '-\told(p, "\\x1b[2J", 1);\n+\tnew(p, "\\x1b[2J", 1);\n' in said
    assert shown(tree, "--no-pager", "--full-index")[1].count("\nindex ") == 0  # it is coloured
    assert shown(tree, "--no-pager", "--full-index")[1].count("index ") == len(NAMES)


def test_changed_words_are_marked(tree: Path) -> None:
    _, said = shown(tree, "--no-pager")
    assert said.count("\x1b[31m-\t\x1b[7mold\x1b[27m(p, ") == len(NAMES)
    assert said.count("\x1b[32m+\t\x1b[7mnew\x1b[27m(p, ") == len(NAMES)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("f(a, b)", "f(a, c)", (["b"], ["c"])),
        ("f(a)", "f(a, c)", ([], [", c"])),
        ("return kmalloc(size, flags);", "if (x)", ([], [])),
        ("x", "x", ([], [])),
        ("a " * 300, "b " + "a " * 299, ([], [])),  # too long to be compared
    ],
)
def test_words_that_differ(old: str, new: str, expected: tuple[list[str], list[str]]) -> None:
    before, after = marks(old, new)
    assert ([old[a:b] for a, b in before], [new[a:b] for a, b in after]) == expected


@pytest.mark.parametrize(
    ("env", "configured", "expected"),
    [
        ({"GIT_PAGER": "one", "PAGER": "two"}, "three", "one"),
        ({"PAGER": "two"}, "three", "three"),
        ({"PAGER": "two"}, "", "two"),
        ({"GIT_PAGER": "", "PAGER": "two"}, "three", ""),
        ({"GIT_PAGER": "cat", "PAGER": "two"}, "three", ""),
    ],
)
def test_the_pager_is_the_one_that_git_would_take(
    tree: Path, tmp_path: Path, env: dict[str, str], configured: str, expected: str
) -> None:
    def pager(name: str) -> str:
        return f"cat > {tmp_path}/{name}; echo $LESS >> {tmp_path}/{name}"

    home = tmp_path / "home"
    home.mkdir()
    config = home / ".gitconfig"
    if configured:
        git(tree, "config", "--file", str(config), "core.pager", pager(configured))
    git(tree, "config", "core.pager", pager("repository"))
    env = {name: pager(value) if value not in ("", "cat") else value for name, value in env.items()}
    status, said = shown(tree, env={**env, "GIT_CONFIG_GLOBAL": str(config), "HOME": str(home)})
    assert status == 0
    made = {file.name for file in tmp_path.iterdir()} & {"one", "two", "three", "repository"}
    assert made == ({expected} if expected else set())
    read = (tmp_path / expected).read_text() if expected else f"{said}FRX\n"
    assert read.count("diff --git") == len(NAMES)
    assert read.endswith("FRX\n")
    assert ("diff --git" in said) == (not expected)


def test_who_leaves_the_pager_has_seen_enough(tree: Path) -> None:
    assert shown(tree, env={"GIT_PAGER": "head -c 20; true"})[0] == 0
    assert shown(tree, "--exit-code", env={"GIT_PAGER": "true"})[0] == 1


def test_figures_go_through_the_pager_too(tree: Path, tmp_path: Path) -> None:
    assert shown(tree, "--stat", env={"GIT_PAGER": f"cat > {tmp_path}/stat"}) == (0, "")
    assert "3 files changed" in (tmp_path / "stat").read_text()


def test_a_pipe_gets_what_git_writes(tree: Path, tmp_path: Path) -> None:
    options = ["diff", "-r", "../new.cocci"]
    done = run_treewide(options, cwd=tree, env={"GIT_PAGER": f"cat > {tmp_path}/one"})
    assert not (tmp_path / "one").exists()
    git(tree, "apply", "-", stdin=done.stdout)
    assert git(tree, "diff", "--full-index") == done.stdout
