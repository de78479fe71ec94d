// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test of what a scenario does: that its eyes are open, and that the
 * matrix has no holes.
 */

#include <stdio.h>
#include <string.h>

#include "selftest.h"

static unsigned long page;
static struct run run;

/* A page of vmalloc's, read-only and executable, with the stamp of text. */
static void begin(void)
{
	scenario_begin(&run, NULL);
	page = board_vmalloc(test_page_size(), false, true);
	hw_memset(page, 0x90, test_page_size());
	board_set_memory("ro", page, 1);
	board_set_memory("x", page, 1);
}

static void execute(void)
{
	scenario_execute(page, page + test_page_size());
}

static bool execution_is_seen(void)
{
	if (!board.set_memory)
		return true;
	begin();
	REQUIRE(!oopses(execute));
	REQUIRE(run.executed == 1 && !run.exec_fault && !run.wrong_text);

	board_set_memory("rw", page, 1);
	hw_memset(page, 0, 1);
	REQUIRE(!oopses(execute));
	REQUIRE(run.executed == 2 && run.wrong_text);

	board_set_memory("nx", page, 1);
	REQUIRE(oopses(execute));
	REQUIRE(run.executed == 2 && run.exec_fault);

	return true;
}

static bool missing_protection_is_seen(void)
{
	if (!board.set_memory)
		return true;
	begin();
	scenario_must_fault(page, page + test_page_size(), ACCESS_WRITE, "w");
	REQUIRE(!run.unprotected && run.probed == 1);
	scenario_must_fault(page, page + test_page_size(), ACCESS_EXEC, "x");
	REQUIRE(run.unprotected && run.unprotected_addr == page);

	return true;
}

static bool writable_text_is_seen(void)
{
	if (!board.set_memory)
		return true;
	begin();
	REQUIRE(scenario_count_wx(page, page + test_page_size()) == 0);
	board_set_memory("rw", page, 1);
	REQUIRE(scenario_count_wx(page, page + test_page_size()) == 1);

	return true;
}

static const char *wanted;
static unsigned int seen;

static void look_for(const struct scenario *scenario, void *data)
{
	const char *variation = strchr(scenario->id, '/');

	if (scenario->params.mmu == machine.params.mmu && variation &&
	    !strcmp(variation + 1, wanted))
		seen++;
}

/* Is this size with this variation there, exactly once for the MMU? */
static bool in_matrix(const char *size, const char *variation)
{
	char id[80];

	snprintf(id, sizeof(id), "%s/%s", size, variation);
	wanted = id;
	seen = 0;
	for_each_scenario(look_for, NULL);

	return seen == 1;
}

static bool matrix_is_complete(void)
{
	static const char *const sizes[] = {
		"page", "under", "exact", "over", "text", "several",
	};
	static const char *const variations[] = {
		"none", "split", "alloc-huge", "alloc-call", "alloc-second",
		"map", "nodes=2", "rodata=off", "nohugevmalloc",
	};

	for (unsigned int s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (unsigned int v = 0; v < ARRAY_SIZE(variations); v++)
			REQUIRE(in_matrix(sizes[s], variations[v]));
		REQUIRE(in_matrix(sizes[s], "split-free") ==
			board.set_direct_map);
		REQUIRE(in_matrix(sizes[s], "shadow") == board.shadow);
	}
	REQUIRE(in_matrix("exact", "nokaslr"));
	REQUIRE(in_matrix("half", "set_memory_x-PAGE_KERNEL") ==
		(board.huge_vmalloc && !board.strict));
	REQUIRE(in_matrix("half", "set_memory_x-PAGE_KERNEL_EXEC") ==
		(board.huge_vmalloc && !board.strict));

	return true;
}

static unsigned long wanted_bytes;

static void look_for_bytes(const struct scenario *scenario, void *data)
{
	const struct sections *core = &scenario->core;

	if (scenario->params.mmu == machine.params.mmu)
		seen += core->text + core->rodata + core->ro_after_init +
			core->data == wanted_bytes;
}

static bool has_size(unsigned long bytes)
{
	wanted_bytes = bytes;
	seen = 0;
	for_each_scenario(look_for_bytes, NULL);

	return seen > 0;
}

static bool sizes_are_around_a_leaf(void)
{
	unsigned long leaf = 1UL << (hw_leaf_supported(19) ? 19 : HW_PMD_SHIFT);

	REQUIRE(has_size(test_page_size()));
	REQUIRE(has_size(leaf - test_page_size()));
	REQUIRE(has_size(leaf));
	REQUIRE(has_size(leaf + test_page_size()));
	REQUIRE(has_size(3 * leaf + test_page_size()));

	return true;
}

const struct property scenario_properties[] = {
	{ "scenario: execution is seen", execution_is_seen },
	{ "scenario: missing protection is seen", missing_protection_is_seen },
	{ "scenario: writable text is seen", writable_text_is_seen },
	{ "scenario: the matrix is complete", matrix_is_complete },
	{ "scenario: sizes are around a leaf", sizes_are_around_a_leaf },
	{ NULL, NULL },
};
