/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_HW_H
#define SIM_HW_H

/*
 * What the simulated machine offers to the kernel code of the model. Virtual
 * addresses are plain numbers: nothing behind them exists on the host. All
 * functions work on the one machine of the process, see machine.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Permission bits of an entry. Without HW_READ the entry is not present. */
#define HW_READ		1u
#define HW_WRITE	2u
#define HW_EXEC		4u

/* A leaf of the second level maps 2M, with 4K and 64K base pages alike. */
#define HW_PMD_SHIFT	21

/* --- Physical pages (phys.c) --- */

struct page {
	bool used;
	uint8_t stamp;		/* last byte written to the page */
};

/* 2^order pages, aligned to their size, or NULL. Freed ones come back first. */
struct page *hw_alloc_pages(unsigned int order);
void hw_free_pages(struct page *page, unsigned int order);
unsigned long hw_page_to_pfn(const struct page *page);
struct page *hw_pfn_to_page(unsigned long pfn);
unsigned long hw_total_pages(void);

/* Host memory for the kernel's own structures, zeroed; never fails. */
void *hw_kalloc(size_t size);
void hw_kfree(const void *ptr);

/* --- Page tables (pagetable.c) --- */

struct hw_pte {
	bool mapped;
	uint8_t shift;		/* log2 of the bytes that the leaf maps */
	uint8_t prot;		/* HW_READ, HW_WRITE, HW_EXEC */
	uint64_t pfn;		/* of the page; of a 2M leaf, its first page */
};

/* One slot of the second level: a 2M leaf, or a table of base pages. */
struct hw_pmd {
	struct hw_pte leaf;
	struct hw_pte *table;
};

/* The slot that covers addr, or NULL outside of all areas. */
struct hw_pmd *hw_pmd_offset(unsigned long addr);

/* The entry that maps addr, or would; NULL if there is no table for it. */
struct hw_pte *hw_pte_lookup(unsigned long addr);

/* An empty table for the slot of addr, or NULL where a fault is injected. */
struct hw_pte *hw_table_alloc(unsigned long addr);

/* Replaces whatever the slot holds by a table. A leaf is split by that. */
void hw_pmd_populate(unsigned long addr, struct hw_pte *table);

/* Writes one entry. pte is one that lookup or pmd_offset returned for addr. */
void hw_set_pte(unsigned long addr, struct hw_pte *pte, struct hw_pte value);

/* --- Translations (tlb.c) --- */

/* end is exclusive. */
void hw_flush_tlb_range(unsigned long start, unsigned long end);
void hw_flush_tlb_all(void);

/* --- Access by the kernel's own code: a fault is an oops (access.c) --- */

void hw_memset(unsigned long addr, int byte, size_t size);

/* --- The machine and its configuration (machine.c) --- */

unsigned int hw_page_shift(void);
bool hw_leaf_supported(unsigned int shift);
unsigned int hw_online_nodes(void);
bool hw_huge_vmalloc(void);	/* false after "nohugevmalloc" */
bool hw_kaslr(void);
bool hw_rodata(void);		/* false after "rodata=off" */
uint32_t hw_random(void);
unsigned long hw_etext(void);
bool hw_in_interrupt(void);

/* --- Faults that the scenario injects (machine.c) --- */

enum hw_fault {
	HW_FAULT_NONE,
	HW_FAULT_SPLIT,		/* no table for a split of module memory */
	HW_FAULT_SPLIT_ALIAS,	/* no table for any split of the direct map */
	HW_FAULT_SPLIT_FREE,	/* the same, but only once unloading began */
	HW_FAULT_ALLOC_HUGE,	/* no physical block larger than a page */
	HW_FAULT_ALLOC_CALL,	/* the first call finds no virtual range */
	HW_FAULT_ALLOC_SECOND,	/* the second call finds none */
	HW_FAULT_MAP,		/* the first page table for a mapping fails */
	HW_FAULT_SHADOW,	/* the first KASAN shadow fails */
	HW_NR_FAULTS,
};

/* True if the fault strikes here. addr may be 0; it goes into the trace. */
bool hw_inject(enum hw_fault fault, unsigned long addr);

/* --- What the kernel tells the trace (trace.c) --- */

/* The arguments of one call of __vmalloc_node_range(), but for the caller. */
struct hw_call {
	unsigned long size;
	unsigned long align;
	unsigned long start;
	unsigned long end;
	unsigned long gfp;
	unsigned long prot;
	unsigned long flags;
	int node;
};

/* Begin, attempts and end of one call. addr is 0 if it failed. */
void hw_trace_alloc(const struct hw_call *call);
void hw_trace_attempt(unsigned int shift, bool ok);
void hw_trace_alloc_done(unsigned long addr, unsigned int shift);
void hw_trace_free(unsigned long addr, unsigned long size, unsigned long flags);
void hw_trace_permission(const char *name, unsigned long addr, int pages,
			 int result);
void hw_warn(const char *file, int line, const char *what);
_Noreturn void hw_bug(const char *file, int line, const char *what);

#endif /* SIM_HW_H */
