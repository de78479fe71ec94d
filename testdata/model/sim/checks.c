// SPDX-License-Identifier: GPL-2.0-only
/*
 * The named checks. Each looks at one finished run and says whether it passed,
 * failed, or could not be judged, and in the last two cases why.
 */

#include <stdarg.h>
#include <stdio.h>

#include "harness.h"

struct expectation expectation;

__attribute__((format(printf, 3, 4)))
static void set(struct check *check, enum status status, const char *fmt, ...)
{
	va_list args;

	check->status = status;
	va_start(args, fmt);
	vsnprintf(check->detail, sizeof(check->detail), fmt, args);
	va_end(args);
}

/* For checks of what unloading leaves behind. */
static bool not_unloaded(const struct run *run, struct check *check)
{
	if (!run->unloaded)
		set(check, SKIP, "the module was never unloaded");
	return !run->unloaded;
}

static bool strict(void)
{
	return board.strict && machine.params.rodata;
}

static bool not_strict(struct check *check)
{
	if (!strict())
		set(check, SKIP, "module permissions are not strict");
	return !strict();
}

static void check_flags(const struct run *run, struct check *check)
{
	if (!expectation.flags_given) {
		set(check, SKIP, "no flags are expected");
		return;
	}
	if (!machine.nr_allocs)
		set(check, FAIL, "nothing was allocated");
	for (unsigned int i = 0; i < machine.nr_allocs; i++) {
		unsigned long flags = machine.allocs[i].call.flags;

		if (flags == expectation.flags)
			continue;
		set(check, FAIL, "allocation %u asks for 0x%lx instead of 0x%lx",
		    i, flags, expectation.flags);
		return;
	}
}

/* What every module_alloc() asks for, whatever its flags. */
static bool args_are_kept(const struct hw_call *call)
{
	unsigned long rw = HW_READ | HW_WRITE;

	return (call->gfp & ~board.gfp_nowarn) == board.gfp_kernel &&
	       (call->prot == rw || call->prot == (rw | HW_EXEC)) &&
	       call->node == -1 && call->start < call->end &&
	       call->align && !(call->align & (call->align - 1));
}

static void check_args(const struct run *run, struct check *check)
{
	for (unsigned int i = 0; i < machine.nr_allocs; i++)
		if (!args_are_kept(&machine.allocs[i].call))
			set(check, FAIL, "allocation %u has a strange argument other than its flags",
			    i);
}

/* Without strict permissions nobody promises to survive a failed split. */
static bool split_excuses(const struct run *run)
{
	return run->exec_fault && !board.strict && machine.injected &&
	       machine.params.fault == HW_FAULT_SPLIT;
}

static unsigned long pages(unsigned long bytes)
{
	return bytes >> machine.params.mmu->page_shift;
}

/* The init function runs all text, the exit function that of the core. */
static unsigned long text_pages(const struct run *run)
{
	return 2 * pages(run->scenario->core.text) +
	       pages(run->scenario->init.text);
}

/* Only text may be executed, only data written; a kprobe has one page. */
static unsigned long protected_pages(const struct run *run)
{
	const struct sections *core = &run->scenario->core;

	return pages(core->text + core->rodata + core->ro_after_init) +
	       pages(core->rodata + core->ro_after_init + core->data) +
	       !board.born_executable;
}

/* The other faults need a large page that is there only in some kernels. */
static bool must_strike(void)
{
	switch (machine.params.fault) {
	case HW_FAULT_ALLOC_CALL:
	case HW_FAULT_ALLOC_SECOND:
	case HW_FAULT_MAP:
	case HW_FAULT_SHADOW:
		return true;
	default:
		return false;
	}
}

