/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/types.h>

#include "hw.h"

/*
 * The names under which 5.15 to 6.2 ask for a random number: get_random_int()
 * until 6.1, prandom_u32_max() in 6.1, get_random_u32_below() since 6.2. The
 * scenario sets the number, so that a run can be repeated.
 */
static inline u32 get_random_u32(void)
{
	return hw_random();
}

static inline unsigned int get_random_int(void)
{
	return hw_random();
}

static inline u32 prandom_u32(void)
{
	return hw_random();
}

static inline u32 prandom_u32_max(u32 ceiling)
{
	return hw_random() % ceiling;
}

static inline u32 get_random_u32_below(u32 ceiling)
{
	return hw_random() % ceiling;
}

#endif /* _LINUX_RANDOM_H */
