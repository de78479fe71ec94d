"""`series --with RULE`: what another rule changes behind a series, as its last patch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import git, run_treewide

CODE = "void f(void *p)\n{\n\told(p);\n\tcheck(p);\n}\n"
WANTED = "void f(void *p)\n{\n\tnew(p);\n}\n"
NAMES = ["lib/a.c", "lib/b.c", "mm/c.c"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository, and two semantic patches beside it: the second needs what the first writes."""
    tree = tmp_path / "tree"
    for name in NAMES:
        file = tree / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(CODE)
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "-m", "Import")
    (tmp_path / "first.cocci").write_text("@@\nexpression e;\n@@\n- old(e);\n+ new(e);\n")
    (tmp_path / "behind.cocci").write_text("@@\nexpression e;\n@@\n  new(e);\n- check(e);\n")
    (tmp_path / "idle.cocci").write_text("@@\nexpression e;\n@@\n- check(e, e);\n")
    return tree


def series(tree: Path, *options: str) -> tuple[int, str, list[Path]]:
    """Status, what was said, and the mails."""
    out = tree.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    rule = tree.parent / "first.cocci"
    done = run_treewide(["series", "-r", rule, "-o", out, *options], cwd=tree)
    return done.status, done.stderr.decode(), sorted(out.rglob("*.patch"))


BEHIND = ("--with", "../behind.cocci")


@pytest.mark.parametrize("is_plain", [False, True])
def test_it_is_the_last_patch_for_the_tree_behind_the_others(tree: Path, is_plain: bool) -> None:
    if is_plain:
        shutil.rmtree(tree / ".git")
    status, said, mails = series(
        tree, *BEHIND, "--split", "file", "--note", "behind=../first.cocci"
    )
    assert status == 0, said
    assert len(mails) == 1 + len(NAMES) + 1
    assert "1 patch, 3 files, 3 places changed" in said
    cover, last = mails[0].read_text(), mails[-1].read_text()
    assert "The last patch is of another rule, for the tree with all patches before it:" in cover
    assert "--with ../behind.cocci" in " ".join(cover.split())
    assert "Each patch can be taken alone" not in cover
    assert "+ new(e);" in last.partition("\n---\n")[2]
    assert last.count("\n-\tcheck(p);\n") == 3
    if is_plain:
        git(tree, "init", "--quiet")
        git(tree, "add", "--all")
        git(tree, "commit", "--quiet", "-m", "Import")
    git(tree, "am", "--quiet", *mails[1:])
    assert {(tree / name).read_text() for name in NAMES} == {WANTED}


def test_on_top_of_several_series_it_names_what_it_builds_on(tree: Path) -> None:
    status, said, mails = series(tree, *BEHIND, "--split", "file", "--max", "2")
    assert status == 0, said
    assert [mail.parent.name for mail in mails] == ["01"] * 3 + ["02"] * 2 + ["03"] * 2
    cover = " ".join(mails[-2].read_text().split())
    assert "This builds on all 3 patches of the 2 series before it." in cover
    assert cover.count("prerequisite-patch-id: ") == 3
    assert "prerequisite-patch-id" not in "".join(mail.read_text() for mail in mails[:-2])
    git(tree, "am", "--quiet", *(mail for mail in mails if "0000-cover" not in mail.name))
    assert {(tree / name).read_text() for name in NAMES} == {WANTED}


def test_a_branch_has_it_too(tree: Path) -> None:
    rule = tree.parent / "first.cocci"
    done = run_treewide(["series", "-r", rule, "--branch", "new", *BEHIND], cwd=tree)
    assert done.status == 0, done.stderr
    assert git(tree, "show", "new:lib/a.c").decode() == WANTED


def test_a_rule_without_anything_to_do_is_told_of(tree: Path) -> None:
    status, said, mails = series(tree, "--with", "../idle.cocci", "--split", "one")
    assert (status, len(mails)) == (0, 2)
    assert "--with idle: nothing to do behind the others" in said
    assert "of another rule" not in mails[0].read_text()


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (("--with", "arch-module-vm-flags"), 2, "--with takes a rule that makes one patch"),
        (("--with", "../none.cocci"), 3, "none.cocci"),
        ((*BEHIND, "--validate"), 2, "--validate runs the patches of one rule"),
    ],
)
def test_what_cannot_be_appended(
    tree: Path, options: tuple[str, ...], status: int, words: str
) -> None:
    found, said, mails = series(tree, *options)
    assert (found, mails) == (status, [])
    assert words in said


def test_what_it_refuses_holds_all_of_the_series_back(tree: Path) -> None:
    split = "\tcheck(\n#ifdef A\n\t\tp\n#else\n\t\tNULL\n#endif\n\t\t);\n"
    (tree / "mm/c.c").write_text(CODE.replace("\tcheck(p);\n", split))
    git(tree, "commit", "--quiet", "--all", "-m", "Split")
    status, said, mails = series(tree, *BEHIND)
    assert (status, mails) == (1, []), said
    assert "mm/c.c:4:2: refused: " in said
    status, said, mails = series(tree, *BEHIND, "--allow-refused")
    assert status == 0, said
    assert "diff --git a/mm/c.c" not in mails[-1].read_text()
