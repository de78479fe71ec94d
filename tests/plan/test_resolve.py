"""What a rule makes of a tree: vintages, the core patch, the order, what is told about the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from refactor.commands.common import find_helper_rule
from refactor.errors import NothingError, RefusedError, TreewideError, UsageError
from refactor.plan.plan import HelperPlan, make
from refactor.tree.commit import open_tree
from tests.support import MODEL

RULE, _ = find_helper_rule("arch-module-vm-flags")

VMALLOC = "include/linux/vmalloc.h"
LOADER = "include/linux/moduleloader.h"
GENERIC = "kernel/module.c"
X86 = "arch/x86/kernel/module.c"
POWERPC = "arch/powerpc/kernel/module.c"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The model as a plain folder, to be changed at will."""
    return Path(shutil.copytree(MODEL, tmp_path / "tree"))


def plan(tree: Path, policy: str | None = None) -> HelperPlan:
    return make(open_tree(tree), RULE, RULE.policy(policy))


def change(tree: Path, path: str, old: str, new: str) -> None:
    text = (tree / path).read_text()
    assert old in text, f"{path} has no {old!r}"
    (tree / path).write_text(text.replace(old, new))


def after(made: HelperPlan, path: str) -> str:
    return next(
        each.after.decode() for patch in made.patches for each in patch.files if each.path == path
    )


def convert(tree: Path, policy: str | None = None) -> HelperPlan:
    """Write what the series would make of the tree into it."""
    made = plan(tree, policy)
    for patch in made.patches:
        for each in patch.files:
            (tree / each.path).write_bytes(each.after)
    return made


def test_core_comes_first_and_then_the_architectures_by_name(tree: Path) -> None:
    made = plan(tree)
    assert [patch.component for patch in made.patches] == ["generic", "powerpc", "x86"]
    assert [each.path for each in made.patches[0].files] == [LOADER, GENERIC]
    assert not made.resolved.exists


def test_helper_stands_right_before_the_generic_definition(tree: Path) -> None:
    text = after(plan(tree), GENERIC)
    helper, definition = (
        text.index("__weak arch_module_vm_flags"),
        text.index("__weak module_alloc"),
    )
    assert text[helper:definition].count("\n\n") == 1
    assert "*/\nunsigned long __weak arch_module_vm_flags(void)" in text


def test_helper_stands_before_the_comment_of_the_generic_definition(tree: Path) -> None:
    change(
        tree, GENERIC, "void * __weak module_alloc", "/* For all. */\nvoid * __weak module_alloc"
    )
    text = after(plan(tree), GENERIC)
    assert "}\n\n/* For all. */\nvoid * __weak module_alloc" in text


def test_prototype_is_not_weak_and_follows_that_of_the_entry(tree: Path) -> None:
    text = after(plan(tree), LOADER)
    assert text.index("module_alloc(") < text.index("unsigned long arch_module_vm_flags(void);")
    assert "__weak" not in text


@pytest.mark.parametrize(
    ("old", "new", "vintage"),
    [
        pytest.param("VM_NO_HUGE_VMAP", "VM_NO_HUGE_VMAP", "opt-out", id="opt-out"),
        pytest.param("VM_NO_HUGE_VMAP", "VM_ALLOW_HUGE_VMAP", "opt-in", id="opt-in"),
        pytest.param("VM_NO_HUGE_VMAP", "VM_OTHER", "never", id="no huge vmalloc at all"),
    ],
)
def test_vintage_is_told_by_what_the_tree_defines(
    tree: Path, old: str, new: str, vintage: str
) -> None:
    change(tree, VMALLOC, old, new)
    change(tree, POWERPC, " | VM_NO_HUGE_VMAP", "")
    made = plan(tree)
    assert made.vintage.name == vintage
    assert ("VM_NO_HUGE_VMAP" in after(made, GENERIC)) == (vintage == "opt-out")


def test_a_tree_without_the_flag_is_refused(tree: Path) -> None:
    change(tree, VMALLOC, "VM_FLUSH_RESET_PERMS", "VM_SOMETHING")
    with pytest.raises(RefusedError, match="does not define VM_FLUSH_RESET_PERMS"):
        plan(tree)


