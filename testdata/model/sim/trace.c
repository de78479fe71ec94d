// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happened: the list of allocations and the list of events, both of which
 * go into the report of the scenario.
 */

#include <stdlib.h>

#include "machine.h"

/* The same thing in the next page: the last event grows instead. */
static bool continues(const struct event *last, const struct event *event)
{
	return event->kind == last->kind && event->text == last->text &&
	       event->page_size == last->page_size &&
	       event->flags == last->flags && event->bytes &&
	       event->addr == last->addr + last->bytes &&
	       (event->kind == EVENT_WX || event->kind == EVENT_FAULT ||
		event->kind == EVENT_STALE || event->kind == EVENT_INJECT);
}

void trace_event(struct event event)
{
	if (machine.nr_events &&
	    continues(&machine.events[machine.nr_events - 1], &event)) {
		machine.events[machine.nr_events - 1].bytes += event.bytes;
		return;
	}
	if (machine.nr_events == MAX_EVENTS) {
		machine.dropped_events++;
		return;
	}
	machine.events[machine.nr_events++] = event;
}

_Noreturn void oops(const char *reason)
{
	trace_event((struct event){ .kind = EVENT_BUG, .text = reason });
	if (!machine.oops_armed)
		abort();
	machine.oops_reason = reason;
	longjmp(machine.oops, 1);
}

static struct alloc *current_alloc(void)
{
	if (!machine.nr_allocs)
		oops("an allocation is traced that was not begun");
	return &machine.allocs[machine.nr_allocs - 1];
}

void hw_trace_alloc(const struct hw_call *call)
{
	if (machine.nr_allocs == MAX_ALLOCS)
		oops("more allocations than the trace can hold");
	machine.allocs[machine.nr_allocs++] = (struct alloc){ .call = *call };
}

void hw_trace_attempt(unsigned int shift, bool ok)
{
	struct alloc *alloc = current_alloc();

	if (alloc->nr_attempts == MAX_ATTEMPTS)
		oops("more attempts than the trace can hold");
	alloc->attempts[alloc->nr_attempts].shift = shift;
	alloc->attempts[alloc->nr_attempts++].ok = ok;
	trace_event((struct event){
		.kind = EVENT_ATTEMPT,
		.bytes = alloc->call.size,
		.page_size = 1UL << shift,
		.result = ok ? 0 : -1,
	});
}

void hw_trace_alloc_done(unsigned long addr, unsigned int shift)
{
	struct alloc *alloc = current_alloc();

	alloc->done = true;
	alloc->addr = addr;
	alloc->shift = shift;
	trace_event((struct event){
		.kind = EVENT_ALLOC,
		.addr = addr,
		.bytes = alloc->call.size,
		.page_size = addr ? 1UL << shift : 0,
		.flags = alloc->call.flags,
		.result = addr ? 0 : -1,
	});
}

void hw_trace_free(unsigned long addr, unsigned long size, unsigned long flags)
{
	for (unsigned int i = 0; i < machine.nr_allocs; i++) {
		struct alloc *alloc = &machine.allocs[i];

		if (alloc->addr != addr || alloc->freed)
			continue;
		alloc->freed = true;
		alloc->freed_flags = flags;
	}
	trace_event((struct event){
		.kind = EVENT_FREE,
		.addr = addr,
		.bytes = size,
		.flags = flags,
	});
}

void hw_trace_permission(const char *name, unsigned long addr, int pages,
			 int result)
{
	const struct hw_pte *pte = hw_pte_lookup(addr);

	trace_event((struct event){
		.kind = EVENT_PERMISSION,
		.text = name,
		.addr = addr,
		.bytes = (unsigned long)pages << hw_page_shift(),
		.page_size = pte && pte->mapped ? 1UL << pte->shift : 0,
		.flags = pte && pte->mapped ? pte->prot : 0,
		.result = result,
	});
}

void hw_warn(const char *file, int line, const char *what)
{
	machine.warnings++;
	trace_event((struct event){
		.kind = EVENT_WARN,
		.text = what,
		.result = line,
	});
}

_Noreturn void hw_bug(const char *file, int line, const char *what)
{
	oops(what);
}
