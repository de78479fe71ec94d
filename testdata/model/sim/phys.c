// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical pages, and the host memory in which the kernel code keeps its own
 * structures.
 */

#include <stdlib.h>

#include "machine.h"

void phys_reset(void)
{
	machine.nr_pages = RAM_BYTES >> hw_page_shift();
}

static bool block_is_free(unsigned long pfn, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		if (machine.pages[pfn + i].used)
			return false;
	return true;
}

/*
 * The lowest block wins, so what was freed last is soon used again, and what a
 * module leaves behind meets the next user.
 */
struct page *hw_alloc_pages(unsigned int order)
{
	unsigned long nr = 1UL << order;

	if (order && hw_inject(HW_FAULT_ALLOC_HUGE, 0))
		return NULL;

	while (machine.first_free < machine.nr_pages &&
	       machine.pages[machine.first_free].used)
		machine.first_free++;

	for (unsigned long pfn = machine.first_free & ~(nr - 1);
	     pfn + nr <= machine.nr_pages; pfn += nr) {
		if (!block_is_free(pfn, nr))
			continue;
		for (unsigned long i = 0; i < nr; i++)
			machine.pages[pfn + i].used = true;
		machine.nr_used += nr;
		return &machine.pages[pfn];
	}

	return NULL;
}

void hw_free_pages(struct page *page, unsigned int order)
{
	unsigned long pfn = hw_page_to_pfn(page);

	if (pfn < machine.first_free)
		machine.first_free = pfn;
	for (unsigned long i = 0; i < 1UL << order; i++) {
		if (!page[i].used)
			oops("a free page is freed again");
		page[i].used = false;
		machine.nr_used--;
	}
}

unsigned long hw_page_to_pfn(const struct page *page)
{
	return (unsigned long)(page - machine.pages);
}

struct page *hw_pfn_to_page(unsigned long pfn)
{
	if (pfn >= machine.nr_pages)
		oops("a page frame number is outside of memory");
	return &machine.pages[pfn];
}

unsigned long hw_total_pages(void)
{
	return machine.nr_pages;
}

/* Every piece is on this list, so an oops leaks nothing on the host. */
struct piece {
	struct piece *next;
	struct piece *prev;
	max_align_t data[];
};

static struct piece pieces = { &pieces, &pieces };

void *hw_kalloc(size_t size)
{
	struct piece *piece = calloc(1, sizeof(*piece) + size);

	if (!piece)
		abort();
	piece->next = pieces.next;
	piece->prev = &pieces;
	piece->next->prev = piece;
	pieces.next = piece;
	return piece->data;
}

void hw_kfree(const void *ptr)
{
	struct piece *piece;

	if (!ptr)
		return;
	piece = (struct piece *)((char *)ptr - offsetof(struct piece, data));
	piece->next->prev = piece->prev;
	piece->prev->next = piece->next;
	free(piece);
}

void kalloc_reset(void)
{
	while (pieces.next != &pieces)
		hw_kfree(pieces.next->data);
}