def test_execmem_is_refused_with_the_place_of_the_flags(tree: Path) -> None:
    (tree / "mm/execmem.c").write_text("/* one allocator for all */\n")
    with pytest.raises(RefusedError, match=r"execmem_vmalloc\(\) in mm/execmem\.c"):
        plan(tree)


def test_a_policy_without_a_helper_for_the_vintage_is_an_error(tree: Path) -> None:
    change(tree, VMALLOC, "VM_NO_HUGE_VMAP", "VM_OTHER")
    with pytest.raises(UsageError, match="huge-unless-set-memory has no helper"):
        plan(tree, "huge-unless-set-memory")


def test_override_carries_the_comment_of_the_flag(tree: Path) -> None:
    text = after(plan(tree, "huge-unless-set-memory"), POWERPC)
    override = text[text.index("unsigned long arch_module_vm_flags(void)") :]
    assert "huge" in override[: override.index("return")]
    assert "huge" not in text[: text.index("unsigned long arch_module_vm_flags(void)")]


@pytest.mark.parametrize("policy", ["never-huge", "huge-unless-set-memory"])
def test_second_run_has_nothing_to_do(tree: Path, policy: str) -> None:
    convert(tree, policy)
    again = plan(tree, policy)
    assert again.patches == ()
    assert again.resolved.exists
    assert {each.component for each in again.conforming} == {"generic", "powerpc", "x86"}
    for each in again.conforming:
        line = (tree / each.place.path).read_text().splitlines()[(each.place.line or 0) - 1]
        assert "arch_module_vm_flags()" in line[(each.place.column or 0) - 1 :]


def test_what_is_left_is_converted_where_the_helper_exists(tree: Path) -> None:
    original = (tree / X86).read_bytes()
    convert(tree)
    (tree / X86).write_bytes(original)
    again = plan(tree)
    assert [patch.component for patch in again.patches] == ["x86"]
    assert again.resolved.exists


def test_flags_that_an_existing_helper_does_not_return_stay(tree: Path) -> None:
    original = (tree / POWERPC).read_bytes()
    convert(tree)
    (tree / POWERPC).write_bytes(original)
    change(
        tree,
        GENERIC,
        "return VM_NO_HUGE_VMAP | VM_FLUSH_RESET_PERMS;",
        "return VM_FLUSH_RESET_PERMS;",
    )
    text = after(plan(tree), POWERPC)
    assert "VM_NO_HUGE_VMAP | arch_module_vm_flags()" in text
    assert "huge" in text


def test_a_file_without_the_header_gets_its_include(tree: Path) -> None:
    change(tree, X86, "#include <linux/moduleloader.h>\n", "")
    text = after(plan(tree), X86)
    assert text.count("#include <linux/moduleloader.h>") == 1


def test_an_architecture_is_found_and_not_listed(tree: Path) -> None:
    folder = tree / "arch/newport/kernel"
    folder.mkdir(parents=True)
    (folder / "module.c").write_text(
        "#include <linux/moduleloader.h>\n\nvoid *module_alloc(unsigned long size)\n{\n"
        "\treturn __vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, -1, NULL);\n}\n"
    )
    made = plan(tree)
    assert [patch.component for patch in made.patches] == ["generic", "newport", "powerpc", "x86"]


def test_no_generic_definition_is_refused_where_it_is_refused(tree: Path) -> None:
    change(tree, GENERIC, "void * __weak module_alloc(unsigned long size)", "MAKE(module_alloc)")
    with pytest.raises(TreewideError, match="macro") as caught:
        plan(tree)
    assert caught.value.place is not None
    assert caught.value.place.path == GENERIC


def test_nothing_matches_is_an_error(tree: Path) -> None:
    for file in tree.rglob("*.c"):
        file.write_text(file.read_text().replace("module_alloc", "text_alloc"))
    with pytest.raises(NothingError, match="matches nothing"):
        plan(tree)


def test_a_helper_that_others_use_as_well_is_noted(tree: Path) -> None:
    with (tree / POWERPC).open("a") as file:
        file.write("\nvoid *other(void)\n{\n\treturn __module_alloc(1, 2, 3, false);\n}\n")
    assert any("also used by other()" in note for note in plan(tree).notes)
