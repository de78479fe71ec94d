// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test of the kernel code that no rule changes: mm/vmalloc.c and the
 * set_memory_*() of the architecture.
 */

#include "selftest.h"

#define ENOMEM	12
#define EINVAL	22

static unsigned long leaf_size(void)
{
	return 1UL << HW_PMD_SHIFT;
}

/* Will vmalloc() use 2M leaves if it is allowed to? */
static bool has_leaves(void)
{
	return board.huge_vmalloc && hw_leaf_supported(HW_PMD_SHIFT);
}

/* What vmalloc() maps 2M with if it is allowed to. */
static unsigned int largest_shift(void)
{
	if (!board.huge_vmalloc)
		return hw_page_shift();
	if (has_leaves())
		return HW_PMD_SHIFT;
	return hw_leaf_supported(19) ? 19 : hw_page_shift();
}

static unsigned int shift_at(unsigned long addr)
{
	const struct hw_pte *pte = hw_pte_lookup(addr);

	return pte && pte->mapped ? pte->shift : 0;
}

static unsigned long page_at(unsigned long addr)
{
	return hw_page_to_pfn(access_page(addr, ACCESS_READ));
}

static bool areas_are_mapped(void)
{
	unsigned long size = 3 * test_page_size();
	unsigned long addr = board_vmalloc(size, false, false);
	unsigned long other = board_vmalloc(size, false, false);

	REQUIRE(addr && other && other != addr);
	REQUIRE(page_at(addr) != page_at(addr + test_page_size()));
	REQUIRE(page_at(addr) != page_at(other));
	REQUIRE(!may(addr + size, ACCESS_READ));
	REQUIRE(machine.nr_used == 6);
	board_vfree(addr);
	board_vfree(other);
	REQUIRE(machine.nr_used == 0);

	return true;
}

static bool leaves_follow_the_rule(void)
{
	unsigned long under = leaf_size() - test_page_size();

	REQUIRE(shift_at(board_vmalloc(leaf_size(), false, false)) ==
		hw_page_shift());
	REQUIRE(shift_at(board_vmalloc(under, true, false)) != HW_PMD_SHIFT);
	REQUIRE(shift_at(board_vmalloc(leaf_size(), true, false)) ==
		largest_shift());
	machine.params.nodes = 2;
	REQUIRE(shift_at(board_vmalloc(leaf_size(), true, false)) !=
		HW_PMD_SHIFT);
	machine.params.nodes = 1;
	machine.params.huge_vmalloc = false;
	REQUIRE(shift_at(board_vmalloc(leaf_size(), true, false)) ==
		hw_page_shift());

	return true;
}

/* The second attempt has the original size: no page more than asked for. */
static bool small_pages_are_the_fallback(void)
{
	unsigned long size = leaf_size() + test_page_size();
	unsigned long addr;

	if (!has_leaves())
		return true;
	power_on(HW_FAULT_ALLOC_HUGE);
	addr = board_vmalloc(size, true, false);
	REQUIRE(shift_at(addr) == hw_page_shift());
	REQUIRE(machine.nr_used == size >> hw_page_shift());
	REQUIRE(machine.allocs[0].nr_attempts == 2);

	return true;
}

/* A leaf is rounded up, and all of it is mapped. */
static bool large_areas_are_rounded(void)
{
	unsigned long addr;

	if (!has_leaves())
		return true;
	board_vmalloc(test_page_size(), false, false);
	addr = board_vmalloc(leaf_size() + test_page_size(), true, false);
	REQUIRE(addr % leaf_size() == 0);
	REQUIRE(machine.nr_used == 1 + (2 * leaf_size() >> hw_page_shift()));
	REQUIRE(shift_at(addr + leaf_size()) == HW_PMD_SHIFT);

	return true;
}

/* Behind every address of a large leaf there is the page that belongs there. */
static bool large_leaves_are_contiguous(void)
{
	unsigned int shift = largest_shift();
	unsigned long first;
	unsigned long addr;

	board_vmalloc(test_page_size(), false, false);
	addr = board_vmalloc(leaf_size(), true, false);
	first = page_at(addr);
	for (unsigned long i = 0; i < 1UL << (shift - hw_page_shift()); i++) {
		unsigned long at = addr + i * test_page_size();

		REQUIRE(page_at(at) == first + i);
		hw_flush_tlb_range(at, at + test_page_size());
		REQUIRE(page_at(at) == first + i);
	}

	return true;
}

