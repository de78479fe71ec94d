"""A pack that is written here is one that git takes, with the trees that git would make."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.plan.split import FileChange
from refactor.series.pack import Sides
from tests.support import git

SIZES = (0, 1, 15, 16, 2047, 2048, 300_000)
NAMES = ("a.c", "a/b.c", "a/b/c d.c", "a0.c", "a-b/x.c", "b.c", "z/\xe4.c")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_git_makes_the_same(tmp_path: Path, object_format: str) -> None:
    files = [
        FileChange(name, "100755" if size == 16 else "100644", b"\0b\n" * size, b"\0a" * size)
        for name, size in zip(NAMES, SIZES, strict=True)
    ]
    git(tmp_path, "init", "-q", f"--object-format={object_format}", "tree")
    folder = tmp_path / "tree"
    expected = []
    for data in [{each: each.before for each in files}, {each: each.after for each in files}]:
        for each, content in data.items():
            file = folder / each.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(int(each.mode[-3:], 8))
        git(folder, "add", "--all")
        expected.append(git(folder, "write-tree").decode().strip())
    git(tmp_path, "init", "-q", "--bare", f"--object-format={object_format}", "bare")
    packs = tmp_path / "bare/objects/pack"
    sides = Sides(object_format, packs)
    sides.add(files[:3])
    sides.add(files[3:])
    found = sides.trees()
    assert [*found] == expected
    indexes = [*packs.glob("*.idx")]
    assert len(indexes) == 3
    listed = git(tmp_path / "bare", "verify-pack", "-v", *map(str, indexes))
    # An object that is there twice, the empty file before and after, is there once.
    assert listed.count(b" blob ") == 2 * len(files) - 1
    git(tmp_path / "bare", "fsck", "--full", "--strict")
    for each in files:
        printed = git(tmp_path / "bare", "ls-tree", "-z", found[1], each.path)
        assert printed.startswith(each.mode.encode())
