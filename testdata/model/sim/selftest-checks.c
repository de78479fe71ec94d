// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test of the checks: each passes a run without a flaw, and fails as soon
 * as the one flaw is there that it exists for.
 */

#include <string.h>

#include "selftest.h"

static struct scenario scenario;
static struct run clean;

/* A run that nobody can complain about. */
static void make_clean(void)
{
	power_on(HW_FAULT_NONE);
	expectation.flags_given = true;
	expectation.flags = board.flush_reset_perms;
	expectation.huge = HUGE_NEVER;
	machine.nr_allocs = 1;
	machine.allocs[0] = (struct alloc){
		.call = {
			.size = 1UL << HW_PMD_SHIFT,
			.align = 1,
			.end = 1,
			.gfp = board.gfp_kernel,
			.prot = HW_READ | HW_WRITE,
			.flags = board.flush_reset_perms,
			.node = -1,
		},
		.addr = 1UL << HW_PMD_SHIFT,
		.shift = hw_page_shift(),
		.freed = true,
		.freed_flags = board.flush_reset_perms,
		.nr_attempts = 1,
		.attempts = { { hw_page_shift(), true } },
	};
	scenario.core.text = test_page_size();
	clean = (struct run){
		.scenario = &scenario,
		.executed = 2,
		.probed = 1 + !board.born_executable,
		.unloaded = true,
	};
}

static enum status verdict(const char *name)
{
	struct check check = { .status = PASS };

	for (unsigned int i = 0; i < nr_check_defs; i++)
		if (!strcmp(check_defs[i].name, name))
			check_defs[i].fn(&clean, &check);

	return check.status;
}

/* Under this flaw, is it this check that fails, and without it none? */
#define FLAW(check, ...) do {					\
	make_clean();						\
	REQUIRE(verdict(check) != FAIL);			\
	__VA_ARGS__;						\
	REQUIRE(verdict(check) == FAIL);			\
} while (0)

/* Some checks are only made where permissions are strict. */
#define STRICT_FLAW(check, ...) do {				\
	if (board.strict)					\
		FLAW(check, __VA_ARGS__);			\
} while (0)

static bool flags_check(void)
{
	FLAW("flags-exact", machine.allocs[0].call.flags |= 1);
	FLAW("flags-exact", machine.allocs[0].call.flags = 0);
	FLAW("flags-exact", machine.allocs[1] = machine.allocs[0];
	     machine.allocs[1].call.flags = 0; machine.nr_allocs = 2);
	FLAW("flags-exact", machine.nr_allocs = 0);

	return true;
}

static bool args_check(void)
{
	FLAW("args-kept", machine.allocs[0].call.gfp |= 0x100);
	FLAW("args-kept", machine.allocs[0].call.prot = HW_READ);
	FLAW("args-kept", machine.allocs[0].call.node = 0);
	FLAW("args-kept", machine.allocs[0].call.end = 0);
	FLAW("args-kept", machine.allocs[0].call.align = 3);
	make_clean();
	machine.allocs[0].call.gfp |= board.gfp_nowarn;
	REQUIRE(verdict("args-kept") == PASS);

	return true;
}

static bool run_checks(void)
{
	FLAW("module-loads", clean.load = -1);
	FLAW("module-loads", clean.oops = "test");
	FLAW("module-loads", clean.wrong_text = true);
	FLAW("module-loads", clean.executed = 1);
	FLAW("module-loads", machine.params.fault = HW_FAULT_MAP);
	FLAW("text-executable", clean.exec_fault = true);
	FLAW("text-executable", clean.executed = 0);
	FLAW("no-warning", machine.warnings = 1);

	return true;
}

static bool set_memory_x_check(void)
{
	FLAW("set-memory-x", clean.x_result = -1);
	FLAW("set-memory-x", machine.warnings = 1);
	FLAW("set-memory-x", machine.splits_module = 1);
	make_clean();
	clean.x_was_huge = true;
	REQUIRE((verdict("set-memory-x") == FAIL) == board.refuses_huge);
	if (!board.set_memory || board.refuses_huge)
		return true;
	scenario.story = X_ON_PAGE_KERNEL;
	REQUIRE(verdict("set-memory-x") == FAIL);
	machine.splits_module = 1;
	REQUIRE(verdict("set-memory-x") == PASS);
	scenario.story = MODULE;

	return true;
}

static bool strict_checks(void)
{
	STRICT_FLAW("no-wx", clean.wx_pages = 1);
	if (!board.born_executable)
		STRICT_FLAW("no-wx", machine.wx_entries = 1);
	STRICT_FLAW("no-split", machine.splits_module = 1);
	STRICT_FLAW("protection-enforced", clean.unprotected = "test");
	STRICT_FLAW("protection-enforced", clean.probed--);

	return true;
}

static bool huge_check(void)
{
	FLAW("never-huge", machine.allocs[0].attempts[0].shift = 30);
	FLAW("never-huge", machine.allocs[0].shift = 30);
	make_clean();
	if (!board.huge_vmalloc || !hw_leaf_supported(HW_PMD_SHIFT))
		return true;
	expectation.huge = HUGE_ALLOWED;
	REQUIRE(verdict("never-huge") == FAIL);
	machine.params.nodes = 2;
	REQUIRE(verdict("never-huge") == PASS);

	return true;
}

static bool unload_checks(void)
{
	FLAW("direct-map-restored", clean.direct_map_broken = 1);
	FLAW("no-stale-exec", clean.stale_exec = 1);
	FLAW("tlb-clean", clean.stale = 1);
	FLAW("tlb-clean", machine.mixed_sizes = 1);
	FLAW("reuse-writable", clean.reuse_faults = 1);
	FLAW("no-leak", clean.leaked_pages = 1);
	make_clean();
	clean.stale = 1;
	machine.allocs[0].freed_flags = 0;
	REQUIRE(verdict("tlb-clean") == SKIP);

	return true;
}

const struct property check_properties[] = {
	{ "checks: flags", flags_check },
	{ "checks: other arguments", args_check },
	{ "checks: the run", run_checks },
	{ "checks: set_memory_x() on huge mappings", set_memory_x_check },
	{ "checks: strict permissions", strict_checks },
	{ "checks: huge mappings", huge_check },
	{ "checks: after unloading", unload_checks },
	{ NULL, NULL },
};
