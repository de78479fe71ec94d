"""A diff in portions is the diff of all files at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.plan.split import FileChange, Patch
from refactor.series import stream
from refactor.series.commits import Identity, Series, build, diff
from refactor.tree.commit import open_tree
from tests.support import commit_all, git

NOBODY = Identity("x", "x@localhost")
NAMES = ["a.c", "a/b.c", "a/c d.c", "b.c", "z/\xe4.c"]


def files() -> list[FileChange]:
    def text(name: str, word: str) -> bytes:
        return f"int {name[0]};\n\nint f(void)\n{{\n\treturn {word};\n}}\n".encode() * 3

    return [FileChange(name, "100644", text(name, "0"), text(name, "1")) for name in NAMES]


@pytest.mark.parametrize("is_commit", [False, True], ids=["folder", "commit"])
@pytest.mark.parametrize("portion", [1, 300, 1 << 20])
def test_portions(
    tmp_path: Path, is_commit: bool, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PORTION", portion)
    folder = tmp_path / "tree"
    for each in files():
        (folder / each.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / each.path).write_bytes(each.before)
    if is_commit:
        git(tmp_path, "init", "-q", "tree")
        commit_all(folder, "Begin")
    tree = open_tree(folder, None, is_any=True)
    with build(tree, Series((Patch("generic", tuple(files())),), ("x\n",)), NOBODY) as repository:
        expected = diff(repository)
    pieces: list[bytes] = []
    with stream.streamed(tree, (), pieces.append) as differ:
        assert differ.is_empty
        for each in files():
            differ.add(each)
    assert expected.count(b"\ndiff --git ") == len(NAMES) - 1
    assert b"".join(pieces) == expected
    assert len(pieces) == {1: 5, 300: 3, 1 << 20: 1}[portion]
    assert not differ.is_empty


@pytest.mark.parametrize("portion", [1, 300, 1 << 20])
def test_figures_of_all(tmp_path: Path, portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PORTION", portion)
    tree = open_tree(tmp_path, None, is_any=True)
    with build(tree, Series((Patch("generic", tuple(files())),), ("x\n",)), NOBODY) as repository:
        expected = diff(repository, "--stat")
    pieces: list[bytes] = []
    with stream.streamed(tree, ("--stat",), pieces.append, in_pieces=False) as differ:
        for each in files():
            differ.add(each)
    assert b"5 files changed" in expected
    assert pieces == [expected]


def test_nothing_is_written_behind_an_error(tmp_path: Path) -> None:
    pieces: list[bytes] = []

    def fail() -> None:
        tree = open_tree(tmp_path, None, is_any=True)
        with stream.streamed(tree, (), pieces.append) as differ:
            differ.add(files()[0])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not pieces
