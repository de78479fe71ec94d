"""`--path`: which files a rule is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from refactor.commands.common import narrowed_to
from refactor.errors import UsageError
from refactor.rule.smpl.load import load
from refactor.tree.tree import LANDMARKS
from tests.support import git, run_treewide

PATCH = "@@\n@@\n- old()\n+ new()\n"


def narrowed(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    file = root / "rule.cocci"
    file.write_text(PATCH)
    return narrowed_to(load(file, {}), paths).paths


@pytest.mark.parametrize(
    ("path", "globs"),
    [
        ("fs/ext4/**", ("fs/ext4/**/*.c", "fs/ext4/**/*.h")),
        ("fs/ext4", ("fs/ext4/**/*.c", "fs/ext4/**/*.h")),
        ("./fs//ext4/", ("fs/ext4/**/*.c", "fs/ext4/**/*.h")),
        ("fs/ext4/*", ("fs/ext4/*.c", "fs/ext4/*.h")),
        ("fs/ext4/s*", ("fs/ext4/s*.c", "fs/ext4/s*.h")),
        (".", ("**/*.c", "**/*.h")),
        ("fs/ext4/super.c", ("fs/ext4/super.c",)),
        ("arch/**/*.S", ("arch/**/*.S",)),
    ],
)
def test_a_folder_is_its_c_files(path: str, globs: tuple[str, ...], tmp_path: Path) -> None:
    assert narrowed(tmp_path, [path]) == globs


@pytest.mark.parametrize("path", ["", "/usr/src/linux/fs", "../fs", "fs/../../x"])
def test_a_path_is_below_the_tree(path: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not below the tree"):
        narrowed(tmp_path, [path])


def test_what_else_is_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rule.cocci").write_text(PATCH)
    folder = tmp_path / "tree" / "fs"
    folder.mkdir(parents=True)
    (folder / "a.c").write_text("void f(void)\n{\n\told();\n}\n")
    (folder / "Makefile").write_text("obj-y := old(.o\n")
    done = run_treewide(
        ["diff", "-r", tmp_path / "rule.cocci", "--path", "fs/**", "."], cwd=tmp_path / "tree"
    )
    assert (done.status, done.stdout.count(b"+\tnew();")) == (0, 1), done.stderr


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    """A repository with two committed files, and others that are in no commit."""
    (tmp_path / "rule.cocci").write_text(PATCH)
    root = tmp_path / "tree"
    for name in ("a.c", "fs/b.c", "fs/new.c", "scratch/c.c"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("void f(void)\n{\n\told();\n}\n")
    git(root, "init", "--quiet")
    git(root, "add", "a.c", "fs/b.c")
    git(root, "commit", "--quiet", "--message", "one")
    return root


@pytest.mark.parametrize(
    ("words", "folder", "changed"),
    [
        (["."], ".", ["a.c", "fs/b.c"]),
        ([], "fs", ["a.c", "fs/b.c"]),
        (["fs"], ".", ["fs/b.c"]),
        (["."], "fs", ["fs/b.c"]),
        (["fs/b.c"], ".", ["fs/b.c"]),
        (["--path", "b.*", "fs"], ".", ["fs/b.c"]),
        (["--path", "fs/b.c"], "fs", ["fs/b.c"]),
        (["scratch"], ".", ["c.c"]),
        (["scratch/c.c"], ".", ["c.c"]),
    ],
)
def test_a_part_of_a_work_tree(
    words: list[str], folder: str, changed: list[str], work_tree: Path
) -> None:
    rule = work_tree.parent / "rule.cocci"
    done = run_treewide(["diff", "-r", rule, *words], cwd=work_tree / folder)
    assert done.status == 0, done.stderr
    names = [line[6:] for line in done.stdout.decode().splitlines() if line.startswith("+++ b/")]
    assert names == changed


def test_a_file_that_no_commit_has_is_told(work_tree: Path) -> None:
    rule = work_tree.parent / "rule.cocci"
    done = run_treewide(["diff", "-r", rule, "fs/new.c"], cwd=work_tree)
    assert (done.status, done.stdout) == (4, b"")
    assert b"fs/new.c: error: it is in no commit" in done.stderr


def test_links_are_not_followed(work_tree: Path) -> None:
    rule = work_tree.parent / "rule.cocci"
    (work_tree / "fs" / "link.c").symlink_to(work_tree.parent / "out.c")
    (work_tree.parent / "out.c").write_text("void f(void)\n{\n\told();\n}\n")
    git(work_tree, "add", "fs/link.c")
    git(work_tree, "commit", "--quiet", "--message", "two")
    done = run_treewide(["diff", "-r", rule, "fs/link.c"], cwd=work_tree)
    assert (done.status, done.stdout) == (1, b""), done.stderr
    assert b"a symbolic link" in done.stderr
    (work_tree.parent / "other").symlink_to(work_tree / "fs")
    there = run_treewide(["diff", "-r", rule, work_tree.parent / "other"], cwd=work_tree)
    assert there.stdout.count(b"+++ b/fs/b.c") == there.stdout.count(b"+++ ") == 1, there.stderr


def test_a_part_of_an_unpacked_kernel(tmp_path: Path) -> None:
    (tmp_path / "rule.cocci").write_text(PATCH)
    root = tmp_path / "linux"
    for name in LANDMARKS:
        (root / name).mkdir(parents=True)
    for name in ("fs/b.c", "a.c"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("void f(void)\n{\n\told();\n}\n")
    done = run_treewide(["diff", "-r", tmp_path / "rule.cocci", root / "fs"], cwd=tmp_path)
    assert done.stdout.count(b"+++ b/fs/b.c") == done.stdout.count(b"+++ ") == 1, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diff", "rule.cocci"], "a rule is named by -r rule.cocci"),
        (["diff", "-r", "nosuch", "tree"], "no rule 'nosuch'"),
        (["check", "-r", "nosuch", "tree"], "no rule 'nosuch'"),
        (["diff", "-r", "rule.cocci", "-r", "rule.cocci", "tree"], "-r is given 2 times"),
        (["series", "-r", "rule.cocci", "-r", "rule.cocci", "tree"], "series --with takes more"),
    ],
)
def test_what_cannot_be_meant_is_told(words: list[str], said: str, work_tree: Path) -> None:
    done = run_treewide(words, cwd=work_tree.parent)
    assert (done.status, done.stdout) == (2, b"")
    assert said in done.stderr.decode()


@pytest.mark.parametrize("subject", ["", "  ", "two\nlines"])
def test_a_subject_is_a_line_of_text(subject: str, work_tree: Path) -> None:
    words = ["series", "-r", "rule.cocci", "--subject", subject, "tree"]
    done = run_treewide(words, cwd=work_tree.parent)
    assert (done.status, done.stdout) == (2, b"")
    assert b"a subject is one line of text, and not empty" in done.stderr
