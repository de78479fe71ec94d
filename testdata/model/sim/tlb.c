// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TLB. It never forgets by itself and it takes in every translation as soon
 * as the page table offers one: the worst that hardware is allowed to do. What
 * it holds stays until it is flushed, whatever happens to the page table.
 */

#include <string.h>

#include "machine.h"

#define TLB_ENTRIES	(1u << 16)
#define TLB_BUCKETS	(1u << 14)
#define NONE		0u

struct slot {
	struct tlb_entry entry;
	unsigned int next;
	bool live;
};

/* Slot 0 is NONE. */
static struct slot slots[TLB_ENTRIES];
static unsigned int buckets[TLB_BUCKETS];
static unsigned int nr_slots = 1;
static unsigned int free_slots;

/* The sizes of leaf that this machine knows, smallest first, ended by 0. */
static unsigned int shifts[5];

static unsigned int *bucket_of(unsigned long addr, unsigned int shift)
{
	uint64_t key = ((uint64_t)(addr >> shift) << 6) + shift;

	return &buckets[(key * 0x9e3779b97f4a7c15u) >> 50];
}

static void drop_all(void)
{
	memset(buckets, 0, sizeof(buckets));
	nr_slots = 1;
	free_slots = NONE;
}

void tlb_reset(void)
{
	const struct mmu *mmu = machine.params.mmu;
	unsigned int n = 0;

	drop_all();
	shifts[n++] = mmu->page_shift;
	for (const unsigned int *leaf = mmu->leaf_shifts; *leaf; leaf++)
		shifts[n++] = *leaf;
	/* The direct map has 2M leaves on every machine. */
	if (!hw_leaf_supported(HW_PMD_SHIFT))
		shifts[n++] = HW_PMD_SHIFT;
	shifts[n] = 0;
}

static struct slot *find(unsigned long addr, unsigned int shift)
{
	unsigned long start = addr >> shift << shift;
	unsigned int i;

	for (i = *bucket_of(addr, shift); i; i = slots[i].next)
		if (slots[i].entry.addr == start &&
		    slots[i].entry.shift == shift)
			return &slots[i];
	return NULL;
}

static void insert(const struct tlb_entry *entry)
{
	unsigned int *bucket = bucket_of(entry->addr, entry->shift);
	unsigned int i = free_slots;

	if (i)
		free_slots = slots[i].next;
	else if (nr_slots < TLB_ENTRIES)
		i = nr_slots++;
	else
		oops("the simulated TLB is too small for the scenario");
	slots[i] = (struct slot){ *entry, *bucket, true };
	*bucket = i;
}

static void drop(struct slot *slot)
{
	unsigned int *link = bucket_of(slot->entry.addr, slot->entry.shift);
	unsigned int i = (unsigned int)(slot - slots);

	while (*link != i)
		link = &slots[*link].next;
	*link = slot->next;
	slot->live = false;
	slot->next = free_slots;
	free_slots = i;
}

static struct tlb_entry translation(unsigned long addr,
				    const struct hw_pte *pte)
{
	unsigned long start = addr >> pte->shift << pte->shift;
	unsigned long page = addr >> hw_page_shift() << hw_page_shift();
	bool pmd = pte->shift == HW_PMD_SHIFT;

	return (struct tlb_entry){
		.addr = start,
		/* A 2M leaf has the frame of its start, a run that of addr. */
		.pfn = pmd ? pte->pfn
			   : pte->pfn - ((page - start) >> hw_page_shift()),
		.shift = pte->shift,
		.prot = pte->prot,
	};
}

void tlb_speculate(unsigned long addr, const struct hw_pte *pte)
{
	struct tlb_entry entry;

	if (find(addr, pte->shift))
		return;
	for (unsigned int i = 0; shifts[i]; i++)
		if (find(addr, shifts[i]))
			machine.mixed_sizes++;
	entry = translation(addr, pte);
	insert(&entry);
}

static bool allows(uint8_t prot, enum access access)
{
	static const uint8_t needed[] = {
		[ACCESS_READ] = HW_READ,
		[ACCESS_WRITE] = HW_READ | HW_WRITE,
		[ACCESS_EXEC] = HW_READ | HW_EXEC,
	};

	return (prot & needed[access]) == needed[access];
}

bool tlb_find(unsigned long addr, enum access access, struct tlb_entry *entry)
{
	for (unsigned int i = 0; shifts[i]; i++) {
		struct slot *slot = find(addr, shifts[i]);

		if (slot && allows(slot->entry.prot, access)) {
			*entry = slot->entry;
			return true;
		}
	}
	return false;
}

bool tlb_entry_coherent(const struct tlb_entry *entry)
{
	unsigned long page_size = 1UL << hw_page_shift();
	unsigned long nr = 1UL << (entry->shift - hw_page_shift());

	for (unsigned long i = 0; i < nr; i++) {
		unsigned long addr = entry->addr + i * page_size;
		const struct hw_pte *pte = hw_pte_lookup(addr);
		struct tlb_entry now;

		if (!pte || !pte->mapped || pte->prot != entry->prot)
			return false;
		now = translation(addr, pte);
		if (now.pfn + ((addr - now.addr) >> hw_page_shift()) !=
		    entry->pfn + i)
			return false;
	}
	return true;
}

void tlb_for_each(bool (*fn)(const struct tlb_entry *entry, void *data),
		  void *data)
{
	for (unsigned int i = 1; i < nr_slots; i++)
		if (slots[i].live && !fn(&slots[i].entry, data))
			return;
}

static void speculate_page(unsigned long addr)
{
	const struct hw_pte *pte = hw_pte_lookup(addr);

	if (pte && pte->mapped && (pte->prot & HW_READ))
		tlb_speculate(addr, pte);
}

/* After a flush the hardware loads again what is still mapped. */
static void speculate_area(const struct area *area, unsigned long start,
			   unsigned long end)
{
	unsigned long page_size = 1UL << hw_page_shift();
	unsigned long addr = start > area->start ? start : area->start;

	end = end < area->end ? end : area->end;
	while (addr < end) {
		const struct hw_pmd *pmd = hw_pmd_offset(addr);
		unsigned long next = (addr | ((1UL << HW_PMD_SHIFT) - 1)) + 1;

		if (!pmd->table)
			speculate_page(addr);
		for (; pmd->table && addr < next && addr < end;
		     addr += page_size)
			speculate_page(addr);
		addr = next;
	}
}

static void flush_scan(unsigned long start, unsigned long end)
{
	for (unsigned int i = 1; i < nr_slots; i++) {
		const struct tlb_entry *entry = &slots[i].entry;

		if (slots[i].live && entry->addr < end &&
		    entry->addr + ((1UL << entry->shift) - 1) >= start)
			drop(&slots[i]);
	}
}

static void flush_page(unsigned long addr)
{
	for (unsigned int i = 0; shifts[i]; i++) {
		struct slot *slot = find(addr, shifts[i]);

		if (slot)
			drop(slot);
	}
}

void hw_flush_tlb_range(unsigned long start, unsigned long end)
{
	if (start >= end)
		return;
	if (end - start == 1UL << hw_page_shift()) {
		flush_page(start);
		speculate_page(start);
		return;
	}
	flush_scan(start, end);
	for (unsigned int i = 0; i < machine.nr_areas; i++)
		speculate_area(&machine.areas[i], start, end);
}

void hw_flush_tlb_all(void)
{
	drop_all();
	for (unsigned int i = 0; i < machine.nr_areas; i++)
		speculate_area(&machine.areas[i], 0, ~0UL);
}
