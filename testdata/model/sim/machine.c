// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine: its configuration, its reset, the faults it injects.
 */

#include <stdlib.h>
#include <string.h>

#include "machine.h"

struct machine machine;

static const char *const fault_names[HW_NR_FAULTS] = {
	[HW_FAULT_NONE] = "none",
	[HW_FAULT_SPLIT] = "split",
	[HW_FAULT_SPLIT_ALIAS] = "split-alias",
	[HW_FAULT_SPLIT_FREE] = "split-free",
	[HW_FAULT_ALLOC_HUGE] = "alloc-huge",
	[HW_FAULT_ALLOC_CALL] = "alloc-call",
	[HW_FAULT_ALLOC_SECOND] = "alloc-second",
	[HW_FAULT_MAP] = "map",
	[HW_FAULT_SHADOW] = "shadow",
};

const char *fault_name(enum hw_fault fault)
{
	return fault_names[fault];
}

/* A power-on: no pages used, no areas, nothing cached, nothing traced. */
void machine_reset(const struct machine_params *params)
{
	areas_reset();
	kalloc_reset();
	memset(&machine, 0, sizeof(machine));
	machine.params = *params;
	phys_reset();
	tlb_reset();
}

unsigned int hw_page_shift(void)
{
	return machine.params.mmu->page_shift;
}

bool hw_leaf_supported(unsigned int shift)
{
	const unsigned int *leaf = machine.params.mmu->leaf_shifts;

	for (; *leaf; leaf++)
		if (*leaf == shift)
			return true;
	return false;
}

unsigned int hw_online_nodes(void)
{
	return machine.params.nodes;
}

bool hw_huge_vmalloc(void)
{
	return machine.params.huge_vmalloc;
}

bool hw_kaslr(void)
{
	return machine.params.kaslr;
}

bool hw_rodata(void)
{
	return machine.params.rodata;
}

uint32_t hw_random(void)
{
	return 41;
}

unsigned long hw_etext(void)
{
	return machine.etext;
}

bool hw_in_interrupt(void)
{
	return machine.in_interrupt;
}

/* Some faults last, others strike once, or only in one phase. */
static bool fault_strikes(enum hw_fault fault)
{
	switch (fault) {
	case HW_FAULT_SPLIT_FREE:
		return machine.unloading;
	case HW_FAULT_ALLOC_CALL:
		return machine.nr_allocs == 1;
	case HW_FAULT_ALLOC_SECOND:
		return machine.nr_allocs == 2;
	case HW_FAULT_MAP:
	case HW_FAULT_SHADOW:
		return machine.injected == 0;
	default:
		return true;
	}
}

bool hw_inject(enum hw_fault fault, unsigned long addr)
{
	if (machine.params.fault != fault || !fault_strikes(fault))
		return false;

	machine.injected++;
	trace_event((struct event){
		.kind = EVENT_INJECT,
		.text = fault_name(fault),
		.addr = addr,
		.bytes = addr ? 1UL << hw_page_shift() : 0,
	});
	return true;
}
