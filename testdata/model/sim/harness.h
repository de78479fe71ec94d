/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_HARNESS_H
#define SIM_HARNESS_H

/* What the parts of the harness share: matrix, scenario, checks, report. */

#include "board.h"

enum huge_policy { HUGE_ANY, HUGE_NEVER, HUGE_ALLOWED };

/* What the run is measured against; from the command line. */
struct expectation {
	bool flags_given;
	unsigned long flags;
	int huge;		/* enum huge_policy */
};

extern struct expectation expectation;

/* What is done: the life of a module, or set_memory_x() on a huge mapping. */
enum story { MODULE, X_ON_PAGE_KERNEL, X_ON_PAGE_KERNEL_EXEC };

struct scenario {
	char id[80];
	enum story story;
	const char *size;
	struct sections core;
	struct sections init;
	struct machine_params params;
};

/* What the scenario found out, apart from what the machine counted itself. */
struct run {
	const struct scenario *scenario;
	const char *oops;		/* NULL if the kernel lived */
	int x_result;			/* of set_memory_x(); 0 or -errno */
	bool x_was_huge;		/* what it was asked to change */
	bool exec_fault;		/* the oops was one of executing text */
	int first_load;			/* results of load_module() */
	int load;
	bool unloaded;
	unsigned long executed;		/* pages of module text */
	unsigned long probed;		/* accesses that have to fault */
	bool wrong_text;		/* executed what is not the text */
	unsigned int wx_pages;		/* of the formed module */
	const char *unprotected;	/* an access that should fault */
	unsigned long unprotected_addr;
	unsigned long leaked_pages;
	unsigned long direct_map_broken;	/* pages; 0 is the good case */
	unsigned long reuse_faults;
	unsigned int stale_exec;
	unsigned int stale;
	struct tlb_entry first_stale;
};

enum status { PASS, FAIL, SKIP };

struct check {
	enum status status;
	char detail[160];
};

struct check_def {
	const char *name;
	void (*fn)(const struct run *run, struct check *check);
};

extern const struct check_def check_defs[];
extern const unsigned int nr_check_defs;

/* Makes a check, or skips it where the scenario is about something else. */
void run_check(unsigned int i, const struct run *run, struct check *check);

/* The name under which a check is reported depends on what is expected. */
const char *check_name(unsigned int i);

/* Calls fn for every scenario of the board, in a stable order. */
void for_each_scenario(void (*fn)(const struct scenario *scenario, void *data),
		       void *data);

/* The one fault that the matrix shall have, or -1 for all that make sense. */
extern int matrix_fault;

/* Runs one scenario from power-on to the last inspection. */
struct run run_scenario(const struct scenario *scenario);

/* The parts of it that find faults, also for the self-test. */
void scenario_begin(struct run *run, const struct scenario *scenario);
void scenario_execute(unsigned long start, unsigned long end);
unsigned int scenario_count_wx(unsigned long start, unsigned long end);
void scenario_must_fault(unsigned long start, unsigned long end,
			 enum access access, const char *what);

/* Inspection of the machine after the fact, also for the self-test. */
unsigned long broken_direct_map(void);
unsigned long count_reuse_faults(void);
void count_stale(struct run *run);

enum trace_mode { TRACE_FAIL, TRACE_ALL, TRACE_NONE };

/* Each writes one line of JSON to standard output. */
void report_program(void);
void report_self_test(const char *const *failed, unsigned int nr_failed,
		      unsigned int nr);
bool report_scenario(const struct run *run, enum trace_mode trace);
void report_summary(unsigned int scenarios, unsigned int failed);

/* Returns the number of faulty properties; reports them. */
unsigned int self_test(void);

#endif /* SIM_HARNESS_H */
