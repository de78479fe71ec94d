// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test of the simulated hardware: what faults, what stays cached, what is
 * counted.
 */

#include <stdlib.h>

#include "selftest.h"

/* Two slots in vmalloc's area, away from its start. */
static unsigned long test_addr(void)
{
	return machine.areas[1].start + (8UL << HW_PMD_SHIFT);
}

static void map_page(unsigned long addr, unsigned long pfn, uint8_t prot)
{
	if (!hw_pmd_offset(addr)->table)
		hw_pmd_populate(addr, hw_table_alloc(addr));
	hw_set_pte(addr, hw_pte_lookup(addr), (struct hw_pte){
		.mapped = true,
		.shift = (uint8_t)hw_page_shift(),
		.prot = prot,
		.pfn = pfn,
	});
}

static void map_leaf(unsigned long addr, unsigned long pfn, uint8_t prot)
{
	hw_set_pte(addr, &hw_pmd_offset(addr)->leaf, (struct hw_pte){
		.mapped = true,
		.shift = HW_PMD_SHIFT,
		.prot = prot,
		.pfn = pfn,
	});
}

static void change(unsigned long addr, uint8_t prot)
{
	struct hw_pte *pte = hw_pte_lookup(addr);
	struct hw_pte value = *pte;

	value.prot = prot;
	hw_set_pte(addr, pte, value);
}

static bool permissions_are_enforced(void)
{
	unsigned long addr = test_addr();

	REQUIRE(!may(addr, ACCESS_READ));
	REQUIRE(!may(0, ACCESS_READ));
	map_page(addr, 1, HW_READ);
	REQUIRE(may(addr, ACCESS_READ));
	REQUIRE(!may(addr, ACCESS_WRITE));
	REQUIRE(!may(addr, ACCESS_EXEC));
	map_page(addr + test_page_size(), 2, HW_READ | HW_WRITE);
	REQUIRE(may(addr + test_page_size(), ACCESS_WRITE));
	REQUIRE(!may(addr + test_page_size(), ACCESS_EXEC));
	map_page(addr + 2 * test_page_size(), 3, HW_READ | HW_EXEC);
	REQUIRE(may(addr + 2 * test_page_size(), ACCESS_EXEC));
	REQUIRE(!may(addr + 2 * test_page_size(), ACCESS_WRITE));
	map_page(addr + 3 * test_page_size(), 4, 0);
	REQUIRE(!may(addr + 3 * test_page_size(), ACCESS_READ));

	return true;
}

static bool access_agrees_with_permission(void)
{
	unsigned long addr = test_addr();

	map_page(addr, 7, HW_READ);
	REQUIRE(access_page(addr, ACCESS_READ) == hw_pfn_to_page(7));
	REQUIRE(machine.faults == 0);
	REQUIRE(!access_page(addr, ACCESS_WRITE));
	REQUIRE(!access_page(addr, ACCESS_EXEC));
	REQUIRE(machine.faults == 2);

	return true;
}

static bool stale_until_flushed(void)
{
	unsigned long addr = test_addr();
	unsigned long next = addr + test_page_size();

	map_page(addr, 1, HW_READ | HW_WRITE);
	map_page(next, 2, HW_READ | HW_WRITE);
	change(addr, HW_READ);
	change(next, HW_READ);
	REQUIRE(access_page(addr, ACCESS_WRITE));
	REQUIRE(machine.stale_accesses == 1);

	hw_flush_tlb_range(addr, next);
	REQUIRE(!may(addr, ACCESS_WRITE));
	REQUIRE(may(addr, ACCESS_READ));
	REQUIRE(may(next, ACCESS_WRITE));
	hw_flush_tlb_all();
	REQUIRE(!may(next, ACCESS_WRITE));

	return true;
}

static bool range_flush_reaches_all_of_it(void)
{
	unsigned long addr = test_addr();
	unsigned long end = addr + 3 * test_page_size();

	for (unsigned long a = addr; a <= end; a += test_page_size()) {
		map_page(a, 1, HW_READ | HW_WRITE);
		change(a, HW_READ);
	}
	hw_flush_tlb_range(addr, end);
	REQUIRE(!may(addr, ACCESS_WRITE));
	REQUIRE(!may(end - 1, ACCESS_WRITE));
	REQUIRE(may(end, ACCESS_WRITE));

	return true;
}

