"""Prefixes of a divided change, from history and from paths, and that no subject comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from refactor.commands.common import Request, prepared
from refactor.series.subjects import COLUMNS, with_subjects
from refactor.tree.commit import open_tree
from refactor.tree.history import prefixes
from tests.plan.test_divide import tree_of
from tests.support import commit_all, git, run_treewide


def commit(tree: Path, subject: str, *paths: str) -> None:
    for path in paths:
        with (tree / path).open("a") as file:
            file.write("\n")
    git(tree, "commit", "--quiet", "--all", f"--message={subject}")


FILES = ["drivers/net/a.c", "drivers/net/b.c", "fs/far/c.c", "lib/d.c"]


def subjects(tmp_path: Path, tree: Path, **options: object) -> list[str]:
    request = Request(tree=tree, rule=str(tmp_path / "use_other.cocci"), **options)  # type: ignore[arg-type]
    ready = prepared(request, lambda _: None, with_facts=False)
    plan = with_subjects(ready.tree, ready.plan)
    return [f"{patch.prefix} {patch.tail}".strip() for patch in plan.patches]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param([], {}, id="none"),
        pytest.param(["net: a: Do", "net: b: Do", "net: a: Undo"], {"x": "net: a:"}, id="frequent"),
        pytest.param(["net: a: Do", "net: b: Do"], {"x": "net: b:"}, id="the latest of two"),
        pytest.param(["one: x: y", "No prefix", 'Revert "one: x: y"'], {"x": "one: x:"}, id="none"),
        pytest.param(["drm/amd/display: [Why] Do"], {"x": "drm/amd/display:"}, id="slashes"),
        pytest.param(["a sentence with many words: Do"], {}, id="no prefix"),
    ],
)
def test_history_has_the_prefix(
    log: Sequence[str], expected: dict[str, str], tmp_path: Path
) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "root: Import")
    for subject in log:
        commit(tree, subject, "drivers/net/a.c")
    commit(tree, "lib: Something else", "lib/d.c")
    assert prefixes(open_tree(tree, is_any=True), {"x": FILES[:2]}) == expected


def test_a_commit_to_all_of_the_tree_says_nothing_of_a_part(tmp_path: Path) -> None:
    files = [f"lib/{number}.c" for number in range(60)]
    tree = tree_of(tmp_path, files)
    commit_all(tree, "root: Import")
    commit(tree, "treewide: Do it everywhere", *files)
    commit(tree, "lib: Do it here", files[0])
    assert prefixes(open_tree(tree, is_any=True), {"x": files}) == {"x": "lib:"}


def test_the_repository_cannot_make_history_run_anything(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "root: Import")
    commit(tree, "net: Do", "drivers/net/a.c")
    canary = tmp_path / "canary"
    for name, value in {
        "log.showSignature": "true",
        "gpg.program": f"touch {canary}; true",
        "diff.external": f"touch {canary}; true",
        "core.pager": f"touch {canary}; cat",
        "diff.x.textconv": f"touch {canary}; cat",
    }.items():
        git(tree, "config", name, value)
    (tree / ".gitattributes").write_text("* diff=x\n")
    git(tree, "add", "--all")
    commit(tree, "net: Add attributes", "drivers/net/a.c")
    assert prefixes(open_tree(tree, is_any=True), {"x": FILES}) == {"x": "net:"}
    assert not canary.exists()


def test_without_history_the_path_has_to_say_it(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, [*FILES, "net/one.c", "mm/two.c", "mm/three.c"])
    assert subjects(tmp_path, tree) == ["net:", "far/c:", "lib/d:", "mm:", "net/one:"]


def test_files_of_one_folder_are_told_apart(tmp_path: Path) -> None:
    files = [f"drivers/net/{name}.c" for name in "abcd"]
    found = subjects(tmp_path, tree_of(tmp_path, files), max_files=2)
    assert found == ["drivers/net: (1/2)", "drivers/net: (2/2)"]


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["lib/pci/a.c", "lib/pci/b.c", "sound/pci/a.c", "sound/pci/b.c"])
    assert subjects(tmp_path, tree) == ["lib/pci:", "sound/pci:"]


def test_no_subject_is_too_long_and_none_comes_twice(tmp_path: Path) -> None:
    deep = "drivers/" + "/".join(f"folder_with_a_long_name_{number}" for number in range(8))
    files = [f"{deep}/{number}.c" for number in range(4)] + [f"lib/{deep}/{n}.c" for n in range(3)]
    tree = tree_of(tmp_path, files)
    out = tmp_path / "out"
    rule = tmp_path / "use_other.cocci"
    done = run_treewide(
        ["series", tree, "-r", rule, "-o", out, "--split", "maintainer", "--max-files", "1"]
    )
    assert done.status == 0, done.stderr
    found = [
        mail.read_text().replace("\n ", " ").partition("\nSubject: ")[2].partition("\n")[0]
        for mail in sorted(out.iterdir())
    ]
    words = [subject.partition("] ")[2] for subject in found]
    assert len(set(words)) == len(words) == 8
    assert max(map(len, words)) <= COLUMNS


# ---------------------------------------------------------------------------- several series


def test_a_long_series_is_cut_into_several(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, [f"lib/{name}/a.c" for name in "abcde"])
    commit_all(tree, "Import")
    out = tmp_path / "out"
    done = run_treewide(["series", tree, "-r", tmp_path / "use_other.cocci", "-o", out, "--max=2"])
    assert done.status == 0, done.stderr
    assert [f.relative_to(out).as_posix()[:7] for f in sorted(out.rglob("*.patch"))] == [
        "01/0000", "01/0001", "01/0002", "02/0000", "02/0001", "02/0002", "03/0000", "03/0001",
    ]  # fmt: skip
    covers = [(out / part / "0000-cover-letter.patch").read_text() for part in ("01", "02", "03")]
    assert "Subject: [PATCH 0/2] Use the other function (part 2 of 3)" in covers[1]
    assert "Each patch can be taken alone" in covers[0]
    assert "This is part 2 of 3 of one change to the whole tree.\n" in covers[1]
    assert "lib/c" in covers[1]
    assert "lib/a" not in covers[1]
    base = git(tree, "rev-parse", "HEAD").decode().strip()
    last = sorted((out / "03").iterdir())
    # Each part applies to the base by itself, in any order.
    for part in ("03", "01", "02"):
        git(tree, "am", "--quiet", *sorted((out / part).glob("*[1-9]-*")))
    assert any(f"base-commit: {base}" in mail.read_text() for mail in last)
    assert "prerequisite-patch-id" not in "".join(covers)


def test_parts_carry_what_they_build_on(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, [f"lib/{name}/a.c" for name in "bcd"])
    (tree / "include/linux").mkdir(parents=True)
    (tree / "include/linux/a.h").write_text("#define g(p) vfree(p)\n")
    commit_all(tree, "Import")
    out = tmp_path / "out"
    done = run_treewide(["series", tree, "-r", tmp_path / "use_other.cocci", "-o", out, "--max=2"])
    assert done.status == 0, done.stderr
    cover = (out / "02/0000-cover-letter.patch").read_text()
    assert "Each patch can be taken alone" not in cover
    assert "It builds on the first patch, which came with part 1." in " ".join(cover.split())
    assert cover.count("prerequisite-patch-id: ") == 1


def test_cover_letter_is_longer_than_an_environment(tmp_path: Path) -> None:
    """Linux takes 128 KiB in one string of arguments or environment."""
    tree = tree_of(tmp_path, ["lib/a.c", "arch/a.c", "include/linux/a.h", "kernel/a.c", "mm/a.c"])
    (tree / "Makefile").touch()
    folder = tmp_path / "use_other"
    folder.mkdir()
    rule = tmp_path / "use_other.toml"
    rule.write_text(
        'id = "use_other"\nsummary = "x"\n[scope]\npaths = ["lib/*.c"]\n[series]\nprefix = "x:"\n'
        'subject = "Use it"\nwhy = "So."\nsplit = "one"\n[[edit]]\n'
        'smpl = """\n@@\nexpression p;\n@@\n- vfree(p)\n+ kvfree(p)\n"""\n'
    )
    (folder / "cover.j2").write_text(
        'A "cover" \\ # ; with\n\n{% for n in range(6000) %}\n'
        '  a\tline \\ of "it" # ; ü{{ n }}\n{% endfor %}\nmade by treewide\n'
    )
    out = tmp_path / "out"
    done = run_treewide(["series", tree, "-r", rule, "-o", out])
    assert done.status == 0, done.stderr
    text = (out / "0000-cover-letter.patch").read_text()
    assert len(text) > 1 << 17
    assert 'Subject: [PATCH 0/1] A "cover" \\ # ; with\n' in text
    assert '  a\tline \\ of "it" # ; ü5999\n' in text
