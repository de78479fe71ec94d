/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_CONFINE_H
#define SIM_CONFINE_H

#include <stdbool.h>

/* One thing that the process gave up, and whether the host let it do so. */
struct confinement {
	const char *name;
	bool in_force;
};

/* The one with this number, from 0; NULL behind the last one. */
const struct confinement *confinement(unsigned int number);

/* To be called before any code that a stranger may have written. */
void confine(void);

#endif /* SIM_CONFINE_H */
