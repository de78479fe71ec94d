"""Trees of every kind are read alike: by their commits, or as they lie there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.errors import TreewideError
from refactor.tree.commit import GitTree, open_tree
from refactor.tree.plain import PlainTree
from refactor.tree.tree import KernelTree
from tests.support import MODEL, commit_all, git, run_treewide

GLOBS = ("arch/**/*.[ch]", "kernel/**/*.[ch]")


def plain_copy(to: Path) -> Path:
    shutil.copytree(MODEL, to, symlinks=True)
    return to


def committed(tree: Path) -> None:
    git(tree, "add", "--force", "--all")
    git(tree, "commit", "--quiet", "--message=Change")


def found(tree: KernelTree) -> list[str]:
    return tree.search(["module_alloc"], GLOBS)()


EXPECTED = [
    "arch/powerpc/kernel/kprobes.c",
    "arch/powerpc/kernel/module.c",
    "arch/x86/kernel/kprobes/core.c",
    "arch/x86/kernel/module.c",
    "kernel/kprobes.c",
    "kernel/module.c",
]


# ---------------------------------------------------------------------------- kinds of trees


def work_tree(tree: Path, _: Path) -> Path:
    return tree


def subfolder(tree: Path, _: Path) -> Path:
    return tree / "arch" / "x86"


def git_folder(tree: Path, _: Path) -> Path:
    return tree / ".git"


def bare(tree: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", "--bare", tree, tmp_path / "bare.git")
    return tmp_path / "bare.git"


def linked_work_tree(tree: Path, tmp_path: Path) -> Path:
    git(tree, "worktree", "add", "--quiet", tmp_path / "linked")
    return tmp_path / "linked"


def git_file(tree: Path, tmp_path: Path) -> Path:
    (tree / ".git").rename(tmp_path / "separate")
    (tree / ".git").write_text(f"gitdir: {tmp_path}/separate\n")
    return tree


def submodule(tree: Path, tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "super")
    options = ("-c", "protocol.file.allow=always")
    git(tmp_path / "super", *options, "submodule", "--quiet", "add", tree, "linux")
    return tmp_path / "super" / "linux"


def detached(tree: Path, _: Path) -> Path:
    git(tree, "checkout", "--quiet", "--detach")
    return tree


def packed_refs(tree: Path, _: Path) -> Path:
    git(tree, "pack-refs", "--all")
    git(tree, "gc", "--quiet")
    return tree


def shallow(tree: Path, tmp_path: Path) -> Path:
    (tree / "README").write_text("second\n")
    committed(tree)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tree}", tmp_path / "shallow")
    return tmp_path / "shallow"


def sparse(tree: Path, _: Path) -> Path:
    git(tree, "sparse-checkout", "set", "include")
    assert not (tree / "arch").exists()
    return tree


def sparse_index(tree: Path, _: Path) -> Path:
    git(tree, "sparse-checkout", "set", "--sparse-index", "include")
    return tree


def grafted(tree: Path, _: Path) -> Path:
    (tree / "README").write_text("second\n")
    committed(tree)
    head = git(tree, "rev-parse", "HEAD").decode().strip()
    (tree / ".git/info").mkdir(exist_ok=True)
    (tree / ".git/info/grafts").write_text(f"{head}\n")
    return tree


def replaced(tree: Path, _: Path) -> Path:
    """HEAD is a commit without a kernel, to whom replace refs are more than a view."""
    empty = git(tree, "commit-tree", "-m", "empty", git(tree, "mktree", stdin=b"").decode().strip())
    git(tree, "replace", "HEAD", empty.decode().strip())
    return tree


def lone_alternate(tree: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", "--shared", tree, tmp_path / "borrower")
    return tmp_path / "borrower"


def lies_elsewhere(tree: Path, tmp_path: Path) -> Path:
    shutil.copytree(tree, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".git"))
    git(tree, "config", "core.worktree", str(tmp_path / "elsewhere"))
    return tree


def git_folder_of_one_that_lies_elsewhere(tree: Path, tmp_path: Path) -> Path:
    return git_folder(lies_elsewhere(tree, tmp_path), tmp_path)


KINDS = [
    work_tree, git_folder_of_one_that_lies_elsewhere,
    subfolder, git_folder, bare, linked_work_tree, git_file, submodule, detached,
    packed_refs, shallow, sparse, sparse_index, grafted, replaced, lone_alternate, lies_elsewhere,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_repository_gives_the_same_patches(
    kind: Callable[[Path, Path], Path], model_tree: Path, tmp_path: Path
) -> None:
    expected = run_treewide(["diff", model_tree, "-q"])
    assert expected.status == 0
    place = kind(model_tree, tmp_path)
    done = run_treewide(["diff", place, "-q"])
    assert (done.status, done.stdout) == (0, expected.stdout), done.stderr
    # The series needs the commit, and not only what is in it.
    assert run_treewide(["series", place, "-q", "-o", tmp_path / "out"]).status == 0


NAMES = [
    b"with space", b"with\nnewline", b"\xff\xfe not utf-8", b"-dash", b'"quotes"', b"#comment",
    b"'single'", b"tab\there", b"back\\slash", b"[glob]*?", b":(top)magic", b"co:lon", b"\xc3\xa4",
    b"%s {0} $HOME",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["git", "plain"])
def test_tree_may_lie_in_a_folder_of_any_name(
    name: bytes, kind: str, model_tree: Path, tmp_path: Path
) -> None:
    home = tmp_path / os.fsdecode(name)
    home.mkdir()
    tree = home / os.fsdecode(name)
    if kind == "git":
        model_tree.rename(tree)
    else:
        plain_copy(tree)
    done = run_treewide(
        ["series", f"./{os.fsdecode(name)}", "-o", f"./{os.fsdecode(name)}.out"], cwd=home
    )
    assert done.status == 0, done.stderr
    folder = home / os.fsdecode(name + b".out")
    assert (
        sorted(os.fsencode(folder.name + "/" + mail) for mail in os.listdir(folder))
        == [line for line in done.stdout.replace(name, b"NAME").splitlines() if line]
        or os.fsencode(folder.name) in done.stdout
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["git", "plain"])
def test_files_may_have_any_name(name: bytes, kind: str, tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    odd = tree / "arch" / "x86" / "kernel" / os.fsdecode(name + b".c")
    text = (tree / "arch/x86/kernel/module.c").read_bytes()
    (tree / "arch/x86/kernel/module.c").rename(odd)
    if kind == "git":
        commit_all(tree, "Import")
    opened = open_tree(tree)
    path = str(odd.relative_to(tree))
    assert path in found(opened)
    assert opened.read([path])[path].data == text
    done = run_treewide(["diff", tree, "-q"])
    assert done.status == 0, done.stderr
    git(tree, "apply", "-", stdin=done.stdout)
    assert b"arch_module_vm_flags()" in odd.read_bytes()


# ---------------------------------------------------------------------------- what is read


def test_commit_and_plain_folder_are_read_alike(model_tree: Path, tmp_path: Path) -> None:
    plain = open_tree(plain_copy(tmp_path / "plain"))
    commit = open_tree(model_tree)
    assert isinstance(plain, PlainTree)
    assert isinstance(commit, GitTree)
    assert found(plain) == found(commit) == EXPECTED
    paths = [*EXPECTED, "include/linux", "nothing", "Makefile", "Makefile/x", "../model/Makefile"]
    assert plain.read(paths[:-1]) == commit.read(paths[:-1])
    assert plain.sizes(paths[:-1]) == commit.sizes(paths[:-1])
    assert plain.read(["Makefile"])["Makefile"].data == (MODEL / "Makefile").read_bytes()


def test_listed_folder_answers_as_git_does_for_each_path(model_tree: Path) -> None:
    for name in (
        "arch/x86.c",
        "arch/x86-64.c",
        "arch/x86/a\nb.c",
        "kernel/\udcff.c",
        "kernel/\u00fc.c",
    ):
        (model_tree / name).write_text("int i;\n")
    committed(model_tree)
    listing = git(model_tree, "ls-tree", "-r", "-z", "--name-only", "HEAD")
    paths = [os.fsdecode(path) for path in listing.split(b"\0")]
    paths += ["arch", "arch/x86", "arch/x86/", "arch/nothing.c", "kernel/zzz", "kernel/", "arch/."]
    one, other = open_tree(model_tree), open_tree(model_tree)
    other.unread(GLOBS)
    wanted = [path for path in paths if path]
    assert one.read(wanted) == other.read(wanted)
    assert one.sizes(wanted) == other.sizes(wanted)
    assert len(one.read(wanted)) > 20


def test_search_can_be_asked_again_and_in_pieces(model_tree: Path, tmp_path: Path) -> None:
    for tree in (open_tree(model_tree), open_tree(plain_copy(tmp_path / "plain"))):
        search = tree.search(["module_alloc"], GLOBS)
        first = next(search.batches())
        assert set(first) <= set(EXPECTED)
        assert search() == search() == EXPECTED


def test_search_that_fails_says_so_behind_what_it_has_found(model_tree: Path) -> None:
    (model_tree / "kernel/lost.c").write_text("void *module_alloc(unsigned long size);\n")
    committed(model_tree)
    oid = git(model_tree, "rev-parse", "HEAD:kernel/lost.c").decode().strip()
    lost = model_tree / ".git/objects" / oid[:2] / oid[2:]
    lost.unlink()
    search = open_tree(model_tree).search(["module_alloc"], GLOBS)
    with pytest.raises(TreewideError, match="cannot read all of the tree"):
        search()


def test_commit_is_read_and_not_the_work_tree(model_tree: Path) -> None:
    (model_tree / "kernel/module.c").write_text("changed\n")
    git(model_tree, "add", "kernel/module.c")
    (model_tree / "Makefile").unlink()
    tree = open_tree(model_tree)
    assert found(tree) == EXPECTED
    assert tree.read(["kernel/module.c"])["kernel/module.c"].data != b"changed\n"


def test_older_commit_is_read_if_it_is_asked_for(model_tree: Path) -> None:
    git(model_tree, "rm", "--quiet", "-r", "arch/x86")
    committed(model_tree)
    assert found(open_tree(model_tree)) == [path for path in EXPECTED if "x86" not in path]
    assert found(open_tree(model_tree, "HEAD~")) == EXPECTED


@pytest.mark.parametrize(
    "attributes",
    ["*.c binary", "*.c -diff", "*.c text eol=crlf", "*.c ident", "*.c export-subst",
     "*.c working-tree-encoding=UTF-16", "*.c diff=missing", "[attr]odd -text\n*.c odd"],
)  # fmt: skip
def test_attributes_change_nothing(attributes: str, model_tree: Path) -> None:
    plain = run_treewide(["diff", model_tree, "-q"])
    (model_tree / ".gitattributes").write_text(attributes + "\n")
    git(model_tree, "add", ".gitattributes")
    git(model_tree, "commit", "--quiet", "--message=Attributes", ".gitattributes")
    done = run_treewide(["diff", model_tree, "-q"])
    assert (done.status, strip_headings(done.stdout)) == (0, strip_headings(plain.stdout))


def strip_headings(diff: bytes) -> list[bytes]:
    """A diff without the headings of its hunks: those are what attributes are for."""
    return [line.split(b" @@")[0] for line in diff.splitlines()]


@pytest.mark.parametrize("kind", ["git", "plain"])
def test_large_file_is_refused_and_not_parsed(kind: str, tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    large = b"void *module_alloc(unsigned long size);\n" + b"/* filler */\n" * 400_000
    (tree / "arch/x86/kernel/large.c").write_bytes(large)
    if kind == "git":
        commit_all(tree, "Import")
    done = run_treewide(["series", tree, "-o", tmp_path / "out"])
    assert done.status == 1
    assert b"arch/x86/kernel/large.c:1:1: refused: the file is too large" in done.stderr
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------------- links and pipes


@pytest.mark.parametrize("kind", ["git", "plain"])
@pytest.mark.parametrize(
    ("target", "refused"),
    [
        pytest.param("/etc/passwd", True, id="absolute"),
        pytest.param("../../../../outside.c", True, id="relative"),
        pytest.param("../../../kernel/module.c", False, id="inside"),
        pytest.param("linked.c", False, id="loop"),
        pytest.param("missing.c", False, id="dangling"),
    ],
)
def test_links_are_never_followed(kind: str, target: str, refused: bool, tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    (tmp_path / "outside.c").write_text("void *module_alloc(unsigned long size) { return 0; }\n")
    (tree / "arch/x86/kernel/linked.c").symlink_to(target)
    if kind == "git":
        commit_all(tree, "Import")
    opened = open_tree(tree)
    assert found(opened) == EXPECTED
    assert opened.read(["arch/x86/kernel/linked.c"]) == {}
    links = [entry.path for entry in opened.unread(GLOBS)]
    assert links == (["arch/x86/kernel/linked.c"] if refused else [])


@pytest.mark.parametrize("kind", ["git", "plain"])
def test_link_to_a_folder_outside_is_reported(kind: str, tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    (tree / "arch" / "new").symlink_to(tmp_path)
    (tree / "arch" / "loop").symlink_to(".")
    if kind == "git":
        commit_all(tree, "Import")
    done = run_treewide(["diff", tree])
    assert done.status == 1
    assert b"arch/new:1:1: refused: it is not looked into: a symbolic link" in done.stderr


def test_pipes_and_devices_do_not_stop_a_run(tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    os.mkfifo(tree / "arch/x86/kernel/pipe.c")
    os.mkfifo(tree / "arch/x86/Kconfig.pipe")
    (tree / "MAINTAINERS").unlink()
    os.mkfifo(tree / "MAINTAINERS")
    opened = open_tree(tree)
    assert found(opened) == EXPECTED
    assert opened.read(["arch/x86/kernel/pipe.c", "MAINTAINERS"]) == {}
    done = run_treewide(["diff", tree])
    assert done.status == 1
    assert (
        b"pipe.c:1:1: refused: it is not looked into: a pipe, a socket or a device" in done.stderr
    )


def test_pipe_in_the_place_of_a_committed_file_does_not_stop_a_run(model_tree: Path) -> None:
    (model_tree / "kernel/module.c").unlink()
    os.mkfifo(model_tree / "kernel/module.c")
    assert open_tree(model_tree).uncommitted(["kernel/module.c"]) == ["kernel/module.c"]


def test_unreadable_file_is_an_error_and_not_skipped(tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    (tree / "arch/x86/kernel/module.c").chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o755)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
        try:
            found(open_tree(tree))
        except TreewideError as error:
            os._exit(0 if "Permission denied" in error.message else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# ---------------------------------------------------------------------------- uncommitted


def edit(tree: Path) -> None:
    (tree / "kernel/module.c").write_text("edited\n")


def stage(tree: Path) -> None:
    original = (tree / "kernel/module.c").read_bytes()
    edit(tree)
    git(tree, "add", "kernel/module.c")
    (tree / "kernel/module.c").write_bytes(original)


def stage_mode(tree: Path) -> None:
    git(tree, "update-index", "--chmod=+x", "kernel/module.c")


def delete(tree: Path) -> None:
    (tree / "kernel/module.c").unlink()


def remove(tree: Path) -> None:
    git(tree, "rm", "--quiet", "--cached", "kernel/module.c")


def link(tree: Path) -> None:
    (tree / "kernel/module.c").rename(tree / "kernel/moved.c")
    (tree / "kernel/module.c").symlink_to("moved.c")


def folder(tree: Path) -> None:
    (tree / "kernel/module.c").unlink()
    (tree / "kernel/module.c").mkdir()


def hidden_edit(tree: Path) -> None:
    git(tree, "update-index", "--assume-unchanged", "kernel/module.c")
    edit(tree)


def unmerged(tree: Path) -> None:
    for text in ("ours", "theirs"):
        git(tree, "checkout", "--quiet", "-b", text, "main")
        (tree / "kernel/module.c").write_text(f"{text}\n")
        git(tree, "commit", "--quiet", "--all", f"--message={text}")
    with pytest.raises(Exception, match="returned non-zero"):
        git(tree, "merge", "ours")


def nothing(_: Path) -> None:
    pass


def touch(tree: Path) -> None:
    os.utime(tree / "kernel/module.c", (0, 0))


def other_file(tree: Path) -> None:
    (tree / "Makefile").write_text("edited\n")


def carriage_returns(tree: Path) -> None:
    git(tree, "config", "core.autocrlf", "true")
    (tree / "kernel/module.c").unlink()
    git(tree, "checkout", "kernel/module.c")
    assert b"\r\n" in (tree / "kernel/module.c").read_bytes()


def sparse_without(tree: Path) -> None:
    git(tree, "sparse-checkout", "set", "include")


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        *((each, True) for each in (edit, stage, stage_mode, delete, remove, link, folder)),
        *((each, True) for each in (hidden_edit, unmerged)),
        *((each, False) for each in (nothing, touch, other_file, carriage_returns, sparse_without)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_uncommitted_changes_of_a_touched_file(
    change: Callable[[Path], None], differs: bool, model_tree: Path
) -> None:
    change(model_tree)
    tree = open_tree(model_tree)
    assert tree.uncommitted(["kernel/module.c"]) == (["kernel/module.c"] if differs else [])


def test_work_tree_elsewhere_does_not_matter(model_tree: Path) -> None:
    base = git(model_tree, "rev-parse", "HEAD").decode().strip()
    assert open_tree(model_tree, base).uncommitted(["Makefile"]) == []
    edit(model_tree)
    assert open_tree(model_tree, base).uncommitted(["kernel/module.c"]) == ["kernel/module.c"]
    committed(model_tree)
    (model_tree / "kernel/module.c").write_text("more\n")
    assert open_tree(model_tree, base).uncommitted(["kernel/module.c"]) == []


# ---------------------------------------------------------------------------- no tree at all


def no_folder(tmp_path: Path) -> list[str]:
    return [str(tmp_path / "nothing")]


def a_file(tmp_path: Path) -> list[str]:
    (tmp_path / "file").touch()
    return [str(tmp_path / "file")]


def empty_folder(tmp_path: Path) -> list[str]:
    return [str(tmp_path)]


def other_project(tmp_path: Path) -> list[str]:
    (tmp_path / "kernel").mkdir()
    (tmp_path / "README").touch()
    commit_all(tmp_path, "Other")
    return [str(tmp_path)]


def unborn(tmp_path: Path) -> list[str]:
    git(plain_copy(tmp_path / "linux"), "init", "--quiet")
    return [str(tmp_path / "linux")]


def no_such_commit(tmp_path: Path) -> list[str]:
    commit_all(plain_copy(tmp_path / "linux"), "Import")
    return [str(tmp_path / "linux"), "--base", "v9.9"]


def option_as_commit(tmp_path: Path) -> list[str]:
    commit_all(plain_copy(tmp_path / "linux"), "Import")
    return [str(tmp_path / "linux"), "--base=--all"]


def commit_of_no_repository(tmp_path: Path) -> list[str]:
    return [str(plain_copy(tmp_path / "linux")), "--base", "HEAD"]


def broken_repository(tmp_path: Path) -> list[str]:
    commit_all(plain_copy(tmp_path / "linux"), "Import")
    (tmp_path / "linux/.git/config").write_text("[broken")
    return [str(tmp_path / "linux")]


def lost_object(tmp_path: Path) -> list[str]:
    commit_all(plain_copy(tmp_path / "linux"), "Import")
    oid = git(tmp_path / "linux", "rev-parse", "HEAD:include/linux/vmalloc.h").decode().strip()
    pack = next((tmp_path / "linux/.git/objects/pack").glob("*.pack"), None)
    if pack is not None:
        data = pack.read_bytes()
        pack.with_suffix(".idx").unlink()
        pack.unlink()
        git(tmp_path / "linux", "unpack-objects", "-q", stdin=data)
    (tmp_path / "linux/.git/objects" / oid[:2] / oid[2:]).unlink()
    return [str(tmp_path / "linux")]


@pytest.mark.parametrize(
    ("make", "status", "says"),
    [
        (no_folder, 4, "nothing: error: no such directory"),
        (a_file, 4, "file: error: no such directory"),
        (empty_folder, 4, "error: not a Linux kernel tree: there is no arch, no include/linux"),
        (other_project, 4, "error: not a Linux kernel tree"),
        (unborn, 4, "error: the repository has no commit yet"),
        (no_such_commit, 2, "error: no commit 'v9.9'"),
        (option_as_commit, 2, "error: no commit '--all'"),
        (commit_of_no_repository, 2, "is no git repository"),
        (broken_repository, 4, "git rev-parse failed: fatal: bad config line"),
        (lost_object, 4, "missing"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_no_tree_is_told(
    make: Callable[[Path], list[str]], status: int, says: str, tmp_path: Path
) -> None:
    done = run_treewide(["diff", *make(tmp_path)])
    assert (done.status, done.stdout) == (status, b"")
    assert says in done.stderr.decode()
    assert "bug" not in done.stderr.decode()


def test_kernel_within_a_bigger_repository_is_a_plain_folder(tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "vendor" / "linux")
    commit_all(tmp_path, "Import everything")
    assert isinstance(open_tree(tree), PlainTree)
    (tree / "kernel/module.c").write_bytes((tree / "kernel/module.c").read_bytes() + b"\n")
    assert run_treewide(["diff", tree, "-q"]).status == 0


@pytest.mark.parametrize("path", [":(top)Makefile", ":!arch", "Make*", "Makefil?", ":/Makefile"])
def test_path_is_no_pattern(path: str, model_tree: Path) -> None:
    assert open_tree(model_tree).read([path]) == {}


def test_git_is_asked_once_for_what_does_not_change(model_tree: Path) -> None:
    tree = open_tree(model_tree)
    assert tree.sizes(EXPECTED).keys() == tree.read(EXPECTED).keys() == set(EXPECTED)
    shutil.rmtree(model_tree / ".git")
    assert tree.sizes(EXPECTED).keys() == set(EXPECTED)
