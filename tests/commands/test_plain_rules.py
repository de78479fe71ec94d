"""Rules of edits: what a faulty one is told, and what the commands make of a sound one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.c.layout import TOLERATED, width
from refactor.commands.common import find_rule
from refactor.errors import Status
from refactor.plan.lookup import Found
from refactor.plan.plan import Plan, make
from refactor.rule.model import Rule
from refactor.series.message import Writer
from refactor.series.subjects import COLUMNS
from refactor.tree.commit import open_tree
from tests.edits import HEAD
from tests.support import PROJECT, clone, git, run_treewide

# ---------------------------------------------------------------------------- faulty rules


# ---------------------------------------------------------------------------- properties


# ---------------------------------------------------------------------------- commands

RULE_FILE = (
    HEAD.replace('"kernel/**/*.[ch]"', '"arch/**/*.[ch]", "kernel/**/*.[ch]"')
    + "[[edit]]\nsmpl = '''\n@@\nexpression p;\n@@\n- vfree(p)\n+ kvfree(p)\n'''\n"
)


@pytest.fixture
def rule_file(tmp_path: Path) -> Path:
    file = tmp_path / "test.toml"
    file.write_text(RULE_FILE)
    return file


def write(tree: Path, path: str, text: str) -> None:
    (tree / path).write_text(text)
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "-m", "x")


def test_a_series_one_patch_for_each_component(
    model_tree: Path, rule_file: Path, tmp_path: Path
) -> None:
    write(model_tree, "kernel/one.c", "void f(void *p)\n{\n\tvfree(p);\n}\n")
    write(model_tree, "arch/x86/kernel/two.c", "void g(void *p)\n{\n\tvfree(p);\n}\n")
    done = run_treewide(["series", "-r", rule_file, "-o", tmp_path / "out"], cwd=model_tree)
    assert done.status == 0, done.stderr
    mails = sorted((tmp_path / "out").iterdir())
    assert [mail.name[:4] for mail in mails] == ["0000", "0001", "0002"]
    first, second = (mail.read_text() for mail in mails[1:])
    assert "Subject: [PATCH 1/2] core: Do it" in first
    assert "Subject: [PATCH 2/2] x86: Do it" in second
    git(model_tree, "am", "--quiet", *mails[1:])
    again = run_treewide(["diff", "--exit-code", "-r", rule_file], cwd=model_tree)
    assert (again.status, again.stdout) == (Status.NOTHING, b"")
    assert b"matches nothing: not in 2 files with vfree" in again.stderr


def test_a_rule_that_matches_nothing_says_so(model_tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "test.toml"
    file.write_text(RULE_FILE.replace("- vfree(p)", "- nobody_calls_this(p)"))
    done = run_treewide(["diff", "-r", file], cwd=model_tree)
    assert done.status == Status.NOTHING
    assert b"matches nothing: no use of nobody_calls_this" in done.stderr


def test_who_is_outside_of_the_paths_of_a_rename_is_told_of(
    model_tree: Path, tmp_path: Path
) -> None:
    file = tmp_path / "test.toml"
    text = RULE_FILE.partition("[[edit]]")[0] + "single = true\n"
    file.write_text(text + '[[edit]]\nrename = "old_name"\nto = "new_name"\n')
    write(model_tree, "kernel/one.c", "int old_name(void);\n")
    write(model_tree, "kernel/entry.S", "\tcall old_name\n")
    done = run_treewide(["diff", "-r", file], cwd=model_tree)
    assert done.status == 0, done.stderr
    assert b"1 file outside of the rule's paths with old_name, not changed: kernel/entry.S" in (
        done.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["check", "--matrix"], b"has no matrix", id="check --matrix"),
        pytest.param(["validate"], b"has no helper", id="validate"),
        pytest.param(["series", "--validate"], b"has no helper", id="series --validate"),
        pytest.param(["diff", "--policy", "x"], b"has no policies", id="--policy"),
    ],
)
def test_what_needs_a_helper_is_a_usage_error(
    model_tree: Path, rule_file: Path, arguments: list[str], words: bytes
) -> None:
    write(model_tree, "kernel/one.c", "void f(void *p)\n{\n\tvfree(p);\n}\n")
    command = [*arguments, "-r", str(rule_file), str(model_tree)]
    done = run_treewide(command)
    assert done.status == Status.USAGE
    assert words in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_rule_that_requires_another_one(model_tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "test.toml"
    file.write_text(f'requires = ["arch-module-vm-flags"]\n{RULE_FILE}')
    done = run_treewide(["diff", "-r", file], cwd=model_tree)
    assert done.status == Status.REFUSED
    assert b"is right only where arch-module-vm-flags has been applied" in done.stderr
    flags = run_treewide(["series", "--branch", "flags"], cwd=model_tree)
    assert flags.status == 0
    done = run_treewide(["diff", "-r", file, "--base", "flags"], cwd=model_tree)
    assert done.status == 0, done.stderr


@pytest.mark.parametrize("kind", ["--html", "--stat"])
def test_other_faces_of_a_diff(
    model_tree: Path, rule_file: Path, tmp_path: Path, kind: str
) -> None:
    page = tmp_path / "page.html"
    arguments = ["--html", str(page)] if kind == "--html" else ["--stat"]
    write(model_tree, "kernel/one.c", "void f(void *p)\n{\n\tvfree(p);\n}\n")
    done = run_treewide(["diff", "-r", rule_file, *arguments], cwd=model_tree)
    assert done.status == 0, done.stderr
    shown = page.read_bytes() if kind == "--html" else done.stdout
    assert b"kernel/one.c" in shown
    assert kind == "--stat" or b"<code>kvfree(p)</code>" in shown


# ---------------------------------------------------------------------------- real kernels

Kernels = Callable[[str], Path]


def plan_of(tree: Path, name: str) -> Plan:
    rule, _ = find_rule(name)
    assert isinstance(rule, Rule)
    return make(open_tree(tree), rule)


def test_a_pair_of_calls_is_merged_all_over_a_kernel(kernel_tree: Kernels) -> None:
    """The oracle is a regular expression: it sees the plain pairs, and nothing that is harder."""
    tree = kernel_tree("6.1")
    plan = plan_of(tree, "replay-set-memory-rox")
    plain = re.compile(rb"\n\t+set_memory_ro(\([^;]*\));\n\t+set_memory_x\1;")
    paths = git(tree, "grep", "-lw", "set_memory_x", "--", "*.[ch]").decode().split()
    expected = {path: len(plain.findall((tree / path).read_bytes())) for path in paths}
    changed: dict[str, int] = {}
    for patch in plan.patches:
        for change in patch.changes:
            if change.verdict.before.startswith("set_memory_ro"):
                changed[change.place.path] = changed.get(change.place.path, 0) + 1
    assert changed == {path: count for path, count in expected.items() if count}
    assert [(each.place.path, each.verdict.function) for each in plan.refused] == [
        ("arch/x86/kernel/kprobes/core.c", "alloc_insn_page")
    ]
    assert [patch.component for patch in plan.patches] == ["generic", "arm", "powerpc", "x86"]
    for patch in plan.patches:
        for file in patch.files:
            assert b"set_memory_rox" in file.after
            before = {*file.before.splitlines()}
            assert all(width(each) <= TOLERATED for each in {*file.after.splitlines()} - before)


def test_what_is_redundant_behind_the_flags(kernel_tree: Kernels, tmp_path: Path) -> None:
    tree = clone(kernel_tree("6.1"), tmp_path / "tree")
    assert run_treewide(["series", "--branch", "flags"], cwd=tree).status == 0
    git(tree, "checkout", "--quiet", "flags")
    plan = plan_of(tree, "drop-redundant-reset-perms")
    [patch] = plan.patches
    places = {(change.place.path, change.verdict.function) for change in patch.changes}
    assert places == {
        ("kernel/bpf/core.c", "alloc_new_pack"),
        ("kernel/bpf/core.c", "bpf_prog_pack_alloc"),
        ("kernel/module/strict_rwx.c", "module_enable_ro"),
    }
    # Memory of bpf_jit_alloc_exec() is not module_alloc()'s everywhere, and fp is vmalloc()'s.
    assert {each.place.path for each in plan.skipped} >= {
        "include/linux/filter.h",
        "kernel/bpf/trampoline.c",
    }
    out = tmp_path / "out"
    name = "drop-redundant-reset-perms"
    done = run_treewide(["series", "-s", "-r", name, "-o", out], cwd=tree)
    assert done.status == 0, done.stderr
    [mail] = out.glob("0001-*")
    git(tree, "am", "--quiet", mail)
    checked = subprocess.run(
        ["perl", "scripts/checkpatch.pl", "--no-tree", "--strict", "--terse", mail],
        cwd=tree, capture_output=True, text=True,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout) == (0, "")
    assert run_treewide(["diff", "-r", "drop-redundant-reset-perms"], cwd=tree).stdout == b""


@pytest.mark.parametrize(
    ("version", "name", "words"),
    [
        ("6.12", "drop-redundant-reset-perms", "comes from execmem"),
        ("6.12", "replay-riscv-reset-perms", "comes from execmem"),
        ("6.12", "replay-x86-reset-perms", "comes from execmem"),
        ("6.1", "drop-redundant-reset-perms", "is right only where arch-module-vm-flags"),
        ("6.1", "replay-allow-huge-vmap", "does not define VM_NO_HUGE_VMAP"),
        ("6.1", "replay-module-shadow-names", "does not have kasan_module_alloc"),
        ("6.1", "replay-defer-kmemleak", "defines VM_DEFER_KMEMLEAK already"),
        ("6.1", "replay-vmalloc-vm-flags", "has its vm_flags already"),
    ],
)
def test_a_tree_that_a_rule_does_not_fit(
    kernel_tree: Kernels, version: str, name: str, words: str
) -> None:
    done = run_treewide(["diff", "-r", name, kernel_tree(version)])
    assert done.status == Status.REFUSED
    assert words in done.stderr.decode()
    assert b"hint: " in done.stderr


def test_a_kernel_that_has_it_all(kernel_tree: Kernels) -> None:
    plan = plan_of(kernel_tree("6.12"), "replay-set-memory-rox")
    assert not plan.patches
    assert not plan.refused


# ---------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    "name", sorted(file.stem for file in (PROJECT / "rules").glob("replay-*.toml"))
)
def test_the_words_of_a_shipped_rule_fit(name: str, tmp_path: Path) -> None:
    """From the cases of the rule a tree is made; its messages have to be well-formed."""
    rule, templates = find_rule(name)
    assert isinstance(rule, Rule)
    tree = tree_of_cases(rule, tmp_path)
    plan = make(open_tree(tree), rule)
    assert plan.patches
    assert len(plan.patches) == 1 or not rule.single
    writer = Writer(plan, Found({}, {}, {}), templates)
    for message in writer.messages():
        assert len(message.subject) <= COLUMNS
        lines = message.body.splitlines()
        assert lines
        assert all(len(line) <= COLUMNS for line in lines), message.body
        assert not any("  \n" in line or "{{" in line or "None" in line for line in lines)
    assert "treewide series --rule" in str(writer.cover(f"treewide series --rule {name}"))


def tree_of_cases(rule: Rule, tmp_path: Path) -> Path:
    """A kernel tree that fits the rule's first open vintage, with its cases as files."""
    vintage = next(each for each in rule.vintages if not each.refuse)
    for name in ("arch", "include/linux", "kernel", "mm"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "Makefile").write_text("VERSION = 6\n")
    texts: dict[str, str] = {}
    for header, names in vintage.macros.items():
        texts[header] = "".join(f"#define {each}\t\t1\t/* one */\n" for each in names)
    for file, names in vintage.words.items():
        texts[file] = texts.get(file, "") + "".join(f"int {each}(int a);\n" for each in names)
    for number, case in enumerate(each for each in rule.cases if each.after is not None):
        path = case.path if case.path not in texts else f"{case.path[:-2]}{number}{case.path[-2:]}"
        texts[path] = case.before
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path
