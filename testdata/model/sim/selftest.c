// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test: a model that cannot fault, go stale or count would pass every
 * check. It runs before the scenarios of every program.
 */

#include <stdlib.h>
#include <string.h>

#include "selftest.h"

#define MAX_FAILED 16

static const struct mmu *mmu;

void power_on(enum hw_fault fault)
{
	machine_reset(&(struct machine_params){
		.mmu = mmu,
		.fault = fault,
		.nodes = 1,
		.rodata = true,
		.huge_vmalloc = true,
	});
	board_boot();
	machine.oops_armed = true;
}

bool oopses(void (*fn)(void))
{
	jmp_buf outer;
	bool oopsed;

	memcpy(&outer, &machine.oops, sizeof(outer));
	if (!setjmp(machine.oops)) {
		fn();
		oopsed = false;
	} else {
		oopsed = true;
	}
	memcpy(&machine.oops, &outer, sizeof(outer));

	return oopsed;
}

unsigned long test_page_size(void)
{
	return 1UL << hw_page_shift();
}

bool may(unsigned long addr, enum access access)
{
	return access_allowed(addr, access);
}

unsigned long direct(unsigned long pfn)
{
	return board.page_offset + (pfn << hw_page_shift());
}

static const struct property *const lists[] = {
	machine_properties,
	kernel_properties,
	check_properties,
	scenario_properties,
};

struct result {
	const char *failed[MAX_FAILED];
	unsigned int nr_failed;
	unsigned int nr;
};

static void test(const struct property *property, struct result *result)
{
	volatile bool holds = false;

	power_on(HW_FAULT_NONE);
	if (!setjmp(machine.oops))
		holds = property->holds();
	result->nr++;
	if (!holds && result->nr_failed < MAX_FAILED)
		result->failed[result->nr_failed++] = property->name;
}

unsigned int self_test(void)
{
	const struct expectation saved = expectation;
	struct result result = { .nr = 0 };

	for (unsigned int m = 0; m < board.nr_mmus; m++) {
		mmu = &board.mmus[m];
		for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++)
			for (const struct property *p = lists[i]; p->name; p++)
				test(p, &result);
	}
	expectation = saved;
	report_self_test(result.failed, result.nr_failed, result.nr);

	return result.nr_failed;
}