/* An -ENOMEM is fine where one was injected and no second range is left. */
static void check_load(const struct run *run, struct check *check)
{
	if (split_excuses(run))
		set(check, SKIP, "a split failed, and permissions are not strict");
	else if (run->oops)
		set(check, FAIL, "the kernel died: %s", run->oops);
	else if (run->load)
		set(check, FAIL, "load_module() returns %d", run->load);
	else if (must_strike() && !machine.injected)
		set(check, FAIL, "the injected fault never struck");
	else if (run->first_load && board.second_range)
		set(check, FAIL, "the second range was not tried");
	else if (run->wrong_text)
		set(check, FAIL, "what was executed is not what was loaded");
	else if (run->executed != text_pages(run))
		set(check, FAIL, "%lu pages of text were executed, not %lu",
		    run->executed, text_pages(run));
}

static void check_text(const struct run *run, struct check *check)
{
	if (!run->exec_fault && run->executed)
		return;
	if (!run->exec_fault)
		set(check, FAIL, "no text was executed");
	else if (split_excuses(run))
		set(check, SKIP, "a split failed, and permissions are not strict");
	else
		set(check, FAIL, "execution faults after %lu pages",
		    run->executed);
}

static void check_wx(const struct run *run, struct check *check)
{
	if (not_strict(check))
		return;
	if (run->wx_pages)
		set(check, FAIL, "%u pages of the module are writable and executable",
		    run->wx_pages);
	else if (machine.wx_entries && !board.born_executable)
		set(check, FAIL, "%u entries were writable and executable",
		    machine.wx_entries);
}

static void check_split(const struct run *run, struct check *check)
{
	if (!machine.splits_module)
		return;
	set(check, board.strict ? FAIL : SKIP,
	    "%u large mappings of module memory were split%s",
	    machine.splits_module,
	    board.strict ? "" : ", and permissions are not strict");
}

/* The rule of mm/vmalloc.c in other words, so that both have to agree. */
static unsigned int expected_shift(unsigned long size)
{
	const struct mmu *mmu = machine.params.mmu;
	unsigned int shift = mmu->page_shift;

	if (expectation.huge == HUGE_NEVER || !board.huge_vmalloc ||
	    !machine.params.huge_vmalloc)
		return shift;
	for (const unsigned int *leaf = mmu->leaf_shifts; *leaf; leaf++)
		if (size / machine.params.nodes >> *leaf)
			shift = *leaf;

	return shift;
}

static void check_huge_alloc(unsigned int i, struct check *check)
{
	const struct alloc *alloc = &machine.allocs[i];
	unsigned int page_shift = machine.params.mmu->page_shift;
	unsigned int shift = expected_shift(alloc->call.size);

	if (!alloc->nr_attempts || alloc->attempts[0].shift != shift)
		set(check, FAIL, "allocation %u of 0x%lx tries pages of 0x%lx first instead of 0x%lx",
		    i, alloc->call.size, 1UL << alloc->attempts[0].shift,
		    1UL << shift);
	else if (alloc->addr && !alloc->attempts[0].ok &&
		 alloc->shift != page_shift)
		set(check, FAIL, "allocation %u did not fall back to small pages",
		    i);
	else if (alloc->addr && alloc->attempts[0].ok && alloc->shift != shift)
		set(check, FAIL, "allocation %u is mapped with pages of 0x%lx",
		    i, 1UL << alloc->shift);
}

static void check_huge(const struct run *run, struct check *check)
{
	if (expectation.huge == HUGE_ANY)
		set(check, SKIP, "no policy is expected");
	for (unsigned int i = 0; i < machine.nr_allocs; i++)
		if (check->status == PASS)
			check_huge_alloc(i, check);
}

static void check_protection(const struct run *run, struct check *check)
{
	if (not_strict(check))
		return;
	if (run->unprotected)
		set(check, FAIL, "%s at 0x%lx", run->unprotected,
		    run->unprotected_addr);
	else if (!run->unloaded)
		set(check, SKIP, "the module never ran to its end");
	else if (run->probed != protected_pages(run))
		set(check, FAIL, "%lu accesses were tried, not %lu",
		    run->probed, protected_pages(run));
}