static bool unmapped_stays_cached(void)
{
	unsigned long addr = test_addr();
	struct run run = { .stale = 0 };

	map_page(addr, 1, HW_READ | HW_EXEC);
	hw_set_pte(addr, hw_pte_lookup(addr), (struct hw_pte){ .shift = 0 });
	REQUIRE(may(addr, ACCESS_EXEC));
	count_stale(&run);
	REQUIRE(run.stale == 1 && run.stale_exec == 1);
	REQUIRE(run.first_stale.addr == addr);
	hw_flush_tlb_all();
	REQUIRE(!may(addr, ACCESS_EXEC));

	return true;
}

static bool more_rights_need_no_flush(void)
{
	unsigned long addr = test_addr();

	map_page(addr, 1, HW_READ);
	change(addr, HW_READ | HW_WRITE);
	REQUIRE(may(addr, ACCESS_WRITE));
	REQUIRE(access_page(addr, ACCESS_WRITE));
	REQUIRE(machine.stale_accesses == 0);

	return true;
}

static bool leaf_finds_its_pages(void)
{
	unsigned long addr = test_addr();
	unsigned long last = addr + (1UL << HW_PMD_SHIFT) - 1;
	unsigned long pages = 1UL << (HW_PMD_SHIFT - hw_page_shift());

	if (!hw_leaf_supported(HW_PMD_SHIFT))
		return true;
	map_leaf(addr, pages, HW_READ);
	REQUIRE(access_page(addr, ACCESS_READ) == hw_pfn_to_page(pages));
	REQUIRE(access_page(last, ACCESS_READ) ==
		hw_pfn_to_page(2 * pages - 1));
	REQUIRE(!may(last + 1, ACCESS_READ));
	change(addr, 0);
	hw_flush_tlb_range(last - test_page_size() + 1, last + 1);
	REQUIRE(!may(addr, ACCESS_READ));

	return true;
}

static bool splits_are_counted(void)
{
	unsigned long addr = test_addr();

	hw_pmd_populate(addr, hw_table_alloc(addr));
	REQUIRE(machine.splits_module == 0 && machine.splits_direct == 0);
	hw_pmd_populate(direct(0), hw_table_alloc(direct(0)));
	REQUIRE(machine.splits_module == 0 && machine.splits_direct == 1);
	if (!hw_leaf_supported(HW_PMD_SHIFT))
		return true;
	addr += 1UL << HW_PMD_SHIFT;
	map_leaf(addr, 0, HW_READ);
	hw_pmd_populate(addr, hw_table_alloc(addr));
	REQUIRE(machine.splits_module == 1 && machine.splits_direct == 1);

	return true;
}

static bool table_fails(unsigned long addr)
{
	struct hw_pte *table = hw_table_alloc(addr);

	free(table);
	return !table;
}

/* Which of the tables for a mapping, a module split and a direct map split? */
static bool tables_fail(enum hw_fault fault, bool map, bool module, bool dmap)
{
	unsigned long addr;

	power_on(fault);
	addr = test_addr();
	map_leaf(addr, 0, HW_READ);
	REQUIRE(table_fails(addr) == module);
	REQUIRE(table_fails(direct(0)) == dmap);
	REQUIRE(table_fails(addr + (1UL << HW_PMD_SHIFT)) == map);
	REQUIRE(machine.injected == (unsigned int)(map + module + dmap));

	return true;
}

static bool faults_are_injected(void)
{
	if (!hw_leaf_supported(HW_PMD_SHIFT))
		return true;
	REQUIRE(tables_fail(HW_FAULT_NONE, false, false, false));
	REQUIRE(tables_fail(HW_FAULT_MAP, true, false, false));
	REQUIRE(tables_fail(HW_FAULT_SPLIT, false, true, false));
	REQUIRE(tables_fail(HW_FAULT_SPLIT_ALIAS, false, false, true));
	REQUIRE(tables_fail(HW_FAULT_SPLIT_FREE, false, false, false));
	machine.unloading = true;
	REQUIRE(table_fails(direct(0)));

	return true;
}

