// SPDX-License-Identifier: GPL-2.0-only
/*
 * One scenario: power on, load a module, run it, let a kprobe have its page,
 * unload, and then look at what is left.
 */

#include <string.h>

#include "harness.h"

/* What apply_relocations() of kernel/module.c leaves in text. */
#define TEXT_STAMP	0x90

/* The callbacks have no argument; there is one run at a time. */
static struct run *current;

void scenario_begin(struct run *run, const struct scenario *scenario)
{
	*run = (struct run){ .scenario = scenario };
	current = run;
}

static unsigned long page_size(void)
{
	return 1UL << hw_page_shift();
}

static void phase(const char *name)
{
	trace_event((struct event){ .kind = EVENT_PHASE, .text = name });
}

void scenario_execute(unsigned long start, unsigned long end)
{
	for (; start < end; start += page_size()) {
		current->exec_fault = true;	/* stays so after an oops */
		if (access_or_oops(start, ACCESS_EXEC)->stamp != TEXT_STAMP)
			current->wrong_text = true;
		current->exec_fault = false;
		current->executed++;
	}
}

static void touch(unsigned long start, unsigned long end, enum access access)
{
	for (; start < end; start += page_size())
		access_or_oops(start, access);
}

unsigned int scenario_count_wx(unsigned long start, unsigned long end)
{
	unsigned int count = 0;

	for (; start < end; start += page_size()) {
		const struct hw_pte *pte = hw_pte_lookup(start);

		count += pte && pte->mapped && (pte->prot & HW_WRITE) &&
			 (pte->prot & HW_EXEC);
	}

	return count;
}

/* The init function: permissions are set, ro_after_init is still writable. */
static void module_init(void)
{
	struct layout core = board_layout(CORE);
	struct layout init = board_layout(INIT);

	phase("init");
	current->wx_pages = scenario_count_wx(core.text, core.end) +
			    scenario_count_wx(init.text, init.end);
	scenario_execute(init.text, init.rodata);
	scenario_execute(core.text, core.rodata);
	touch(init.rodata, init.data, ACCESS_READ);
	touch(init.data, init.end, ACCESS_WRITE);
	touch(core.rodata, core.ro_after_init, ACCESS_READ);
	touch(core.ro_after_init, core.end, ACCESS_WRITE);
}

static void module_exit(void)
{
	struct layout core = board_layout(CORE);

	phase("exit");
	scenario_execute(core.text, core.rodata);
	touch(core.data, core.end, ACCESS_WRITE);
}

void scenario_must_fault(unsigned long start, unsigned long end,
			 enum access access, const char *what)
{
	for (; start < end; start += page_size()) {
		current->probed++;
		if (current->unprotected || !access_allowed(start, access))
			continue;
		current->unprotected = what;
		current->unprotected_addr = start;
	}
}

/* What a strict kernel promises about a module that is live. */
static void probe_protection(void)
{
	struct layout core = board_layout(CORE);

	if (!board.strict || !machine.params.rodata)
		return;
	scenario_must_fault(core.text, core.rodata, ACCESS_WRITE,
			    "text can be written");
	scenario_must_fault(core.rodata, core.ro_after_init, ACCESS_WRITE,
			    "read-only data can be written");
	scenario_must_fault(core.ro_after_init, core.data, ACCESS_WRITE,
			    "data that is read-only after init can be written");
	scenario_must_fault(core.rodata, core.end, ACCESS_EXEC,
			    "data can be executed");
}

/* Another user of module_alloc(). A generic page has no protection. */
static void use_kprobe(void)
{
	unsigned long page;

	phase("kprobe");
	page = board_alloc_insn_page();
	if (!page && machine.injected)
		page = board_alloc_insn_page();
	if (!page)
		oops("no memory for a kprobe");
	current->exec_fault = true;
	access_or_oops(page, ACCESS_EXEC);
	current->exec_fault = false;
	if (board.strict && machine.params.rodata && !board.born_executable)
		scenario_must_fault(page, page + page_size(), ACCESS_WRITE,
				    "the page of a kprobe can be written");
	board_free_insn_page(page);
}

/* An injected failure may cost the first load, but nothing more. */
static int load(const struct scenario *s)
{
	int err;

	phase("load");
	err = board_load_module(&s->core, &s->init, module_init, module_exit);
	current->first_load = err;
	if (!err || !machine.injected)
		return err;

	current->leaked_pages = machine.nr_used;
	phase("load again");
	return board_load_module(&s->core, &s->init, module_init, module_exit);
}

unsigned long broken_direct_map(void)
{
	unsigned long broken = 0;

	for (unsigned long pfn = 0; pfn < machine.nr_pages; pfn++) {
		unsigned long addr = board.page_offset +
				     (pfn << hw_page_shift());
		const struct hw_pte *pte = hw_pte_lookup(addr);

		broken += !pte || !pte->mapped || !(pte->prot & HW_READ) ||
			  !(pte->prot & HW_WRITE);
	}

	return broken;
}

/* Takes every page there is and writes to it where the direct map has it. */
unsigned long count_reuse_faults(void)
{
	unsigned long faults = 0;
	struct page *page;

	phase("reuse");
	while ((page = hw_alloc_pages(0))) {
		unsigned long addr = board.page_offset +
				     (hw_page_to_pfn(page) << hw_page_shift());

		faults += access_page(addr, ACCESS_WRITE) != page;
	}

	return faults;
}

static bool count_stale_entry(const struct tlb_entry *entry, void *data)
{
	struct run *run = data;

	if (tlb_entry_coherent(entry))
		return true;
	if (!run->stale)
		run->first_stale = *entry;
	run->stale++;
	if (entry->prot & HW_EXEC)
		run->stale_exec++;

	return true;
}

void count_stale(struct run *run)
{
	tlb_for_each(count_stale_entry, run);
}

/* The order matters: reuse takes all the pages, and its faults are traced. */
static void inspect(struct run *run)
{
	run->leaked_pages += machine.nr_used;
	run->direct_map_broken = broken_direct_map();
	count_stale(run);
	run->reuse_faults = count_reuse_faults();
}

/*
 * What the module core does without STRICT_MODULE_RWX, too: text, which is a
 * part of the memory, is made executable, also where it is so already.
 */
static void make_text_executable(const struct scenario *s)
{
	unsigned long addr, size = s->core.text + s->core.rodata +
				   s->core.ro_after_init + s->core.data;
	const struct hw_pte *pte;

	phase("load");
	addr = board_vmalloc_huge(size, s->story == X_ON_PAGE_KERNEL_EXEC);
	pte = hw_pte_lookup(addr);
	current->x_was_huge = pte && pte->shift > hw_page_shift();
	current->x_result = board_set_memory("x", addr,
					     (int)(s->core.text / page_size()));
	phase("unload");
	board_vfree(addr);
}

static void live_and_die(const struct scenario *s)
{
	if (s->story != MODULE) {
		make_text_executable(s);
		return;
	}
	current->load = load(s);
	if (current->load)
		return;
	board_flush_work();
	probe_protection();
	use_kprobe();

	phase("unload");
	machine.unloading = true;
	board_unload_module();
	current->unloaded = true;
	phase("after");
	inspect(current);
}

struct run run_scenario(const struct scenario *scenario)
{
	static struct run run;

	machine_reset(&scenario->params);
	board_boot();
	scenario_begin(&run, scenario);

	if (!setjmp(machine.oops)) {
		machine.oops_armed = true;
		live_and_die(scenario);
	} else {
		run.oops = machine.oops_reason;
	}
	machine.oops_armed = false;

	return run;
}
