// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report: one JSON object a line. Addresses and flags are strings in hex,
 * because they do not fit the numbers of every JSON reader.
 */

#include <stdio.h>
#include <string.h>

#include "confine.h"
#include "harness.h"

static const char *const status_names[] = { "pass", "fail", "skip" };

static const char *const event_names[] = {
	[EVENT_PHASE] = "phase",
	[EVENT_ALLOC] = "alloc",
	[EVENT_ATTEMPT] = "attempt",
	[EVENT_FREE] = "free",
	[EVENT_PERMISSION] = "permission",
	[EVENT_SPLIT] = "split",
	[EVENT_WX] = "wx",
	[EVENT_FAULT] = "fault",
	[EVENT_STALE] = "stale",
	[EVENT_INJECT] = "inject",
	[EVENT_WARN] = "warn",
	[EVENT_BUG] = "oops",
};

static void string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text >= ' ')
			putchar(*text);
	}
	putchar('"');
}

static void key(const char *name)
{
	printf(",\"%s\":", name);
}

static void key_string(const char *name, const char *text)
{
	key(name);
	string(text);
}

static void key_number(const char *name, unsigned long number)
{
	key(name);
	printf("%lu", number);
}

static void key_hex(const char *name, unsigned long number)
{
	key(name);
	printf("\"0x%lx\"", number);
}

/* As in "rw-"; the answer is good until the next call. */
static const char *prot_name(unsigned long prot)
{
	static char name[4];

	name[0] = prot & HW_READ ? 'r' : '-';
	name[1] = prot & HW_WRITE ? 'w' : '-';
	name[2] = prot & HW_EXEC ? 'x' : '-';

	return name;
}

static void key_bool(const char *name, bool value)
{
	key(name);
	fputs(value ? "true" : "false", stdout);
}

static void board_keys(void)
{
	key_string("arch", board.arch);
	key_string("vintage", board.vintage);
	key_bool("huge_vmalloc", board.huge_vmalloc);
	key_bool("strict", board.strict);
	key_bool("kasan", board.kasan);
}

void report_program(void)
{
	fputs("{\"type\":\"program\"", stdout);
	board_keys();
	if (expectation.flags_given)
		key_hex("expect_flags", expectation.flags);
	key_string("expect_huge", (const char *[]){ "any", "never", "allowed" }
				  [expectation.huge]);
	key("checks");
	for (unsigned int i = 0; i < nr_check_defs; i++) {
		putchar(i ? ',' : '[');
		string(check_name(i));
	}
	putchar(']');
	key("confined");
	for (unsigned int i = 0; confinement(i); i++) {
		putchar(i ? ',' : '{');
		string(confinement(i)->name);
		fputs(confinement(i)->in_force ? ":true" : ":false", stdout);
	}
	puts("}}");
}

void report_self_test(const char *const *failed, unsigned int nr_failed,
		      unsigned int nr)
{
	fputs("{\"type\":\"self-test\"", stdout);
	key_string("status", nr_failed ? "fail" : "pass");
	key_number("properties", nr);
	key("failed");
	putchar('[');
	for (unsigned int i = 0; i < nr_failed; i++) {
		if (i)
			putchar(',');
		string(failed[i]);
	}
	puts("]}");
}

static void report_call(const struct hw_call *call)
{
	key_number("size", call->size);
	key_hex("flags", call->flags);
	key_number("align", call->align);
	key_hex("start", call->start);
	key_hex("end", call->end);
	key_hex("gfp", call->gfp);
	key_string("prot", prot_name(call->prot));
	key("node");
	printf("%d", call->node);
}

static void report_allocs(void)
{
	key("allocs");
	putchar('[');
	for (unsigned int i = 0; i < machine.nr_allocs; i++) {
		const struct alloc *alloc = &machine.allocs[i];

		printf("%s{\"call\":%u", i ? "," : "", i);
		report_call(&alloc->call);
		key_hex("addr", alloc->addr);
		key_number("page_size", alloc->addr ? 1UL << alloc->shift : 0);
		key("attempts");
		putchar('[');
		for (unsigned int j = 0; j < alloc->nr_attempts; j++)
			printf("%s{\"page_size\":%lu,\"ok\":%s}",
			       j ? "," : "", 1UL << alloc->attempts[j].shift,
			       alloc->attempts[j].ok ? "true" : "false");
		fputs("]}", stdout);
	}
	putchar(']');
}

static void report_event(const struct event *event)
{
	printf("{\"event\":\"%s\"", event_names[event->kind]);
	if (event->text)
		key_string("what", event->text);
	if (event->addr)
		key_hex("addr", event->addr);
	if (event->bytes)
		key_number("bytes", event->bytes);
	if (event->page_size)
		key_number("page_size", event->page_size);
	if (event->kind == EVENT_ALLOC || event->kind == EVENT_FREE)
		key_hex("flags", event->flags);
	if (event->kind == EVENT_FAULT || event->kind == EVENT_PERMISSION)
		key_string("prot", prot_name(event->flags));
	if (event->result) {
		key("result");
		printf("%ld", event->result);
	}
	putchar('}');
}

static void report_events(void)
{
	key("events");
	putchar('[');
	for (unsigned int i = 0; i < machine.nr_events; i++) {
		if (i)
			putchar(',');
		report_event(&machine.events[i]);
	}
	putchar(']');
	key_number("dropped_events", machine.dropped_events);
}

static void report_params(const struct scenario *s)
{
	key_string("mmu", s->params.mmu->name);
	key_number("page_size", 1UL << s->params.mmu->page_shift);
	key_string("size", s->size);
	key_number("bytes", s->core.text + s->core.rodata +
			    s->core.ro_after_init + s->core.data);
	key_string("fault", fault_name(s->params.fault));
	key_number("nodes", s->params.nodes);
	key_bool("rodata", s->params.rodata);
	key_bool("nohugevmalloc", !s->params.huge_vmalloc);
	key_bool("kaslr", s->params.kaslr);
}

static void report_check(unsigned int i, const struct check *check)
{
	printf("%s\"%s\":{\"status\":\"%s\"", i ? "," : "", check_name(i),
	       status_names[check->status]);
	if (check->detail[0])
		key_string("detail", check->detail);
	putchar('}');
}

bool report_scenario(const struct run *run, enum trace_mode trace)
{
	bool failed = false;

	fputs("{\"type\":\"scenario\"", stdout);
	key_string("id", run->scenario->id);
	board_keys();
	report_params(run->scenario);
	report_allocs();
	key_number("splits_module", machine.splits_module);
	key_number("splits_direct_map", machine.splits_direct);
	key_number("injected", machine.injected);
	if (run->oops)
		key_string("oops", run->oops);

	key("checks");
	putchar('{');
	for (unsigned int i = 0; i < nr_check_defs; i++) {
		struct check check = { .status = PASS };

		run_check(i, run, &check);
		failed |= check.status == FAIL;
		report_check(i, &check);
	}
	putchar('}');
	key_string("status", failed ? "fail" : "pass");
	if (trace == TRACE_ALL || (trace == TRACE_FAIL && failed))
		report_events();
	puts("}");

	return !failed;
}

void report_summary(unsigned int scenarios, unsigned int failed)
{
	fputs("{\"type\":\"summary\"", stdout);
	key_number("scenarios", scenarios);
	key_number("failed", failed);
	puts("}");
}
