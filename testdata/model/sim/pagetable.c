// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables: areas of virtual addresses, each with a slot for every 2M, each
 * slot with a leaf of 2M or a table of base pages. A leaf between the two sizes
 * (16K and 512K on 8xx) is a run of equal entries in the table, each of which
 * knows the size.
 */

#include <stdlib.h>

#include "machine.h"

#define PMD_SIZE	(1UL << HW_PMD_SHIFT)

static unsigned long nr_slots(const struct area *area)
{
	return (area->end - area->start) >> HW_PMD_SHIFT;
}

/* Adds an area; its limits are widened to whole slots. */
void area_add(const char *name, unsigned long start, unsigned long end,
	      bool direct)
{
	struct area *area = &machine.areas[machine.nr_areas];

	if (machine.nr_areas == MAX_AREAS)
		abort();
	area->name = name;
	area->start = start & ~(PMD_SIZE - 1);
	area->end = ((end - 1) | (PMD_SIZE - 1)) + 1;
	area->direct = direct;
	area->pmds = calloc(nr_slots(area), sizeof(*area->pmds));
	if (!area->pmds)
		abort();
	machine.nr_areas++;
}

struct area *area_of(unsigned long addr)
{
	for (unsigned int i = 0; i < machine.nr_areas; i++) {
		struct area *area = &machine.areas[i];

		if (addr >= area->start && addr < area->end)
			return area;
	}
	return NULL;
}

void areas_reset(void)
{
	for (unsigned int i = 0; i < machine.nr_areas; i++) {
		struct area *area = &machine.areas[i];

		for (unsigned long slot = 0; slot < nr_slots(area); slot++)
			free(area->pmds[slot].table);
		free(area->pmds);
	}
	machine.nr_areas = 0;
}

struct hw_pmd *hw_pmd_offset(unsigned long addr)
{
	struct area *area = area_of(addr);

	return area ? &area->pmds[(addr - area->start) >> HW_PMD_SHIFT] : NULL;
}

struct hw_pte *hw_pte_lookup(unsigned long addr)
{
	struct hw_pmd *pmd = hw_pmd_offset(addr);

	if (!pmd)
		return NULL;
	if (!pmd->table)
		return pmd->leaf.mapped ? &pmd->leaf : NULL;
	return &pmd->table[(addr & (PMD_SIZE - 1)) >> hw_page_shift()];
}

/* Is the table for a leaf that exists, which would be split? */
static bool is_split(const struct hw_pmd *pmd)
{
	return pmd->leaf.mapped;
}

/* Which injected fault, if any, keeps the kernel from getting this table? */
static bool table_fails(unsigned long addr)
{
	const struct area *area = area_of(addr);

	if (!is_split(hw_pmd_offset(addr)))
		return !area->direct && hw_inject(HW_FAULT_MAP, addr);
	if (!area->direct)
		return hw_inject(HW_FAULT_SPLIT, addr);
	return hw_inject(HW_FAULT_SPLIT_ALIAS, addr) ||
	       hw_inject(HW_FAULT_SPLIT_FREE, addr);
}

struct hw_pte *hw_table_alloc(unsigned long addr)
{
	struct hw_pte *table;

	if (table_fails(addr))
		return NULL;
	table = calloc(PMD_SIZE >> hw_page_shift(), sizeof(*table));
	if (!table)
		abort();
	return table;
}

static void count_split(unsigned long addr)
{
	const struct area *area = area_of(addr);

	if (area->direct)
		machine.splits_direct++;
	else
		machine.splits_module++;
	trace_event((struct event){
		.kind = EVENT_SPLIT,
		.text = area->name,
		.addr = addr & ~(PMD_SIZE - 1),
		.bytes = PMD_SIZE,
		.page_size = 1UL << hw_page_shift(),
	});
}

void hw_pmd_populate(unsigned long addr, struct hw_pte *table)
{
	struct hw_pmd *pmd = hw_pmd_offset(addr);

	if (is_split(pmd))
		count_split(addr);
	free(pmd->table);
	pmd->leaf = (struct hw_pte){ .mapped = false };
	pmd->table = table;
}

/* Hardware has no entry for a leaf that is crooked, or of a size it lacks. */
static bool leaf_is_possible(unsigned long addr, struct hw_pte value)
{
	unsigned long mask = (1UL << value.shift) - 1;

	if (value.shift == hw_page_shift())
		return true;
	if (!area_of(addr)->direct && !hw_leaf_supported(value.shift))
		return false;
	return (addr & mask) == (value.pfn << hw_page_shift() & mask);
}

void hw_set_pte(unsigned long addr, struct hw_pte *pte, struct hw_pte value)
{
	if (value.mapped && !leaf_is_possible(addr, value))
		oops("an entry for an impossible leaf");
	*pte = value;
	if (!value.mapped || !(value.prot & HW_READ))
		return;

	if ((value.prot & HW_WRITE) && (value.prot & HW_EXEC)) {
		machine.wx_entries++;
		trace_event((struct event){
			.kind = EVENT_WX,
			.addr = addr,
			.bytes = 1UL << value.shift,
			.page_size = 1UL << value.shift,
		});
	}
	tlb_speculate(addr, pte);
}
