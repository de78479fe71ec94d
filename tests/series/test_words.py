"""Each sentence of the messages: there where a line of the tree makes it true, gone without it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from refactor.commands.common import Request, prepared
from refactor.series.message import Writer
from tests.small_kernel import write

COVER = "cover"

STRICT = "select ARCH_HAS_STRICT_MODULE_RWX"
SET_MEMORY = "\tselect ARCH_HAS_SET_MEMORY\n"
HUGE = "\tselect HAVE_ARCH_HUGE_VMALLOC\n"


class Claim(NamedTuple):
    """A sentence of the message of a component, and what has to change to make it false."""

    component: str
    sentence: str
    without: Mapping[str, tuple[str, str]]
    policy: str = "never-huge"


def gone(path: str, line: str, instead: str = "") -> dict[str, tuple[str, str]]:
    return {path: (line, instead)}


X86 = "arch/x86/Kconfig"
ARM64 = "arch/arm64/Kconfig"
MIPS = "arch/mips/Kconfig"
RISCV = "arch/riscv/Kconfig"
POWERPC = "arch/powerpc/Kconfig"
CORE = "kernel/module.c"
OTHER = "huge-unless-set-memory"

CLAIMS = [
    # ------------------------------------------------------------------ huge mappings
    Claim("x86", "The module core changes the permissions of text, read-only data",
          gone(X86, f"\t{STRICT}\n")),
    Claim("x86", "The module core changes", gone(X86, f"{STRICT}\n", f"{STRICT} if MMU\n")),
    Claim("riscv", "With STRICT_MODULE_RWX, the module core changes",
          {RISCV: ("if MMU && !XIP_KERNEL\n\tselect ARCH_OPTIONAL_KERNEL_RWX", "")}),
    Claim("x86", "Once x86 selects HAVE_ARCH_HUGE_VMALLOC, a module", gone(X86, SET_MEMORY)),
    Claim("x86", "Once x86 selects HAVE_ARCH_HUGE_VMALLOC",
          gone(X86, SET_MEMORY, SET_MEMORY + HUGE)),
    Claim("x86", "a module of at least PMD_SIZE per online node can be mapped",
          gone("mm/vmalloc.c", "num_online_nodes", "four")),
    Claim("x86", "set_memory_*() has to split a large page of which it changes a part",
          gone("arch/x86/mm/pat/set_memory.c", "split_large_page(cpa, kpte, address)", "0")),
    Claim("arm64", "set_memory_*() fails on a large page, with a warning",
          gone("mm/memory.c", "WARN_ON_ONCE(pmd_leaf(*pmd))", "pmd_none(*pmd)")),
    Claim("arm64", "set_memory_*() fails on a large page, with a warning",
          gone("arch/arm64/mm/pageattr.c", "return apply_to_page_range(&init_mm, start, size",
               "return walk(&init_mm, start, size")),
    Claim("riscv", "set_memory_*() changes all of a large page",
          gone("arch/riscv/mm/pageattr.c", "set_pmd(pmd, val)", "split(pmd)")),
    Claim("mips", "MIPS does not select ARCH_HAS_SET_MEMORY, so set_memory_*() are stubs here",
          gone(MIPS, "default y\n", "default y\n" + SET_MEMORY)),
    Claim("mips", "set_memory_*() are stubs",
          gone("include/linux/set_memory.h", "{ return 0; }", "{ return mips_set_x(addr); }")),
    Claim("mips", "a huge mapping of it would do no harm",
          gone(MIPS, "default y\n", "default y\n" + SET_MEMORY)),
    Claim("x86", "VM_NO_HUGE_VMAP changes nothing today: x86 does not select HAVE_ARCH_HUGE_VM",
          gone(X86, SET_MEMORY, SET_MEMORY + HUGE)),
    # ------------------------------------------------------------------ who sets the flag
    Claim("x86", "VM_FLUSH_RESET_PERMS is new for modules with rodata=off:",
          gone(CORE, "if (!rodata_enabled)\n\t\treturn;\n", "")),
    Claim("x86", "by kprobes, BPF and all other modules",
          gone("arch/x86/kernel/kprobes/core.c", "\tset_vm_flush_reset_perms(page);\n")),
    Claim("x86", "kprobes, BPF and all other",
          gone("arch/x86/net/bpf_jit_comp.c", "\tbpf_jit_binary_lock_ro(header);\n")),
    Claim("x86", "all other modules", gone(CORE, "\tset_vm_flush_reset_perms(mod->core.base);\n")),
    Claim("x86", "kprobes", gone(X86, "\tselect HAVE_KPROBES\n")),
    Claim("x86", "BPF", gone(X86, "\tselect HAVE_EBPF_JIT\n")),
    Claim("mips", "is new for kprobes and modules",
          gone("arch/mips/include/asm/kprobes.h", "__ARCH_WANT_KPROBES_INSN_SLOT", "OTHER")),
    Claim("mips", "is new for kprobes and modules",
          gone("kernel/kprobes.c", "\tmodule_memfree(page);\n")),
    Claim("mips", "is new for kprobes and modules:",
          gone(MIPS, "default y\n", f"default y\n\t{STRICT}\n")),
    Claim("mips", "is new for kprobes and modules:",
          {"arch/mips/kernel/kprobes.c": ("", "void *alloc_insn_page(void)\n{\n"
                                              "\treturn vmalloc_exec(PAGE_SIZE);\n}\n")}),
    Claim("riscv", "is new for modules without STRICT_MODULE_RWX or with rodata=off",
          {RISCV: ("if MMU && !XIP_KERNEL\n\tselect ARCH_OPTIONAL_KERNEL_RWX", "")}),
    Claim("sparc", "VM_FLUSH_RESET_PERMS is new for modules:",
          gone("arch/sparc/kernel/module.c", "return vmalloc(size);",
               "return __vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, -1, NULL);")),
    Claim("x86", "UML builds this file as well", gone("arch/x86/um/Makefile", "../kernel/", "")),
    Claim("x86", "UML builds this file as well",
          {"arch/um/Kconfig": ("", f"config UML\n\tdefault y\n\t{STRICT}\n")}),
    # ------------------------------------------------------------------ what freeing does
    Claim("x86", "flushed at once when the memory is freed, not lazily",
          gone("mm/vmalloc.c", "_vm_unmap_aliases(start, end, 1)", "return")),
    Claim("x86", "and the direct map is reset",
          gone("arch/x86/mm/pat/set_memory.c", "__set_pages_p(page, 1)", "0")),
    Claim("x86", "and the direct map is reset", gone(X86, "\tselect ARCH_HAS_SET_DIRECT_MAP\n")),
    Claim("arm64", "the direct map is reset where can_set_direct_map()",
          gone("arch/arm64/mm/pageattr.c", "if (!can_set_direct_map())\n\t\treturn 0;\n\t", "")),
    Claim("riscv", "the direct map stays as it is, because set_direct_map_*() look for VMAs",
          gone("arch/riscv/mm/pageattr.c", "walk_page_range(", "walk_page_range_novma(")),
    # ------------------------------------------------------------------ where nothing changes
    Claim("powerpc", "powerpc is the one architecture that selects HAVE_ARCH_HUGE_VMALLOC (if HAVE",
          gone(X86, SET_MEMORY, SET_MEMORY + HUGE)),
    Claim("powerpc", "(if HAVE_ARCH_HUGE_VMAP)", gone(POWERPC, " if HAVE_ARCH_HUGE_VMAP", "")),
    Claim("powerpc", "No huge pages for modules until somebody has tried it.",
          gone("arch/powerpc/kernel/module.c", "until somebody has tried it", "at all")),
    Claim("powerpc", "The comment on that, which goes with the flag, says:",
          gone("arch/powerpc/kernel/module.c", "/*\n\t * No huge pages for modules until somebody "
               "has tried it.\n\t */\n\t", "")),
    Claim("powerpc", "set_memory_*() refuses to change anything in a large mapping",
          gone("arch/powerpc/mm/pageattr.c", "WARN_ON_ONCE", "unlikely"), OTHER),
    Claim("powerpc", "a comment says why",
          gone("arch/powerpc/kernel/module.c", "/*\n\t * No huge pages for modules until somebody "
               "has tried it.\n\t */\n\t", ""), OTHER),
    Claim("mips", "MIPS has a module_alloc() of its own only if MODULE_START",
          gone("arch/mips/kernel/module.c", "#ifdef MODULE_START\n", "#if 1\n")),
    Claim("sparc", "The 32-bit module_map() is left alone: vmalloc() takes no vm_flags.",
          gone("arch/sparc/kernel/module.c", "return vmalloc(size);",
               "return __vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, -1, NULL);")),
    Claim("sparc", "The 32-bit module_map()",
          gone("arch/sparc/kernel/module.c", "CONFIG_SPARC64", "CONFIG_OTHER")),
    # ------------------------------------------------------------------ the core
    Claim("generic", "Today that is powerpc, and 1 of 7 definitions",
          gone(POWERPC, "\tselect HAVE_ARCH_HUGE_VMALLOC if HAVE_ARCH_HUGE_VMAP\n")),
    Claim("generic", "and 1 of 7 definitions of module_alloc() that take flags passes it",
          gone("arch/powerpc/kernel/module.c", " | VM_NO_HUGE_VMAP", "")),
    Claim("generic", "2 of 7 definitions of module_alloc() that take flags pass VM_FLUSH_RESET",
          gone("arch/powerpc/kernel/module.c", "VM_FLUSH_RESET_PERMS | ", "")),
    Claim("generic", "a stale mapping can be used until it is flushed",
          gone("mm/vmalloc.c", "_vm_unmap_aliases(start, end, 1)", "return")),
    Claim("generic", "splits it, which can fail (x86)",
          gone("arch/x86/mm/pat/set_memory.c", "split_large_page(cpa, kpte, address)", "0")),
    Claim("generic", "is refused (powerpc)", gone(POWERPC, SET_MEMORY)),
    Claim("generic", "fails (arm64)",
          gone("mm/memory.c", "WARN_ON_ONCE(pmd_leaf(*pmd))", "pmd_none(*pmd)")),
    Claim("generic", "changes all of it (RISC-V)",
          gone("arch/riscv/mm/pageattr.c", "set_pmd(pmd, val)", "split(pmd)")),
    Claim("generic", "STRICT_MODULE_RWX would be no condition to go by: module_enable_x() calls",
          gone(CORE, "\tfrob_text(mod, set_memory_x);\n",
               "\tif (IS_ENABLED(CONFIG_STRICT_MODULE_RWX))\n\t\tfrob_text(mod, set_memory_x);\n")),
    Claim("generic", "calls set_memory_x() without it, too.",
          gone(CORE, "static void module_enable_x(struct module *mod)\n{\n",
               "static void module_enable_x(struct module *mod)\n{\n"
               "\tif (!IS_ENABLED(CONFIG_HAS_X))\n\t\treturn;\n")),
    Claim("generic", "Of the architectures that select HAVE_ARCH_HUGE_VMALLOC, that is none",
          gone(POWERPC, SET_MEMORY)),
    Claim("generic", "Of the architectures that select HAVE_ARCH_HUGE_VMALLOC, that is none",
          gone(POWERPC, SET_MEMORY, "\tselect ARCH_HAS_SET_MEMORY if PPC64\n")),
    Claim("generic", "module_memfree() warns about interrupts already",
          gone(CORE, "\tWARN_ON(in_interrupt());\n")),
    Claim("generic", "no architecture that selects HAVE_ARCH_HUGE_VMALLOC uses the generic",
          gone(POWERPC, "config PPC\n", "config OTHER\n")
          | {"arch/other/Kconfig": ("", f"config OTHER\n\tdefault y\n{HUGE}")}),
    Claim("generic", "no architecture that selects HAVE_ARCH_HUGE_VMALLOC uses the generic",
          gone(MIPS, "default y\n", "default y\n" + HUGE)),
    Claim("generic", "every architecture that selects HAVE_ARCH_HUGE_VMALLOC (powerpc) has set_mem",
          gone(POWERPC, SET_MEMORY), OTHER),
    # ------------------------------------------------------------------ the other policy
    Claim("mips", "which returns VM_NO_HUGE_VMAP only if CONFIG_ARCH_HAS_SET_MEMORY; MIPS does not",
          gone(MIPS, "default y\n", "default y\n" + SET_MEMORY), OTHER),
    Claim("x86", "only if CONFIG_ARCH_HAS_SET_MEMORY; x86 selects that option",
          gone(X86, SET_MEMORY), OTHER),
    Claim("riscv", "after: VM_FLUSH_RESET_PERMS, and VM_NO_HUGE_VMAP if CONFIG_ARCH_HAS_SET_MEMORY",
          gone(RISCV, "ARCH_HAS_SET_MEMORY if MMU", "ARCH_HAS_SET_MEMORY"), OTHER),
    # ------------------------------------------------------------------ the cover
    Claim(COVER, "32-bit sparc vmalloc() takes no vm_flags",
          gone("arch/sparc/kernel/module.c", "CONFIG_SPARC64", "CONFIG_OTHER")),
    Claim(COVER, "MIPS (none) + NO_HUGE_VMAP flush on free: if MODULE_START",
          gone("arch/mips/kernel/module.c", "#ifdef MODULE_START\n", "#if 1\n")),
    Claim(COVER, "rodata=off; UML: flush on free",
          gone("arch/x86/um/Makefile", "../kernel/", "")),
    Claim(COVER, "+ NO_HUGE_VMAP modules without if as above",
          gone(RISCV, "ARCH_HAS_SET_MEMORY if MMU", "ARCH_HAS_SET_MEMORY"), OTHER),
]  # fmt: skip


def said(tree: Path, component: str, policy: str) -> str:
    """The message of a component, or the cover letter, in one line."""
    ready = prepared(Request(tree=tree, policy=policy), lambda _: None, with_facts=True)
    writer = Writer(ready.plan, ready.facts(), ready.templates)
    if component == COVER:
        text = str(writer.cover("treewide series"))
    else:
        names = [patch.component for patch in ready.plan.patches]
        text = str(writer.messages()[names.index(component)])
    return " ".join(text.split())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("kernel"), {})


@pytest.mark.parametrize(
    "claim", CLAIMS, ids=[f"{each.component}: {each.sentence[:60]}" for each in CLAIMS]
)
def test_a_sentence_goes_with_the_line_that_makes_it_true(
    claim: Claim, base: Path, tmp_path: Path
) -> None:
    assert claim.sentence in said(base, claim.component, claim.policy)
    other = said(write(tmp_path, claim.without), claim.component, claim.policy)
    assert claim.sentence not in other


def test_what_nobody_knows_is_not_spoken_of(tmp_path: Path) -> None:
    files = ("mm/vmalloc.c", "mm/memory.c", "arch/Kconfig", "include/linux/set_memory.h",
             "arch/x86/mm/pat/set_memory.c", "arch/x86/um/Makefile")  # fmt: skip
    tree = write(tmp_path, dict.fromkeys(files, ("", "")))
    text = said(tree, "x86", "never-huge")
    for word in ("stubs", "large page", "not lazily", "direct map", "UML", "None", "PMD_SIZE"):
        assert word not in text


def test_a_user_that_cannot_be_followed_is_said_to_be_unknown(tmp_path: Path) -> None:
    tree = write(
        tmp_path,
        {
            "kernel/kprobes.c": (
                "struct kprobe_insn_cache",
                "static void lock(void *page)\n{\n\tset_vm_flush_reset_perms(page);\n}\n\n"
                "struct kprobe_insn_cache",
            )
        },
    )
    text = said(tree, "mips", "never-huge")
    assert "Whether kprobes sets it already could not be told." in text
    assert "is new for modules:" in text