static bool freed_ranges_wait_for_the_flush(void)
{
	unsigned long size = test_page_size();
	unsigned long addr = board_vmalloc(size, false, false);
	unsigned long next;

	board_vfree(addr);
	REQUIRE(!shift_at(addr) && may(addr, ACCESS_WRITE));
	next = board_vmalloc(size, false, true);
	REQUIRE(next != addr);
	board_vfree(next);
	REQUIRE(!may(addr, ACCESS_READ) && !may(next, ACCESS_READ));
	REQUIRE(board_vmalloc(size, false, true) == addr);

	return true;
}

static bool set_memory_takes_effect(void)
{
	unsigned long addr = board_vmalloc(3 * test_page_size(), false, false);
	unsigned long middle = addr + test_page_size();

	if (!board.set_memory)
		return true;
	REQUIRE(may(middle, ACCESS_WRITE) && !may(middle, ACCESS_EXEC));
	REQUIRE(!board_set_memory("ro", middle, 1));
	REQUIRE(!may(middle, ACCESS_WRITE) && may(middle, ACCESS_READ));
	REQUIRE(!board_set_memory("x", middle, 1));
	REQUIRE(may(middle, ACCESS_EXEC));
	REQUIRE(may(addr, ACCESS_WRITE) && !may(addr, ACCESS_EXEC));
	REQUIRE(may(middle + test_page_size(), ACCESS_WRITE));
	REQUIRE(!board_set_memory("nx", middle, 1));
	REQUIRE(!may(middle, ACCESS_EXEC));
	REQUIRE(!board_set_memory("rw", middle, 1));
	REQUIRE(may(middle, ACCESS_WRITE));
	REQUIRE(!machine.splits_module && !machine.warnings);

	return true;
}

/* Only x86 has an alias rule, and NX alone is not part of it. */
static bool direct_map_follows_on_x86(void)
{
	unsigned long addr = board_vmalloc(test_page_size(), false, false);
	unsigned long alias = direct(page_at(addr));
	bool follows = board.set_direct_map;

	if (!board.set_memory)
		return true;
	REQUIRE(!board_set_memory("x", addr, 1));
	REQUIRE(!machine.splits_direct && !may(alias, ACCESS_EXEC));
	REQUIRE(!board_set_memory("ro", addr, 1));
	REQUIRE(may(alias, ACCESS_READ));
	REQUIRE(may(alias, ACCESS_WRITE) == !follows);
	REQUIRE(machine.splits_direct == follows);

	return true;
}

static bool reset_restores_the_direct_map(void)
{
	unsigned long addr = board_vmalloc(test_page_size(), false, true);
	unsigned long alias = direct(page_at(addr));
	struct run run = { .stale = 0 };

	board_set_memory("ro", addr, 1);
	board_vfree(addr);
	REQUIRE(may(alias, ACCESS_WRITE) && !may(addr, ACCESS_READ));
	REQUIRE(!broken_direct_map() && !count_reuse_faults());
	count_stale(&run);
	REQUIRE(!run.stale);
	REQUIRE(machine.allocs[0].freed);
	REQUIRE(machine.allocs[0].freed_flags & board.flush_reset_perms);

	return true;
}

static bool no_reset_leaves_traces(void)
{
	unsigned long addr = board_vmalloc(test_page_size(), false, false);
	struct run run = { .stale = 0 };

	if (!board.set_memory)
		return true;
	board_set_memory("ro", addr, 1);
	board_vfree(addr);
	count_stale(&run);
	REQUIRE(run.stale == 1);
	REQUIRE(broken_direct_map() == board.set_direct_map);
	REQUIRE(count_reuse_faults() == board.set_direct_map);

	return true;
}

static bool x86_splits(void)
{
	unsigned long pages = leaf_size() >> hw_page_shift();
	unsigned long addr = board_vmalloc(leaf_size(), true, false);

	REQUIRE(!board_set_memory("ro", addr, (int)pages));
	REQUIRE(!machine.splits_module && !machine.splits_direct);
	REQUIRE(!may(addr, ACCESS_WRITE));
	REQUIRE(!board_set_memory("ro", addr, 1));
	REQUIRE(!board_set_memory("nx", addr, 1));
	REQUIRE(!machine.splits_module);
	REQUIRE(!board_set_memory("x", addr + test_page_size(), 1));
	REQUIRE(machine.splits_module == 1 && !machine.splits_direct);
	REQUIRE(may(addr + test_page_size(), ACCESS_EXEC));
	REQUIRE(!may(addr, ACCESS_EXEC) && !may(addr, ACCESS_WRITE));

	power_on(HW_FAULT_SPLIT);
	addr = board_vmalloc(leaf_size(), true, false);
	REQUIRE(board_set_memory("ro", addr, 1) == -ENOMEM);
	REQUIRE(may(addr, ACCESS_WRITE) && machine.injected == 1);

	return true;
}

