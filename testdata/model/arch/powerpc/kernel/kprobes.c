// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of out-of-line instructions, in the shape of
 * arch/powerpc/kernel/kprobes.c, 5.17.
 */

#include <linux/kprobes.h>
#include <linux/moduleloader.h>
#include <linux/set_memory.h>
#include <asm/mmu.h>

/* Returns a page that is executable, or NULL. */
void *alloc_insn_page(void)
{
	void *page = module_alloc(PAGE_SIZE);

	if (!page)
		return NULL;

	/* Without strict permissions it was born executable. */
	if (strict_module_rwx_enabled()) {
		set_memory_ro((unsigned long)page, 1);
		set_memory_x((unsigned long)page, 1);
	}

	return page;
}
