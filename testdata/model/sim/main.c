// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line. Section "Interface" of README.md is its documentation.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE, STATUS_SELF_TEST, STATUS_OUTPUT };

struct options {
	const char *only;
	enum trace_mode trace;
	bool list;
	bool self_test;
	unsigned int scenarios;
	unsigned int failed;
};

static const char usage[] =
	"usage: model [--expect-flags=HEX] [--expect-huge=never|allowed|any]\n"
	"             [--trace=fail|all|none] [--only=TEXT] [--list] [--self-test]\n";

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

static bool parse(struct options *options, const char *arg)
{
	static const char *const huge[] = { "any", "never", "allowed" };
	static const char *const trace[] = { "fail", "all", "none" };
	const char *value;
	int i;

	if ((value = value_of(arg, "--expect-flags=")))
		return parse_flags(value);
	if ((value = value_of(arg, "--expect-huge="))) {
		i = index_of(value, huge, 3);
		expectation.huge = i;
		return i >= 0;
	}
	if ((value = value_of(arg, "--trace="))) {
		i = index_of(value, trace, 3);
		options->trace = (enum trace_mode)i;
		return i >= 0;
	}
	if ((value = value_of(arg, "--only="))) {
		options->only = value;
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
	if (!report_scenario(&run, options->trace))
		options->failed++;
}

int main(int argc, char **argv)
{
	struct options options = { .trace = TRACE_FAIL };
	unsigned int faulty = 0;

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
	if (!options.self_test)
		for_each_scenario(run_one, &options);
	if (!options.list && !options.self_test)
		report_summary(options.scenarios, options.failed);

	/* The last scenario's memory, so that a leak checker has nothing to say. */
	areas_reset();
	kalloc_reset();
	if (fflush(stdout) || ferror(stdout)) {
		perror("model: standard output");
		return STATUS_OUTPUT;
	}
	if (faulty)
		return STATUS_SELF_TEST;
	if (!options.scenarios && !options.self_test) {
		fprintf(stderr, "model: no scenario contains: %s\n", options.only);
		return STATUS_USAGE;
	}
	return options.failed ? STATUS_FAILED : STATUS_OK;
}
