"""From a tree to patches that apply, end to end: on the model tree, and on real kernels."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import MODEL, clone, git, run_treewide


def patches(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.iterdir()) if "0000-cover-letter" not in file.name]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


# ---------------------------------------------------------------------------- the model tree


def test_series_of_the_model_applies_and_a_second_run_has_nothing_to_do(
    model_tree: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run_treewide(["series", model_tree, "-s", "-o", out])
    assert done.status == 0, done.stderr
    assert done.stdout.decode().splitlines() == [str(file) for file in sorted(out.iterdir())]
    assert b"3 patches, 4 files, 3 calls converted" in done.stderr
    git(model_tree, "am", "--quiet", *patches(out))
    assert b"Signed-off-by: Terry Tester" in git(model_tree, "log", "-1")
    again = run_treewide(["series", model_tree, "-o", tmp_path / "again"])
    assert (again.status, again.stdout) == (0, b"")
    assert b"nothing to do" in again.stderr
    assert not (tmp_path / "again").exists()


def test_patches_apply_three_way_to_a_tree_that_has_moved_on(
    model_tree: Path, tmp_path: Path
) -> None:
    assert run_treewide(["series", model_tree, "-o", tmp_path / "out"]).status == 0
    for file in model_tree.rglob("module.c"):
        text = file.read_bytes()
        head, tail = text[: text.index(b"#include")], text[text.index(b"#include") :]
        file.write_bytes(head + b"/* moved on */\n" * 40 + tail)
    git(model_tree, "commit", "--quiet", "--all", "--message=Move on")
    git(model_tree, "am", "--quiet", "-3", *patches(tmp_path / "out"))


@pytest.mark.parametrize("command", ["patch", "git apply", "diff | patch", "diff | git apply"])
def test_plain_folder_can_be_patched(command: str, tmp_path: Path) -> None:
    tree = tmp_path / "plain"
    shutil.copytree(MODEL, tree)
    out = tmp_path / "out"
    assert run_treewide(["series", tree, "-o", out]).status == 0
    assert not any(b"base-commit:" in text for text in contents(out).values())
    files: list[bytes] = [file.read_bytes() for file in patches(out)]
    if command.startswith("diff"):
        files = [run_treewide(["diff", tree, "-q"]).stdout]
    program = ["patch", "-p1", "--silent"] if command.endswith("patch") else ["git", "apply", "-"]
    for text in files:
        subprocess.run(program, cwd=tree, input=text, check=True)
    assert b"nothing to do" in run_treewide(["diff", tree]).stderr


def test_blob_ids_are_those_of_the_tree(model_tree: Path, tmp_path: Path) -> None:
    assert run_treewide(["series", model_tree, "-o", tmp_path / "out"]).status == 0
    for text in map(Path.read_bytes, patches(tmp_path / "out")):
        for path, oid in re.findall(
            rb"^diff --git a/(.*) b/.*\nindex (\w{40})\.\.", text, re.MULTILINE
        ):
            assert git(model_tree, "rev-parse", f"HEAD:{path.decode()}").strip() == oid


@pytest.mark.parametrize(
    "env",
    [
        {"TZ": "Asia/Kathmandu"},
        {"LANG": "de_DE.UTF-8", "LC_ALL": "C"},
        {"LANG": "", "LC_ALL": "POSIX"},
        {"PYTHONHASHSEED": "7"},
        {"COLUMNS": "20"},
        {"PYTHONUTF8": "0", "LC_ALL": "C"},
    ],
    ids=str,
)
def test_same_input_gives_the_same_bytes(
    env: dict[str, str], model_tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert run_treewide(["series", model_tree, "-o", tmp_path / "one"]).status == 0
    former = os.umask(0o077)
    try:
        relative = ["series", "../model", "-o", "../two"]
        assert run_treewide(relative, cwd=tmp_path / "elsewhere", env=env).status == 0
    finally:
        os.umask(former)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_without_home_the_identity_of_the_repository_will_do(
    model_tree: Path, tmp_path: Path
) -> None:
    git(model_tree, "config", "user.name", "Terry Tester")
    git(model_tree, "config", "user.email", "terry@example.org")
    command = ["env", "-u", "HOME", "-u", "GIT_CONFIG_GLOBAL"]
    treewide = shutil.which("treewide", path=str(Path(sys.executable).parent))
    assert treewide is not None
    subprocess.run([*command, treewide, "series", model_tree, "-o", tmp_path / "out"], check=True)
    assert len(patches(tmp_path / "out")) == 3


def test_uncommitted_changes_are_refused_by_name(model_tree: Path, tmp_path: Path) -> None:
    file = model_tree / "arch/x86/kernel/module.c"
    file.write_bytes(file.read_bytes() + b"\n")
    for command in (["series", "-o", str(tmp_path / "out")], ["diff"]):
        done = run_treewide([*command, model_tree])
        assert (done.status, done.stdout) == (1, b"")
        assert done.stderr.startswith(
            b"arch/x86/kernel/module.c: error: uncommitted changes in arch/x86/kernel/module.c\n"
        )


def test_refusal_writes_nothing_unless_it_is_allowed(model_tree: Path, tmp_path: Path) -> None:
    file = model_tree / "arch/x86/kernel/module.c"
    text = file.read_text()
    file.write_text(
        re.sub(
            r"void \*module_alloc\(unsigned long size\)\n{",
            "void *module_alloc(size)\nunsigned long size;\n{",
            text,
        )
    )
    assert file.read_text() != text
    git(model_tree, "commit", "--quiet", "--all", "--message=K&R")
    out = tmp_path / "out"
    done = run_treewide(["series", model_tree, "-o", out, "--branch", "topic"])
    assert (done.status, done.stdout, out.exists()) == (1, b"", False)
    assert re.search(
        rb"^arch/x86/kernel/module\.c:\d+:\d+: refused: .*K&R", done.stderr, re.MULTILINE
    )
    assert git(model_tree, "branch", "--list", "topic") == b""
    done = run_treewide(["series", model_tree, "-o", out, "--allow-refused"])
    assert (done.status, len(patches(out))) == (0, 2)
    cover = (out / "0000-cover-letter.patch").read_text()
    assert "K&R" in cover
    assert re.search(r"arch/x86/kernel/module\.c:\d+", cover)


@pytest.mark.parametrize("rule", ["arch-module-vm-flags", "r.cocci"])
def test_series_of_files_with_carriage_returns_says_how_to_apply_it(
    rule: str, model_tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "r.cocci").write_text("@@ @@\n- return NULL;\n+ return 0;\n")
    out = tmp_path / "out"
    run: list[str | Path] = ["series", model_tree, "-r", rule, "-o", out]
    assert run_treewide(run, cwd=tmp_path).status == 0
    assert "--keep-cr" not in (out / "0000-cover-letter.patch").read_text()
    for file in model_tree.glob("arch/*/kernel/module.c"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    git(model_tree, "commit", "--quiet", "--all", "--message=CR LF")
    done = run_treewide(run, cwd=tmp_path)
    assert done.status == 0, done.stderr
    assert b"apply the patches with git am --keep-cr" in done.stderr
    cover = " ".join((out / "0000-cover-letter.patch").read_text().split())
    assert "are applied with git am --keep-cr." in cover
    git(model_tree, "am", "--quiet", "--keep-cr", *patches(out))


def test_series_and_diff_are_the_same_change(model_tree: Path, tmp_path: Path) -> None:
    done = run_treewide(["diff", model_tree, "-q"])
    assert run_treewide(["series", model_tree, "--branch", "topic"]).status == 0
    assert git(model_tree, "diff", "--full-index", "HEAD", "topic") == done.stdout


def test_send_email_and_b4_would_take_the_folder(model_tree: Path, tmp_path: Path) -> None:
    if not Path("/usr/lib/git-core/git-send-email").exists():
        pytest.skip("no git send-email")
    out = tmp_path / "out"
    options = ["--auto-cc", "--cc", "Jürgen <j@example.org>", "--in-reply-to", "<x@y>"]
    assert (
        run_treewide(["series", model_tree, "-o", out, "--to", "list@example.org", *options]).status
        == 0
    )
    command = ["send-email", "--dry-run", "--quiet", "--suppress-cc=author", "--confirm=never"]
    said = git(model_tree, *command, "--smtp-server=/bin/true", *sorted(out.iterdir())).decode()
    assert said.count("Dry-Sent [PATCH") == 4


# ---------------------------------------------------------------------------- real kernels


def test_linux_6_1_is_converted_whole(kernel_tree: Callable[[str], Path], tmp_path: Path) -> None:
    tree = clone(kernel_tree("6.1"), tmp_path / "linux")
    before = state(tree)
    out = tmp_path / "out"
    done = run_treewide(["series", tree, "-s", "-o", out, "--branch", "topic"])
    assert done.status == 0, done.stderr
    assert state(tree) == before
    assert git(tree, "status", "--porcelain") == b""  # Behind `state`: it may refresh the index.
    git(tree, "am", "--quiet", *patches(out))
    assert git(tree, "diff", "--stat", "topic") == b""
    definitions = git(
        tree,
        "grep",
        "-lE",
        r"^(void \*|static .*|void \* *__weak *)_*module_alloc\(",
        "--",
        "arch",
        "kernel",
    )
    callers = git(tree, "grep", "-l", "__vmalloc_node_range", "--", *definitions.decode().split())
    converted = git(tree, "grep", "-l", "arch_module_vm_flags()", "--", "arch", "kernel")
    assert callers == converted != b""
    again = run_treewide(["series", tree, "-o", tmp_path / "again"])
    assert (again.status, again.stdout) == (0, b"")
    assert b"nothing to do" in again.stderr


def state(tree: Path) -> tuple[object, ...]:
    index = tree / ".git" / "index"
    refs = git(tree, "for-each-ref", "refs/heads/main", "refs/tags", "refs/remotes")
    return git(tree, "rev-parse", "HEAD"), refs, index.read_bytes(), index.stat().st_mtime_ns


def test_checkpatch_of_the_kernel_has_nothing_to_say(
    kernel_tree: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = clone(
        kernel_tree("6.1"),
        tmp_path / "linux",
        patterns=("/*", "!/*/", "/scripts/", "/include/linux/"),
    )
    assert run_treewide(["series", tree, "-s", "-o", tmp_path / "out"]).status == 0
    # --no-tree, because most of it is not checked out.
    command = ["perl", "scripts/checkpatch.pl", "--strict", "--quiet", "--no-tree"]
    done = subprocess.run(
        [*command, *patches(tmp_path / "out")],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_linux_6_12_is_refused_with_the_place_where_the_flags_live(
    kernel_tree: Callable[[str], Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for command in (["series", "-o", str(out)], ["diff"]):
        done = run_treewide([*command, kernel_tree("6.12")])
        assert (done.status, done.stdout, out.exists()) == (1, b"", False)
        assert b"execmem_vmalloc() in mm/execmem.c" in done.stderr
