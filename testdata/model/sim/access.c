// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory access. A cached translation that allows the access is used without a
 * look at the page table. One that forbids it is not believed: a real MMU walks
 * again, or the kernel calls the fault spurious and retries
 * (arch/x86/mm/fault.c, spurious_kernel_fault(), 5.17).
 */

#include "machine.h"

static const char *const access_names[] = {
	[ACCESS_READ] = "read",
	[ACCESS_WRITE] = "write",
	[ACCESS_EXEC] = "exec",
};

static const char *const fault_reasons[] = {
	[ACCESS_READ] = "a read faults",
	[ACCESS_WRITE] = "a write faults",
	[ACCESS_EXEC] = "execution faults",
};

static bool walk_allows(const struct hw_pte *pte, enum access access)
{
	if (!pte || !pte->mapped || !(pte->prot & HW_READ))
		return false;
	if (access == ACCESS_WRITE)
		return pte->prot & HW_WRITE;
	if (access == ACCESS_EXEC)
		return pte->prot & HW_EXEC;
	return true;
}

static uint64_t pfn_of(const struct tlb_entry *entry, unsigned long addr)
{
	return entry->pfn + ((addr - entry->addr) >> hw_page_shift());
}

static void record_fault(unsigned long addr, enum access access,
			 const struct hw_pte *pte)
{
	machine.faults++;
	trace_event((struct event){
		.kind = EVENT_FAULT,
		.text = access_names[access],
		.addr = addr,
		.bytes = 1UL << hw_page_shift(),
		.page_size = pte && pte->mapped ? 1UL << pte->shift : 0,
		.flags = pte && pte->mapped ? pte->prot : 0,
	});
}

static void record_stale(unsigned long addr, enum access access,
			 const struct tlb_entry *entry)
{
	machine.stale_accesses++;
	trace_event((struct event){
		.kind = EVENT_STALE,
		.text = access_names[access],
		.addr = addr,
		.bytes = 1UL << hw_page_shift(),
		.page_size = 1UL << entry->shift,
	});
}

bool access_allowed(unsigned long addr, enum access access)
{
	struct tlb_entry entry;

	return tlb_find(addr, access, &entry) ||
	       walk_allows(hw_pte_lookup(addr), access);
}

struct page *access_page(unsigned long addr, enum access access)
{
	const struct hw_pte *pte = hw_pte_lookup(addr);
	struct tlb_entry entry;

	if (tlb_find(addr, access, &entry)) {
		if (!walk_allows(pte, access))
			record_stale(addr, access, &entry);
		return hw_pfn_to_page(pfn_of(&entry, addr));
	}

	if (!walk_allows(pte, access)) {
		record_fault(addr, access, pte);
		return NULL;
	}

	/* A stale entry was less permissive: the walk replaces it. */
	hw_flush_tlb_range(addr >> hw_page_shift() << hw_page_shift(),
			   ((addr >> hw_page_shift()) + 1) << hw_page_shift());
	if (!tlb_find(addr, access, &entry))
		oops("the walk and the TLB disagree");
	return hw_pfn_to_page(pfn_of(&entry, addr));
}

struct page *access_or_oops(unsigned long addr, enum access access)
{
	struct page *page = access_page(addr, access);

	if (!page)
		oops(fault_reasons[access]);
	return page;
}

void hw_memset(unsigned long addr, int byte, size_t size)
{
	unsigned long page_size = 1UL << hw_page_shift();
	unsigned long end = addr + size;

	while (addr < end) {
		access_or_oops(addr, ACCESS_WRITE)->stamp = (uint8_t)byte;
		addr = (addr & ~(page_size - 1)) + page_size;
	}
}
