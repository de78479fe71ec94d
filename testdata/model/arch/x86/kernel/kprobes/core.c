// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of out-of-line instructions, in the shape of
 * arch/x86/kernel/kprobes/core.c, 5.17.
 */

#include <linux/kprobes.h>
#include <linux/moduleloader.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>

/* Returns a page that is read-only and executable, or NULL. */
void *alloc_insn_page(void)
{
	void *page = module_alloc(PAGE_SIZE);

	if (!page)
		return NULL;

	set_vm_flush_reset_perms(page);
	/* In this order the page is never writable and executable at once. */
	set_memory_ro((unsigned long)page, 1);
	set_memory_x((unsigned long)page, 1);

	return page;
}