static bool writable_and_executable_is_counted(void)
{
	map_page(test_addr(), 1, HW_READ | HW_WRITE);
	change(test_addr(), HW_READ | HW_EXEC);
	REQUIRE(machine.wx_entries == 0);
	change(test_addr(), HW_READ | HW_WRITE | HW_EXEC);
	REQUIRE(machine.wx_entries == 1);

	return true;
}

static bool pages_are_reused(void)
{
	struct page *first = hw_alloc_pages(0);
	struct page *block = hw_alloc_pages(3);

	REQUIRE(first && block && hw_page_to_pfn(block) % 8 == 0);
	REQUIRE(block != first && machine.nr_used == 9);
	hw_free_pages(first, 0);
	REQUIRE(machine.nr_used == 8);
	REQUIRE(hw_alloc_pages(0) == first);
	while (hw_alloc_pages(0))
		;
	REQUIRE(machine.nr_used == hw_total_pages());

	return true;
}

static void free_twice(void)
{
	struct page *page = hw_alloc_pages(0);

	hw_free_pages(page, 0);
	hw_free_pages(page, 0);
}

static void write_to_read_only(void)
{
	map_page(test_addr(), 1, HW_READ);
	hw_memset(test_addr(), 0, 1);
}

static void map_crooked(void)
{
	map_leaf(test_addr(), 1, HW_READ);
}

static void map_unsupported(void)
{
	map_page(test_addr(), 0, HW_READ);
	hw_set_pte(test_addr(), hw_pte_lookup(test_addr()), (struct hw_pte){
		.mapped = true,
		.shift = 20,
	});
}

static bool sizes_do_not_mix(void)
{
	unsigned long addr = direct(0);

	hw_pmd_populate(addr, hw_table_alloc(addr));
	hw_flush_tlb_all();
	map_page(addr, 0, HW_READ);
	REQUIRE(machine.mixed_sizes == 0);
	addr += 1UL << HW_PMD_SHIFT;
	hw_pmd_populate(addr, hw_table_alloc(addr));
	map_page(addr, 0, HW_READ);
	REQUIRE(machine.mixed_sizes == 1);

	return true;
}

static bool mistakes_oops(void)
{
	REQUIRE(oopses(map_crooked));
	REQUIRE(oopses(map_unsupported));
	REQUIRE(oopses(free_twice));
	REQUIRE(oopses(write_to_read_only));

	return true;
}

static bool writes_reach_the_page(void)
{
	unsigned long addr = test_addr();

	map_page(addr, 1, HW_READ | HW_WRITE);
	map_page(addr + test_page_size(), 2, HW_READ | HW_WRITE);
	map_page(addr + 2 * test_page_size(), 3, HW_READ | HW_WRITE);
	hw_memset(addr, 0x42, 2 * test_page_size());
	REQUIRE(hw_pfn_to_page(1)->stamp == 0x42);
	REQUIRE(hw_pfn_to_page(2)->stamp == 0x42);
	REQUIRE(hw_pfn_to_page(3)->stamp == 0);

	return true;
}

const struct property machine_properties[] = {
	{ "machine: permissions are enforced", permissions_are_enforced },
	{ "machine: access agrees with permission",
	  access_agrees_with_permission },
	{ "machine: a translation is stale until flushed",
	  stale_until_flushed },
	{ "machine: a range flush reaches all of it",
	  range_flush_reaches_all_of_it },
	{ "machine: what is unmapped stays cached", unmapped_stays_cached },
	{ "machine: more rights need no flush", more_rights_need_no_flush },
	{ "machine: a large leaf finds its pages", leaf_finds_its_pages },
	{ "machine: splits are counted", splits_are_counted },
	{ "machine: faults are injected", faults_are_injected },
	{ "machine: W+X is counted", writable_and_executable_is_counted },
	{ "machine: pages are reused", pages_are_reused },
	{ "machine: two sizes at once are counted", sizes_do_not_mix },
	{ "machine: mistakes oops", mistakes_oops },
	{ "machine: writes reach the page", writes_reach_the_page },
	{ NULL, NULL },
};
