// SPDX-License-Identifier: GPL-2.0-only
/*
 * The board: the one file that knows both the kernel's headers and the harness.
 */

#include <linux/errno.h>
#include <linux/kasan.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleloader.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "board.h"

#if defined(CONFIG_X86)
static const struct mmu mmus[] = {
	{ "4k", 12, { HW_PMD_SHIFT } },
	{ "4k-no-pse", 12, { 0 } },
};
#elif defined(CONFIG_PPC_8xx)
static const struct mmu mmus[] = {
	{ "8xx", 12, { 14, 19 } },
};
#else
static const struct mmu mmus[] = {
	{ "radix-4k", 12, { HW_PMD_SHIFT } },
	{ "radix-64k", 16, { HW_PMD_SHIFT } },
	{ "hash-4k", 12, { 0 } },
	{ "hash-64k", 16, { 0 } },
};
#endif

const struct board board = {
	.arch = MODEL_ARCH,
#ifdef VM_ALLOW_HUGE_VMAP
	.vintage = "opt-in",
#else
	.vintage = "opt-out",
#endif
	.huge_vmalloc = IS_ENABLED(CONFIG_HAVE_ARCH_HUGE_VMALLOC),
	.strict = IS_ENABLED(CONFIG_STRICT_MODULE_RWX),
	.set_memory = IS_ENABLED(CONFIG_ARCH_HAS_SET_MEMORY),
	.refuses_huge = IS_ENABLED(CONFIG_PPC),
	.kasan = VM_DEFER_KMEMLEAK != 0,
	.shadow = VM_DEFER_KMEMLEAK && IS_ENABLED(CONFIG_X86) &&
		  !IS_ENABLED(MODEL_GENERIC),
	.set_direct_map = IS_ENABLED(CONFIG_ARCH_HAS_SET_DIRECT_MAP),
	.second_range = IS_ENABLED(CONFIG_PPC_8xx),
	.born_executable = IS_ENABLED(MODEL_GENERIC),
	.page_offset = PAGE_OFFSET,
	.flush_reset_perms = VM_FLUSH_RESET_PERMS,
	.gfp_kernel = GFP_KERNEL,
	.gfp_nowarn = __GFP_NOWARN,
	.mmus = mmus,
	.nr_mmus = ARRAY_SIZE(mmus),
};

static struct module module;
static struct work_struct *pending;

/*
 * The direct map: writable, not executable, in 2M leaves
 * (arch/x86/mm/init_64.c, arch/powerpc/mm/book3s64/radix_pgtable.c, 5.17).
 */
static void map_memory(void)
{
	unsigned long offset;

	area_add("direct map", PAGE_OFFSET, PAGE_OFFSET + RAM_BYTES, true);
	for (offset = 0; offset < RAM_BYTES; offset += PMD_SIZE) {
		unsigned long addr = PAGE_OFFSET + offset;

		hw_set_pte(addr, &hw_pmd_offset(addr)->leaf, (struct hw_pte){
			.mapped = true,
			.shift = PMD_SHIFT,
			.prot = HW_READ | HW_WRITE,
			.pfn = offset >> PAGE_SHIFT,
		});
	}
}

void board_boot(void)
{
	map_memory();
	area_add("vmalloc", VMALLOC_START, VMALLOC_END, false);
#ifdef MODULES_VADDR
	area_add("modules", MODULES_VADDR, MODULES_END, false);
#endif
	/* The kernel's text follows the start of memory; 8M is typical. */
	machine.etext = PAGE_OFFSET + (8UL << 20);
	vmalloc_init();
	rodata_enabled = hw_rodata();
	pending = NULL;
}

void schedule_work(struct work_struct *work)
{
	BUG_ON(pending && pending != work);
	pending = work;
}

void flush_scheduled_work(void)
{
	struct work_struct *work = pending;

	pending = NULL;
	if (work)
		work->func(work);
}

#if (defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)) && \
	!defined(CONFIG_KASAN_VMALLOC)
/* Of the shadow there is only its failure (mm/kasan/shadow.c, 5.17). */
int kasan_alloc_module_shadow(void *addr, size_t size, gfp_t gfp_mask)
{
	BUG_ON(!IS_ALIGNED((unsigned long)addr, MODULE_ALIGN));
	return hw_inject(HW_FAULT_SHADOW, (unsigned long)addr) ? -ENOMEM : 0;
}
#endif

static void (*module_init_fn)(void);
static void (*module_exit_fn)(void);

static int call_init(struct module *mod)
{
	module_init_fn();
	return 0;
}

static void call_exit(struct module *mod)
{
	module_exit_fn();
}

static struct module_sections to_kernel(const struct sections *sections)
{
	return (struct module_sections){
		.text = sections->text,
		.rodata = sections->rodata,
		.ro_after_init = sections->ro_after_init,
		.data = sections->data,
	};
}

int board_load_module(const struct sections *core, const struct sections *init,
		      void (*init_fn)(void), void (*exit_fn)(void))
{
	module_init_fn = init_fn;
	module_exit_fn = exit_fn;
	module = (struct module){
		.core_sections = to_kernel(core),
		.init_sections = to_kernel(init),
		.init = call_init,
		.exit = call_exit,
	};

	return load_module(&module);
}

struct layout board_layout(enum part part)
{
	const struct module_layout *layout =
		part == CORE ? &module.core_layout : &module.init_layout;
	unsigned long base = (unsigned long)layout->base;

	if (!base)
		return (struct layout){ 0 };

	return (struct layout){
		.text = base,
		.rodata = base + layout->text_size,
		.ro_after_init = base + layout->ro_size,
		.data = base + layout->ro_after_init_size,
		.end = base + layout->size,
	};
}

void board_flush_work(void)
{
	flush_scheduled_work();
}

void board_unload_module(void)
{
	delete_module(&module);
}

unsigned long board_alloc_insn_page(void)
{
	return (unsigned long)alloc_insn_page();
}

void board_free_insn_page(unsigned long page)
{
	free_insn_page((void *)page);
}

static unsigned long allocate(unsigned long size, unsigned long flags,
			      bool huge, pgprot_t prot)
{
#ifdef VM_ALLOW_HUGE_VMAP
	flags |= huge ? VM_ALLOW_HUGE_VMAP : 0;
#else
	flags |= huge ? 0 : VM_NO_HUGE_VMAP;
#endif
	return (unsigned long)__vmalloc_node_range(size, 1, VMALLOC_START,
			VMALLOC_END, GFP_KERNEL, prot, flags,
			NUMA_NO_NODE, __builtin_return_address(0));
}

unsigned long board_vmalloc(unsigned long size, bool huge, bool reset)
{
	return allocate(size, reset ? VM_FLUSH_RESET_PERMS : 0, huge,
			PAGE_KERNEL);
}

unsigned long board_vmalloc_huge(unsigned long size, bool executable)
{
	return allocate(size, VM_FLUSH_RESET_PERMS, true,
			executable ? PAGE_KERNEL_EXEC : PAGE_KERNEL);
}

void board_vfree(unsigned long addr)
{
	vfree((void *)addr);
}

int board_set_memory(const char *what, unsigned long addr, int pages)
{
	if (what[0] == 'r')
		return what[1] == 'o' ? set_memory_ro(addr, pages)
				      : set_memory_rw(addr, pages);

	return what[0] == 'x' ? set_memory_x(addr, pages)
			      : set_memory_nx(addr, pages);
}
