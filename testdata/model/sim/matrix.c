// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which scenarios there are: every MMU of the board with every size and every
 * fault, and every size with each of a few other settings.
 */

#include <stdio.h>
#include <string.h>

#include "harness.h"

int matrix_fault = -1;

/* The sizes are relative to the largest leaf of the MMU; without one, to 2M. */
static unsigned long huge_size(const struct mmu *mmu)
{
	unsigned int shift = 0;

	for (const unsigned int *leaf = mmu->leaf_shifts; *leaf; leaf++)
		shift = *leaf;

	return 1UL << (shift ? shift : HW_PMD_SHIFT);
}

/* text, some read-only data, one page of ro_after_init, the rest is data. */
static struct sections split_total(unsigned long total, unsigned long text,
				   unsigned long page)
{
	unsigned long rodata = text / 4 < page ? page : text / 4;

	return (struct sections){
		.text = text,
		.rodata = rodata,
		.ro_after_init = page,
		.data = total - text - rodata - page,
	};
}

struct size {
	const char *name;
	struct sections (*core)(unsigned long huge, unsigned long page);
	bool huge_init;
};

/* Text is all there is. */
static struct sections size_page(unsigned long huge, unsigned long page)
{
	return (struct sections){ .text = page };
}

static struct sections size_under(unsigned long huge, unsigned long page)
{
	return split_total(huge - page, huge / 2, page);
}

static struct sections size_exact(unsigned long huge, unsigned long page)
{
	return split_total(huge, huge / 2, page);
}

static struct sections size_over(unsigned long huge, unsigned long page)
{
	return split_total(huge + page, huge / 2, page);
}

/* Text fills one leaf exactly: a change of its permissions needs no split. */
static struct sections size_text(unsigned long huge, unsigned long page)
{
	return split_total(2 * huge, huge, page);
}

static struct sections size_several(unsigned long huge, unsigned long page)
{
	return split_total(3 * huge + page, 2 * huge, page);
}

static const struct size sizes[] = {
	{ "page", size_page, false },
	{ "under", size_under, false },
	{ "exact", size_exact, false },
	{ "over", size_over, false },
	{ "text", size_text, false },
	{ "several", size_several, true },
};

static struct scenario make(const struct mmu *mmu, const struct size *size)
{
	unsigned long huge = huge_size(mmu);
	unsigned long page = 1UL << mmu->page_shift;
	struct scenario s = {
		.size = size->name,
		.core = size->core(huge, page),
		.params = {
			.mmu = mmu,
			.nodes = 1,
			.rodata = true,
			.huge_vmalloc = true,
			.kaslr = true,
		},
	};

	if (s.core.data)
		s.init = (struct sections){
			.text = size->huge_init ? huge : page,
			.rodata = page,
			.data = page,
		};

	return s;
}

static bool applies(enum hw_fault fault)
{
	if (matrix_fault >= 0)
		return (int)fault == matrix_fault;

	switch (fault) {
	case HW_FAULT_SPLIT_ALIAS:
		/* No flag can help: see "What is not covered" in README.md. */
		return false;
	case HW_FAULT_SPLIT_FREE:
		return board.set_direct_map;
	case HW_FAULT_SHADOW:
		return board.shadow;
	default:
		return true;
	}
}

struct setting {
	const char *name;
	void (*apply)(struct machine_params *params);
	const char *only_size;	/* NULL: all sizes */
};

static void two_nodes(struct machine_params *params)
{
	params->nodes = 2;
}

static void rodata_off(struct machine_params *params)
{
	params->rodata = false;
}

static void no_huge_vmalloc(struct machine_params *params)
{
	params->huge_vmalloc = false;
}

static void no_kaslr(struct machine_params *params)
{
	params->kaslr = false;
}

static const struct setting settings[] = {
	{ "nodes=2", two_nodes, NULL },
	{ "rodata=off", rodata_off, NULL },
	{ "nohugevmalloc", no_huge_vmalloc, NULL },
	{ "nokaslr", no_kaslr, "exact" },
};

static void emit(struct scenario s, const char *variation,
		 void (*fn)(const struct scenario *scenario, void *data),
		 void *data)
{
	snprintf(s.id, sizeof(s.id), "%s/%s/%s", s.params.mmu->name, s.size,
		 variation);
	fn(&s, data);
}

static void variations(struct scenario s,
		       void (*fn)(const struct scenario *scenario, void *data),
		       void *data)
{
	for (int fault = 0; fault < HW_NR_FAULTS; fault++) {
		if (!applies((enum hw_fault)fault))
			continue;
		s.params.fault = (enum hw_fault)fault;
		emit(s, fault_name((enum hw_fault)fault), fn, data);
	}

	if (matrix_fault >= 0)
		return;
	s.params.fault = HW_FAULT_NONE;
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		struct scenario varied = s;

		if (settings[i].only_size &&
		    strcmp(settings[i].only_size, s.size))
			continue;
		settings[i].apply(&varied.params);
		emit(varied, settings[i].name, fn, data);
	}
}

/* Permissions change without STRICT_MODULE_RWX, too. */
static void x_on_huge_mappings(const struct mmu *mmu,
			       void (*fn)(const struct scenario *scenario,
					  void *data),
			       void *data)
{
	static const struct size half = { "half", size_exact, false };
	struct scenario s = make(mmu, &half);

	if (board.strict || !board.huge_vmalloc || matrix_fault >= 0)
		return;
	s.story = X_ON_PAGE_KERNEL;
	emit(s, "set_memory_x-PAGE_KERNEL", fn, data);
	s.story = X_ON_PAGE_KERNEL_EXEC;
	emit(s, "set_memory_x-PAGE_KERNEL_EXEC", fn, data);
}

void for_each_scenario(void (*fn)(const struct scenario *scenario, void *data),
		       void *data)
{
	for (unsigned int m = 0; m < board.nr_mmus; m++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
			variations(make(&board.mmus[m], &sizes[i]), fn, data);
		x_on_huge_mappings(&board.mmus[m], fn, data);
	}
}
