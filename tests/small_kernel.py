# ruff: noqa: E101 - C has its own indentation
"""A kernel of a few lines, made up, in which each sentence of the messages has its reason.

Every fact of the rule `arch-module-vm-flags` can be told in it, and a test takes away one line to
see the sentence go that the line makes true.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CALL = "__vmalloc_node_range(size, 1, A, B, GFP_KERNEL, PAGE_KERNEL, {flags}, NUMA_NO_NODE, NULL)"


def alloc(flags: str) -> str:
    """A `module_alloc()` that passes `flags`."""
    call = CALL.format(flags=flags)
    return f"void *module_alloc(unsigned long size)\n{{\n\treturn {call};\n}}\n"


FILES: Mapping[str, str] = {
    "Makefile": "VERSION = 5\n",
    "include/linux/vmalloc.h": """\
#define VM_FLUSH_RESET_PERMS 0x100
#define VM_NO_HUGE_VMAP 0x400
static inline void set_vm_flush_reset_perms(void *addr)
{
	find_vm_area(addr)->flags |= VM_FLUSH_RESET_PERMS;
}
""",
    "include/linux/moduleloader.h": "void *module_alloc(unsigned long size);\n",
    "include/linux/set_memory.h": """\
#ifdef CONFIG_ARCH_HAS_SET_MEMORY
#include <asm/set_memory.h>
#else
static inline int set_memory_x(unsigned long addr, int numpages) { return 0; }
#endif
""",
    "kernel/module.c": """\
#include <linux/moduleloader.h>

static void module_enable_x(struct module *mod)
{
	frob_text(mod, set_memory_x);
}

static void module_enable_ro(struct module *mod)
{
	if (!IS_ENABLED(CONFIG_STRICT_MODULE_RWX))
		return;
	if (!rodata_enabled)
		return;
	set_vm_flush_reset_perms(mod->core.base);
}

void __weak module_memfree(void *region)
{
	WARN_ON(in_interrupt());
	vfree(region);
}

void * __weak module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, VMALLOC_START, VMALLOC_END,
			GFP_KERNEL, PAGE_KERNEL_EXEC, VM_FLUSH_RESET_PERMS,
			NUMA_NO_NODE, __builtin_return_address(0));
}

static int move_module(struct module *mod)
{
	void *ptr = module_alloc(mod->core.size);

	if (!ptr)
		return -ENOMEM;
	mod->core.base = ptr;
	return 0;
}
""",
    "kernel/kprobes.c": """\
#ifdef __ARCH_WANT_KPROBES_INSN_SLOT
void __weak *alloc_insn_page(void)
{
	return module_alloc(PAGE_SIZE);
}

static void free_insn_page(void *page)
{
	module_memfree(page);
}

struct kprobe_insn_cache slots = {
	.alloc = alloc_insn_page,
	.free = free_insn_page,
};
#endif
""",
    "kernel/bpf/core.c": """\
void *__weak bpf_jit_alloc_exec(unsigned long size)
{
	return module_alloc(size);
}

void __weak bpf_jit_free_exec(void *addr)
{
	module_memfree(addr);
}

struct header *bpf_jit_binary_alloc(unsigned int size)
{
	struct header *hdr = bpf_jit_alloc_exec(size);

	if (!hdr)
		return NULL;
	return hdr;
}
""",
    "mm/vmalloc.c": """\
static void vm_remove_mappings(struct vm_struct *area)
{
	if (area->flags & VM_FLUSH_RESET_PERMS)
		_vm_unmap_aliases(start, end, 1);
}

void *__vmalloc_node_range(unsigned long size, unsigned long vm_flags, int node)
{
	unsigned long size_per_node = size;

	if (node == NUMA_NO_NODE)
		size_per_node /= num_online_nodes();
	if (size_per_node >= PMD_SIZE)
		shift = PMD_SHIFT;
	return NULL;
}
""",
    "mm/memory.c": """\
static int apply_to_pmd_range(pmd_t *pmd)
{
	if (WARN_ON_ONCE(pmd_leaf(*pmd)))
		return -EINVAL;
	return 0;
}
""",
    "arch/Kconfig": """\
config HAVE_ARCH_HUGE_VMALLOC
	bool

config STRICT_MODULE_RWX
	bool "Read-only text" if ARCH_OPTIONAL_KERNEL_RWX
	depends on ARCH_HAS_STRICT_MODULE_RWX && MODULES
	default y
""",
    # ------------------------------------------------------------------ splits, all users set it
    "arch/x86/Kconfig": """\
config X86
	def_bool y
	select ARCH_HAS_SET_DIRECT_MAP
	select ARCH_HAS_SET_MEMORY
	select ARCH_HAS_STRICT_MODULE_RWX
	select HAVE_EBPF_JIT
	select HAVE_KPROBES
""",
    "arch/x86/kernel/module.c": alloc("VM_DEFER_KMEMLEAK"),
    "arch/x86/um/Makefile": "subarch-$(CONFIG_MODULES) += ../kernel/module.o\n",
    "arch/x86/include/asm/kprobes.h": "#define  __ARCH_WANT_KPROBES_INSN_SLOT\n",
    "arch/x86/kernel/kprobes/core.c": """\
void *alloc_insn_page(void)
{
	void *page = module_alloc(PAGE_SIZE);

	if (!page)
		return NULL;
	set_vm_flush_reset_perms(page);
	return page;
}
""",
    "arch/x86/net/bpf_jit_comp.c": """\
struct bpf_prog *bpf_int_jit_compile(struct bpf_prog *prog)
{
	struct header *header = bpf_jit_binary_alloc(prog->len);

	bpf_jit_binary_lock_ro(header);
	return prog;
}
""",
    "arch/x86/mm/pat/set_memory.c": """\
