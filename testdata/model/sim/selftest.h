/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_SELFTEST_H
#define SIM_SELFTEST_H

#include "harness.h"

/* A statement about the model itself that has to hold for every MMU. */
struct property {
	const char *name;
	bool (*holds)(void);
};

/* Each list is ended by an entry without a name. */
extern const struct property machine_properties[];
extern const struct property kernel_properties[];
extern const struct property check_properties[];
extern const struct property scenario_properties[];

#define REQUIRE(condition) do {	\
	if (!(condition))	\
		return false;	\
} while (0)

/* Powers the machine on with the MMU under test and one injected fault. */
void power_on(enum hw_fault fault);

/* Does fn end in an oops? */
bool oopses(void (*fn)(void));

/* Sums, rights and addresses that the tests are written with. */
unsigned long test_page_size(void);
bool may(unsigned long addr, enum access access);
unsigned long direct(unsigned long pfn);

#endif /* SIM_SELFTEST_H */
