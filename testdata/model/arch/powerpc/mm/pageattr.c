// SPDX-License-Identifier: GPL-2.0-only
/*
 * Permissions of kernel memory on powerpc: arch/powerpc/mm/pageattr.c, 5.17.
 * The linear map is never touched.
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>
#include <asm/mmu.h>

/* Entry by entry, each with its flush (apply_to_existing_page_range()). */
static int change_existing_pages(unsigned long addr, unsigned long end,
				 unsigned int set, unsigned int clr)
{
	for (; addr < end; addr += PAGE_SIZE) {
		struct hw_pte *pte = hw_pte_lookup(addr);
		struct hw_pte value;

		if (!pte || !pte->mapped)
			continue;
		/* The walk does not go into leaves (mm/memory.c, 5.17). */
		if (WARN_ON_ONCE(pte->shift == PMD_SHIFT))
			return -EINVAL;

		value = *pte;
		value.prot = (value.prot & ~clr) | set;
		hw_set_pte(addr, pte, value);
		hw_flush_tlb_range(addr, addr + PAGE_SIZE);
	}

	return 0;
}

/* Areas with huge pages are refused before anything is changed. */
static int change_memory_attr(const char *name, unsigned long addr,
			      int numpages, unsigned int set, unsigned int clr)
{
	const void *ptr = (const void *)addr;
	int err = -EINVAL;

	if (!numpages)
		return 0;

	if (!WARN_ON_ONCE(is_vmalloc_or_module_addr(ptr) &&
			  is_vm_area_hugepages(ptr)))
		err = change_existing_pages(addr, addr + numpages * PAGE_SIZE,
					    set, clr);
	hw_trace_permission(name, addr, numpages, err);

	return err;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return change_memory_attr(__func__, addr, numpages, 0, HW_WRITE);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return change_memory_attr(__func__, addr, numpages, HW_WRITE, 0);
}

int set_memory_x(unsigned long addr, int numpages)
{
	return change_memory_attr(__func__, addr, numpages, HW_EXEC, 0);
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return change_memory_attr(__func__, addr, numpages, 0, HW_EXEC);
}