static bool powerpc_refuses(void)
{
	unsigned long addr = board_vmalloc(leaf_size(), true, false);

	REQUIRE(board_set_memory("ro", addr + test_page_size(), 1) == -EINVAL);
	REQUIRE(board_set_memory("x", addr, 1) == -EINVAL);
	REQUIRE(may(addr + test_page_size(), ACCESS_WRITE));
	REQUIRE(!may(addr, ACCESS_EXEC));
	REQUIRE(machine.warnings == 2 && !machine.splits_module);

	return true;
}

/* There it consists of leaves, and the walk does not go into them. */
static bool powerpc_keeps_the_linear_map(void)
{
	if (!board.set_memory)
		return true;
	if (board.set_direct_map)
		return true;
	REQUIRE(board_set_memory("ro", direct(0), 1) == -EINVAL);
	REQUIRE(may(direct(0), ACCESS_WRITE) && !broken_direct_map());

	return true;
}

static bool large_leaves_are_special(void)
{
	if (!board.set_memory)
		return true;
	if (!has_leaves())
		return true;
	return board.set_direct_map ? x86_splits() : powerpc_refuses();
}

/* Rick Edgecombe's case: the direct map mirrors a leaf and cannot be split. */
static bool failed_split_leaves_read_only(void)
{
	unsigned long addr;

	if (!board.set_memory)
		return true;
	if (!has_leaves() || !board.set_direct_map)
		return true;
	power_on(HW_FAULT_SPLIT_FREE);
	addr = board_vmalloc(leaf_size(), true, true);
	board_set_memory("ro", addr, (int)(leaf_size() >> hw_page_shift()));
	machine.unloading = true;
	board_vfree(addr);
	REQUIRE(broken_direct_map() == leaf_size() >> hw_page_shift());
	REQUIRE(count_reuse_faults() > 0);

	return true;
}

static unsigned long atomic_addr;

static void free_in_interrupt(void)
{
	machine.in_interrupt = true;
	board_vfree(atomic_addr);
	machine.in_interrupt = false;
}

static bool atomic_free_writes(void)
{
	if (!board.set_memory)
		return true;
	atomic_addr = board_vmalloc(test_page_size(), false, true);
	REQUIRE(!oopses(free_in_interrupt));
	REQUIRE(machine.nr_used == 1);
	board_flush_work();
	REQUIRE(machine.nr_used == 0);

	atomic_addr = board_vmalloc(test_page_size(), false, true);
	board_set_memory("ro", atomic_addr, 1);
	REQUIRE(oopses(free_in_interrupt));

	return true;
}

const struct property kernel_properties[] = {
	{ "kernel: areas are mapped", areas_are_mapped },
	{ "kernel: large leaves follow the rule", leaves_follow_the_rule },
	{ "kernel: small pages are the fallback",
	  small_pages_are_the_fallback },
	{ "kernel: large areas are rounded", large_areas_are_rounded },
	{ "kernel: large leaves are contiguous", large_leaves_are_contiguous },
	{ "kernel: freed ranges wait for the flush",
	  freed_ranges_wait_for_the_flush },
	{ "kernel: set_memory takes effect", set_memory_takes_effect },
	{ "kernel: the direct map follows on x86 only",
	  direct_map_follows_on_x86 },
	{ "kernel: reset restores the direct map",
	  reset_restores_the_direct_map },
	{ "kernel: no reset leaves traces", no_reset_leaves_traces },
	{ "kernel: large leaves are split or refused",
	  large_leaves_are_special },
	{ "kernel: powerpc keeps the linear map",
	  powerpc_keeps_the_linear_map },
	{ "kernel: a failed split leaves pages read-only",
	  failed_split_leaves_read_only },
	{ "kernel: an atomic free writes to the area", atomic_free_writes },
	{ NULL, NULL },
};
