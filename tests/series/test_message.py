"""The words of a series: derived from the tree, within 75 columns, and no two summaries alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.commands.common import find_helper_rule
from refactor.errors import RuleError
from refactor.plan.plan import HelperPlan, make
from refactor.series.message import COLUMNS, Writer, flags, hang, listed, table, wrap
from refactor.tree.commit import open_tree
from tests.support import MODEL

RULE, _ = find_helper_rule("arch-module-vm-flags")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "tree"))


def plan(tree: Path, policy: str = "never-huge") -> HelperPlan:
    return make(open_tree(tree), RULE, RULE.policy(policy))


def message(tree: Path, component: str, policy: str = "never-huge") -> str:
    made = plan(tree, policy)
    texts = dict(zip([p.component for p in made.patches], Writer(made).messages(), strict=True))
    return str(texts[component])


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_an_architecture_that_gains_something(tree: Path) -> None:
    text = in_one_line(message(tree, "x86"))
    assert text.startswith("x86/modules: Use arch_module_vm_flags() in module_alloc() ")
    assert "asks for VM_DEFER_KMEMLEAK only." in text
    assert "before: VM_DEFER_KMEMLEAK after: VM_DEFER_KMEMLEAK | VM_NO_HUGE_VMAP | VM_FLUSH" in text
    assert "x86 does not select HAVE_ARCH_HUGE_VMALLOC, so VM_NO_HUGE_VMAP changes nothing" in text
    assert "selects ARCH_HAS_SET_DIRECT_MAP, so with VM_FLUSH_RESET_PERMS freeing" in text


def test_an_architecture_where_nothing_changes(tree: Path) -> None:
    text = in_one_line(message(tree, "powerpc"))
    assert "powerpc is the one architecture that selects HAVE_ARCH_HUGE_VMALLOC" in text
    assert "with a comment that explains why" in text
    assert text.endswith("No functional change.")


def test_words_follow_kconfig(tree: Path) -> None:
    kconfig = tree / "arch/x86/Kconfig"
    text = kconfig.read_text().replace(
        "select ARCH_HAS_SET_DIRECT_MAP", "select HAVE_ARCH_HUGE_VMALLOC\tif X86_64"
    )
    kconfig.write_text(text)
    said = in_one_line(message(tree, "x86"))
    assert "x86 selects HAVE_ARCH_HUGE_VMALLOC (if X86_64), so module memory is not mapped" in said
    assert "does not select ARCH_HAS_SET_DIRECT_MAP" in said
    assert "is the one architecture" not in message(tree, "powerpc")


@pytest.mark.parametrize("policy", ["never-huge", "huge-unless-set-memory"])
def test_columns_and_summaries(tree: Path, policy: str) -> None:
    writer = Writer(plan(tree, policy))
    messages = [*writer.messages(), writer.cover("treewide series")]
    for each in messages:
        for line in str(each).splitlines():
            assert len(line) <= COLUMNS, line
    assert len({each.subject for each in messages}) == len(messages)


def test_a_long_name_gets_a_shorter_summary(tree: Path) -> None:
    name = "a_vendor_port_with_a_very_long_name"
    folder = tree / "arch" / name / "kernel"
    folder.mkdir(parents=True)
    call = "__vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, -1, NULL)"
    (folder / "module.c").write_text(
        f"void *module_alloc(unsigned long size)\n{{\n\tvoid *p = {call};\n\n"
        f"\treturn p ? p : {call};\n}}\n"
    )
    subject = message(tree, name).partition("\n")[0]
    assert subject == f"{name}: module: Use arch_module_vm_flags()"


def test_cover_names_policy_and_alternative_and_table(tree: Path) -> None:
    text = Writer(plan(tree)).cover("treewide series --rule x").body
    assert '"never-huge"' in text
    assert '"huge-unless-set-memory"' in text
    assert "  treewide series --rule x" in text
    assert "  powerpc  VM_FLUSH_RESET_PERMS  unchanged" in text


def test_cover_lists_what_was_not_converted(tree: Path) -> None:
    folder = tree / "arch/tiny/kernel"
    folder.mkdir(parents=True)
    (folder / "module.c").write_text(
        "void *module_alloc(unsigned long size)\n{\n\treturn kmalloc(size, GFP_KERNEL);\n}\n"
    )
    text = Writer(plan(tree)).cover("x").body
    assert "  tiny  kmalloc() takes no vm_flags  arch/tiny/kernel/module.c:3" in text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        pytest.param("{{ no_such_name }}", "no_such_name", id="undefined name"),
        pytest.param("{% if %}", "Expected an expression", id="syntax"),
        pytest.param("{% include 'none.j2' %}", "no template none.j2", id="missing include"),
        pytest.param("x" * 76 + "\n\nbody\n", "75 columns", id="long subject"),
    ],
)
def test_faulty_template(tree: Path, tmp_path: Path, template: str, words: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "arch.j2").write_text(template)
    with pytest.raises(RuleError, match=words) as caught:
        Writer(plan(tree), folder).messages()
    assert caught.value.place is not None


def test_validation_stands_in_the_cover(tree: Path) -> None:
    assert "holds (3 runs)" in Writer(plan(tree), None, "holds (3 runs)").cover("x").body


def test_refusals_stand_in_the_cover(tree: Path) -> None:
    folder = tree / "arch/odd/kernel"
    folder.mkdir(parents=True)
    (folder / "module.c").write_text("VENDOR(module_alloc, 1);\n")
    text = Writer(plan(tree)).cover("x").body
    assert "Refused, to be done by hand:\n\n  odd  it may be defined by a macro" in text
    assert "arch/odd/kernel/module.c:1" in text


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        pytest.param(lambda: listed([]), "", id="nothing"),
        pytest.param(lambda: listed(["a"]), "a", id="one"),
        pytest.param(lambda: listed(["a", "b", "c"]), "a, b and c", id="three"),
        pytest.param(lambda: flags([]), "0", id="no flags"),
        pytest.param(lambda: flags(["A"], {"B": "C"}), "A | B (if C)", id="a condition"),
        pytest.param(
            lambda: table([["a", "b\nc"], ["dd", "e"]], 1), " a   b\n     c\n dd  e", id="table"
        ),
        pytest.param(lambda: wrap("a\nb\n\n  c\n  d\n"), "a b\n\n  c\n  d", id="wrap"),
        pytest.param(
            lambda: hang("x: " + "word " * 20, 5).splitlines()[1][:9], "     word", id="hang"
        ),
    ],
)
def test_filters(function: Callable[[], str], expected: str) -> None:
    assert function() == expected
