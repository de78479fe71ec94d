// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line. Section "Interface" of README.md is its documentation.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confine.h"
#include "harness.h"

enum exit_status {
	STATUS_OK,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_SELF_TEST,
	STATUS_OUTPUT,
};

struct options {
	const char *only;
	int fault;		/* enum hw_fault, or -1 for all */
	int trace;		/* enum trace_mode */
	bool list;
	bool self_test;
	unsigned int scenarios;
	unsigned int failed;
};

static const char usage[] =
	"usage: model [--expect-flags=HEX] [--expect-huge=never|allowed|any]\n"
	"             [--trace=fail|all|none] [--only=TEXT] [--fault=NAME]\n"
	"             [--list] [--self-test]\n";

/* The value of --name=value, or NULL if arg is another option. */
static const char *value_of(const char *arg, const char *name)
{
	size_t len = strlen(name);

	return strncmp(arg, name, len) ? NULL : arg + len;
}

static int index_of(const char *text, const char *const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(text, names[i]))
			return i;
	return -1;
}

static bool parse_flags(const char *text)
{
	char *end;

	expectation.flags = strtoul(text, &end, 16);
	expectation.flags_given = true;
	return *text && !*end;
}

/* Is value one of the names? Then its index goes to *choice. */
static bool choose(const char *value, const char *const *names, int nr,
		   int *choice)
{
	*choice = index_of(value, names, nr);

	return *choice >= 0;
}

static bool choose_fault(const char *value, int *choice)
{
	for (int fault = 0; fault < HW_NR_FAULTS; fault++) {
		if (strcmp(value, fault_name((enum hw_fault)fault)))
			continue;
		*choice = fault;
		return true;
	}

	return false;
}

static bool parse(struct options *options, const char *arg)
{
	static const char *const huge_names[] = { "any", "never", "allowed" };
	static const char *const trace_names[] = { "fail", "all", "none" };
	const char *flags = value_of(arg, "--expect-flags=");
	const char *huge = value_of(arg, "--expect-huge=");
	const char *trace = value_of(arg, "--trace=");
	const char *only = value_of(arg, "--only=");
	const char *fault = value_of(arg, "--fault=");

	if (flags)
		return parse_flags(flags);
	if (huge)
		return choose(huge, huge_names, 3, &expectation.huge);
	if (trace)
		return choose(trace, trace_names, 3, &options->trace);
	if (fault)
		return choose_fault(fault, &options->fault);
	if (only) {
		options->only = only;
		return true;
	}
	options->list |= !strcmp(arg, "--list");
	options->self_test |= !strcmp(arg, "--self-test");

	return !strcmp(arg, "--list") || !strcmp(arg, "--self-test");
}

static void run_one(const struct scenario *scenario, void *data)
{
	struct options *options = data;
	struct run run;

	if (options->only && !strstr(scenario->id, options->only))
		return;
	options->scenarios++;
	if (options->list) {
		puts(scenario->id);
		return;
	}
	run = run_scenario(scenario);
	if (!report_scenario(&run, (enum trace_mode)options->trace))
		options->failed++;
}

int main(int argc, char **argv)
{
	struct options options = { .trace = TRACE_FAIL, .fault = -1 };
	unsigned int faulty = 0;

	confine();

	for (int i = 1; i < argc; i++) {
		if (parse(&options, argv[i]))
			continue;
		fprintf(stderr, "model: bad argument: %s\n%s", argv[i], usage);
		return STATUS_USAGE;
	}

	if (!options.list) {
		report_program();
		faulty = self_test();
	}
	matrix_fault = options.fault;
	if (!options.self_test)
		for_each_scenario(run_one, &options);
	if (!options.list && !options.self_test)
		report_summary(options.scenarios, options.failed);

	/* A leak checker shall have nothing to say. */
	areas_reset();
	kalloc_reset();
	if (fflush(stdout) || ferror(stdout)) {
		perror("model: standard output");
		return STATUS_OUTPUT;
	}
	if (faulty)
		return STATUS_SELF_TEST;
	if (!options.scenarios && !options.self_test) {
		fprintf(stderr, "model: there is no such scenario\n");
		return STATUS_USAGE;
	}
	return options.failed ? STATUS_FAILED : STATUS_OK;
}