static void check_direct_map(const struct run *run, struct check *check)
{
	if (!not_unloaded(run, check) && run->direct_map_broken)
		set(check, FAIL, "%lu pages are not present and writable",
		    run->direct_map_broken);
}

static void check_stale_exec(const struct run *run, struct check *check)
{
	if (!not_unloaded(run, check) && run->stale_exec)
		set(check, FAIL, "%u executable translations outlived their mapping",
		    run->stale_exec);
}

/* Plain vfree() may leave stale data translations behind: it purges later. */
static void check_tlb(const struct run *run, struct check *check)
{
	if (not_unloaded(run, check))
		return;
	for (unsigned int i = 0; i < machine.nr_allocs; i++) {
		const struct alloc *alloc = &machine.allocs[i];

		if (!alloc->freed ||
		    (alloc->freed_flags & board.flush_reset_perms))
			continue;
		set(check, SKIP, "allocation %u was freed without VM_FLUSH_RESET_PERMS",
		    i);
		return;
	}
	if (machine.mixed_sizes)
		set(check, FAIL, "%u translations of two sizes were cached at once",
		    machine.mixed_sizes);
	if (run->stale)
		set(check, FAIL, "%u translations differ from the page table, the first at 0x%lx",
		    run->stale, run->first_stale.addr);
}

static void check_reuse(const struct run *run, struct check *check)
{
	if (!not_unloaded(run, check) && run->reuse_faults)
		set(check, FAIL, "%lu reused pages cannot be written",
		    run->reuse_faults);
}

static void check_leak(const struct run *run, struct check *check)
{
	if (!not_unloaded(run, check) && run->leaked_pages)
		set(check, FAIL, "%lu pages were not freed", run->leaked_pages);
}

static void check_warning(const struct run *run, struct check *check)
{
	if (machine.warnings)
		set(check, FAIL, "%u kernel warnings", machine.warnings);
}

/* Why !STRICT_MODULE_RWX is no condition for huge mappings of modules. */
static void check_set_memory_x(const struct run *run, struct check *check)
{
	bool huge = run->x_was_huge;
	bool refused = huge && board.refuses_huge;
	bool split = huge && board.set_memory && !board.refuses_huge &&
		     run->scenario->story == X_ON_PAGE_KERNEL;

	if ((run->x_result != 0) != refused)
		set(check, FAIL, "set_memory_x() returns %d", run->x_result);
	else if ((machine.warnings != 0) != refused)
		set(check, FAIL, "%u kernel warnings", machine.warnings);
	else if (machine.splits_module != split)
		set(check, FAIL, "%u large mappings were split, not %d",
		    machine.splits_module, split);
}

void run_check(unsigned int i, const struct run *run, struct check *check)
{
	bool is_story = check_defs[i].fn == check_set_memory_x;

	if (is_story == (run->scenario->story != MODULE))
		check_defs[i].fn(run, check);
	else
		set(check, SKIP, "it is not what this scenario is about");
}

const struct check_def check_defs[] = {
	{ "flags-exact", check_flags },
	{ "args-kept", check_args },
	{ "module-loads", check_load },
	{ "text-executable", check_text },
	{ "no-wx", check_wx },
	{ "no-split", check_split },
	{ "never-huge", check_huge },
	{ "protection-enforced", check_protection },
	{ "direct-map-restored", check_direct_map },
	{ "no-stale-exec", check_stale_exec },
	{ "tlb-clean", check_tlb },
	{ "reuse-writable", check_reuse },
	{ "no-leak", check_leak },
	{ "no-warning", check_warning },
	{ "set-memory-x", check_set_memory_x },
};

const unsigned int nr_check_defs = ARRAY_SIZE(check_defs);

const char *check_name(unsigned int i)
{
	if (check_defs[i].fn == check_huge && expectation.huge != HUGE_NEVER)
		return "huge-per-policy";
	return check_defs[i].name;
}