static int __change_page_attr(struct cpa_data *cpa)
{
	if (should_split_large_page(kpte, address, cpa))
		return split_large_page(cpa, kpte, address);
	return 0;
}

int set_direct_map_default_noflush(struct page *page)
{
	return __set_pages_p(page, 1);
}
""",
    # ------------------------------------------------------------------ fails, direct map if it can
    "arch/arm64/Kconfig": """\
config ARM64
	def_bool y
	select ARCH_HAS_SET_DIRECT_MAP
	select ARCH_HAS_SET_MEMORY
	select ARCH_HAS_STRICT_MODULE_RWX
	select HAVE_KPROBES
""",
    "arch/arm64/kernel/module.c": alloc("VM_DEFER_KMEMLEAK"),
    "arch/arm64/include/asm/kprobes.h": "#define __ARCH_WANT_KPROBES_INSN_SLOT\n",
    "arch/arm64/kernel/probes/kprobes.c": """\
void *alloc_insn_page(void)
{
	return __vmalloc_node_range(PAGE_SIZE, 1, A, B, GFP, PROT, VM_FLUSH_RESET_PERMS, -1, NULL);
}
""",
    "arch/arm64/mm/pageattr.c": """\
static int __change_memory_common(unsigned long start, unsigned long size)
{
	return apply_to_page_range(&init_mm, start, size, change_page_range, &data);
}

int set_direct_map_default_noflush(struct page *page)
{
	if (!can_set_direct_map())
		return 0;
	return apply_to_page_range(&init_mm, addr, PAGE_SIZE, change_page_range, &data);
}
""",
    # ------------------------------------------------------------------ changes all of a page
    "arch/riscv/Kconfig": """\
config RISCV
	def_bool y
	select ARCH_HAS_SET_DIRECT_MAP if MMU
	select ARCH_HAS_SET_MEMORY if MMU
	select ARCH_HAS_STRICT_MODULE_RWX if MMU && !XIP_KERNEL
	select ARCH_OPTIONAL_KERNEL_RWX
""",
    "arch/riscv/kernel/module.c": f"#ifdef CONFIG_MMU\n{alloc('0')}#endif\n",
    "arch/riscv/mm/pageattr.c": """\
static int pageattr_pmd_entry(pmd_t *pmd, unsigned long addr)
{
	if (pmd_leaf(val))
		set_pmd(pmd, val);
	return 0;
}

int set_direct_map_default_noflush(struct page *page)
{
	return walk_page_range(&init_mm, start, end, &pageattr_ops, &masks);
}
""",
    # ------------------------------------------------------------------ stubs, and users without
    "arch/mips/Kconfig": """\
config MIPS
	bool
	default y
	select HAVE_EBPF_JIT
	select HAVE_KPROBES
""",
    "arch/mips/kernel/module.c": f"#ifdef MODULE_START\n{alloc('0')}#endif\n",
    "arch/mips/include/asm/kprobes.h": "#define __ARCH_WANT_KPROBES_INSN_SLOT\n",
    "arch/mips/net/bpf_jit_comp.c": """\
struct bpf_prog *bpf_int_jit_compile(struct bpf_prog *prog)
{
	struct header *header = bpf_jit_binary_alloc(prog->len);

	bpf_jit_binary_lock_ro(header);
	return prog;
}
""",
    "arch/sparc/Kconfig": "config SPARC\n\tbool\n\tdefault y\n",
    "arch/sparc/kernel/module.c": """\
#ifdef CONFIG_SPARC64
static void *module_map(unsigned long size)
{
	return __vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, NUMA_NO_NODE, NULL);
}
#else
static void *module_map(unsigned long size)
{
	return vmalloc(size);
}
#endif

void *module_alloc(unsigned long size)
{
	return module_map(size);
}
""",
    "arch/sparc/net/bpf_jit_comp_32.c": """\
void bpf_jit_compile(struct bpf_prog *fp)
{
	void *image = module_alloc(fp->len);

	fp->bpf_func = image;
}

void bpf_jit_free(struct bpf_prog *fp)
{
	module_memfree(fp->bpf_func);
}
""",
    # ------------------------------------------------------------------ has the flag already
    "arch/powerpc/Kconfig": """\
config PPC
	bool
	default y
	select ARCH_HAS_SET_MEMORY
	select ARCH_HAS_STRICT_MODULE_RWX if ARCH_HAS_STRICT_KERNEL_RWX
	select HAVE_ARCH_HUGE_VMALLOC if HAVE_ARCH_HUGE_VMAP
""",
    "arch/powerpc/kernel/module.c": """\
void *module_alloc(unsigned long size)
{
	/*
	 * No huge pages for modules until somebody has tried it.
	 */
	return __vmalloc_node_range(size, 1, VMALLOC_START, VMALLOC_END,
				    GFP_KERNEL, PAGE_KERNEL,
				    VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP,
				    NUMA_NO_NODE, __builtin_return_address(0));
}
""",
    "arch/powerpc/mm/pageattr.c": """\
int change_memory_attr(unsigned long addr, int numpages, long action)
{
	if (WARN_ON_ONCE(is_vm_area_hugepages((void *)addr)))
		return -EINVAL;
	return 0;
}
""",
    "arch/nios2/kernel/module.c": """\
void *module_alloc(unsigned long size)
{
	return kmalloc(size, GFP_KERNEL);
}
""",
}


def write(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """The kernel, with a text in some files replaced; where that is empty, the file is another."""
    for path in {**FILES, **changes}:
        text = FILES.get(path, "")
        old, new = changes.get(path, (text, text))
        assert old in text, f"{path} has no {old!r}"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(old, new) if old else new)
    return folder
