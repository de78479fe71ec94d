// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of out-of-line instructions where the architecture has no special
 * one, in the shape of kernel/kprobes.c, 5.17.
 */

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/moduleloader.h>

/* As executable as module_alloc() makes it. */
void * __weak alloc_insn_page(void)
{
	return module_alloc(PAGE_SIZE);
}

void __weak free_insn_page(void *page)
{
	module_memfree(page);
}
