/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

/* The whole state of the simulated machine, for sim/ only. */

#include <setjmp.h>

#include "hw.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define RAM_BYTES	(32UL << 20)
#define MIN_PAGE_SHIFT	12
#define MAX_PAGES	(RAM_BYTES >> MIN_PAGE_SHIFT)
#define MAX_AREAS	4
#define MAX_ALLOCS	16
#define MAX_ATTEMPTS	4
#define MAX_EVENTS	400

struct mmu {
	const char *name;
	unsigned int page_shift;
	unsigned int leaf_shifts[3];	/* larger leaves, ended by 0 */
};

/* What a scenario chooses. */
struct machine_params {
	const struct mmu *mmu;
	enum hw_fault fault;
	unsigned int nodes;
	bool rodata;
	bool huge_vmalloc;
	bool kaslr;
};

struct area {
	const char *name;
	unsigned long start;
	unsigned long end;
	bool direct;		/* the direct map, nothing else */
	struct hw_pmd *pmds;
};

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };

enum event_kind {
	EVENT_PHASE, EVENT_ALLOC, EVENT_ATTEMPT, EVENT_FREE, EVENT_PERMISSION,
	EVENT_SPLIT, EVENT_WX, EVENT_FAULT, EVENT_STALE, EVENT_INJECT,
	EVENT_WARN, EVENT_BUG,
};

struct event {
	enum event_kind kind;
	const char *text;
	unsigned long addr;
	unsigned long bytes;
	unsigned long page_size;
	unsigned long flags;
	long result;
};

/* One call of __vmalloc_node_range(). */
struct alloc {
	struct hw_call call;
	unsigned long addr;
	unsigned int shift;
	bool done;
	bool freed;
	unsigned long freed_flags;
	unsigned int nr_attempts;
	struct { unsigned int shift; bool ok; } attempts[MAX_ATTEMPTS];
};

struct machine {
	struct machine_params params;
	unsigned long etext;
	bool in_interrupt;
	bool unloading;

	struct page pages[MAX_PAGES];
	unsigned long nr_pages;
	unsigned long nr_used;
	unsigned long first_free;	/* no page below it is free */

	struct area areas[MAX_AREAS];
	unsigned int nr_areas;

	/* Counted by the machine itself, whatever the kernel code says. */
	unsigned int splits_module;
	unsigned int splits_direct;
	unsigned int wx_entries;
	unsigned int faults;
	unsigned int stale_accesses;
	unsigned int mixed_sizes;	/* cached at once for one address */
	unsigned int warnings;
	unsigned int injected;
	unsigned int atomic_frees;

	struct alloc allocs[MAX_ALLOCS];
	unsigned int nr_allocs;

	struct event events[MAX_EVENTS];
	unsigned int nr_events;
	unsigned int dropped_events;

	/* Where an oops ends up. */
	jmp_buf oops;
	bool oops_armed;
	const char *oops_reason;
};

extern struct machine machine;

void machine_reset(const struct machine_params *params);
const char *fault_name(enum hw_fault fault);

void phys_reset(void);
void kalloc_reset(void);

void area_add(const char *name, unsigned long start, unsigned long end,
	      bool direct);
struct area *area_of(unsigned long addr);
void areas_reset(void);

/* Forgets everything; to be called after the machine has its parameters. */
void tlb_reset(void);
/* The hardware may load a translation at any time: it does so at once. */
void tlb_speculate(unsigned long addr, const struct hw_pte *pte);

struct tlb_entry {
	unsigned long addr;
	uint64_t pfn;
	uint8_t shift;
	uint8_t prot;
};

/* Calls fn for each cached translation, until fn returns false. */
void tlb_for_each(bool (*fn)(const struct tlb_entry *entry, void *data),
		  void *data);
/* The most permissive cached translation of addr that allows access. */
bool tlb_find(unsigned long addr, enum access access, struct tlb_entry *entry);
/* Does the page table say the same for every page of the entry? */
bool tlb_entry_coherent(const struct tlb_entry *entry);

/* Would the access succeed? Nothing is traced. */
bool access_allowed(unsigned long addr, enum access access);
/* Access without an oops: returns the page, or NULL after a fault. */
struct page *access_page(unsigned long addr, enum access access);
/* The same for code that must not fault: oopses instead of NULL. */
struct page *access_or_oops(unsigned long addr, enum access access);

void trace_event(struct event event);
_Noreturn void oops(const char *reason);

#endif /* SIM_MACHINE_H */
