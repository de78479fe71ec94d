// SPDX-License-Identifier: GPL-2.0-only
/*
 * Permissions of kernel memory on x86: arch/x86/mm/pat/set_memory.c, 5.17, for
 * 4K and 2M leaves. Caching attributes and static protections are left out.
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>

/* The generic target is built without as well, like most architectures. */
#ifdef CONFIG_ARCH_HAS_SET_MEMORY

/* One change of permissions, as far as it has come (struct cpa_data). */
struct cpa_data {
	unsigned long addr;
	unsigned long numpages;	/* left to do; then, done in one step */
	unsigned int set;
	unsigned int clr;
	unsigned long pfn;	/* of addr */
	bool flush;
	bool flush_all;
};

/* Replaces a 2M leaf by 4K entries that say the same (split_large_page()). */
static int split_large_page(const struct hw_pte *leaf, unsigned long addr)
{
	struct hw_pte *table = hw_table_alloc(addr);
	unsigned long i;

	if (!table)
		return -ENOMEM;

	for (i = 0; i < PMD_SIZE >> PAGE_SHIFT; i++) {
		table[i] = *leaf;
		table[i].shift = PAGE_SHIFT;
		table[i].pfn += i;
	}
	hw_pmd_populate(addr, table);
	hw_flush_tlb_all();

	return 0;
}

/*
 * A 2M leaf stays whole if the permissions are what they were, or if the change
 * covers all of it; otherwise it has to be split (__should_split_large_page()).
 */
static bool should_split(struct cpa_data *cpa, struct hw_pte *leaf,
			 unsigned int prot)
{
	unsigned long offset = (cpa->addr & ~PMD_MASK) >> PAGE_SHIFT;
	unsigned long in_leaf = PMD_SIZE >> PAGE_SHIFT;
	struct hw_pte value = *leaf;

	cpa->pfn = leaf->pfn + offset;
	cpa->numpages = min(cpa->numpages, in_leaf - offset);
	if (prot == leaf->prot)
		return false;
	if (cpa->numpages != in_leaf)
		return true;

	value.prot = prot;
	hw_set_pte(cpa->addr, leaf, value);
	cpa->flush = true;

	return false;
}

/* Changes one leaf at cpa->addr; cpa->numpages becomes its size. */
static int __change_page_attr(struct cpa_data *cpa)
{
	struct hw_pte *pte = hw_pte_lookup(cpa->addr);
	struct hw_pte value;
	int err;

	if (!pte || !pte->mapped)
		return -EFAULT;

	value = *pte;
	value.prot = (value.prot & ~cpa->clr) | cpa->set;
	if (pte->shift == PMD_SHIFT) {
		if (!should_split(cpa, pte, value.prot))
			return 0;
		err = split_large_page(pte, cpa->addr);
		if (err)
			return err;
		pte = hw_pte_lookup(cpa->addr);
		value.shift = pte->shift;
		value.pfn = pte->pfn;
	}

	cpa->numpages = 1;
	cpa->pfn = pte->pfn;
	if (value.prot != pte->prot) {
		hw_set_pte(cpa->addr, pte, value);
		cpa->flush = true;
	}

	return 0;
}

static int change_range(struct cpa_data *cpa, bool checkalias);

/* The same change for the direct map of the pages (cpa_process_alias()). */
static int cpa_process_alias(struct cpa_data *cpa)
{
	struct cpa_data alias = *cpa;

	alias.addr = PAGE_OFFSET + (cpa->pfn << PAGE_SHIFT);
	cpa->flush_all = true;

	return change_range(&alias, false);
}

/*
 * Stops at the first error and leaves what is done as it is
 * (__change_page_attr_set_clr()).
 */
static int change_range(struct cpa_data *cpa, bool checkalias)
{
	unsigned long left = cpa->numpages;
	int err;

	for (; left; left -= cpa->numpages) {
		cpa->numpages = left;
		err = __change_page_attr(cpa);
		if (!err && checkalias)
			err = cpa_process_alias(cpa);
		if (err)
			return err;
		cpa->addr += cpa->numpages << PAGE_SHIFT;
	}

	return 0;
}

/* Everything but a change of NX alone reaches the direct map as well. */
static int change_page_attr(const char *name, unsigned long addr, int numpages,
			    unsigned int set, unsigned int clr)
{
	struct cpa_data cpa = {
		.addr = addr,
		.numpages = numpages,
		.set = set,
		.clr = clr,
	};
	int err;

	vm_unmap_aliases();
	err = change_range(&cpa, (set | clr) != HW_EXEC);
	if (cpa.flush && (err || cpa.flush_all))
		hw_flush_tlb_all();
	else if (cpa.flush)
		hw_flush_tlb_range(addr, addr + numpages * PAGE_SIZE);
	hw_trace_permission(name, addr, numpages, err);

	return err;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return change_page_attr(__func__, addr, numpages, 0, HW_WRITE);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return change_page_attr(__func__, addr, numpages, HW_WRITE, 0);
}

int set_memory_x(unsigned long addr, int numpages)
{
	return change_page_attr(__func__, addr, numpages, HW_EXEC, 0);
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return change_page_attr(__func__, addr, numpages, 0, HW_EXEC);
}

/* No alias to follow, and the caller flushes (__set_pages_np() and _p()). */
static int set_direct_map(struct page *page, unsigned int set, unsigned int clr)
{
	struct cpa_data cpa = {
		.addr = (unsigned long)page_address(page),
		.numpages = 1,
		.set = set,
		.clr = clr,
	};

	return change_range(&cpa, false);
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return set_direct_map(page, 0, HW_READ | HW_WRITE);
}

int set_direct_map_default_noflush(struct page *page)
{
	return set_direct_map(page, HW_READ | HW_WRITE, 0);
}

#endif /* CONFIG_ARCH_HAS_SET_MEMORY */
