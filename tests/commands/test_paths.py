"""`--path`: which files a rule is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from refactor.commands.common import narrowed_to
from refactor.errors import UsageError
from refactor.rule.smpl.load import load
from tests.support import run_treewide

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
