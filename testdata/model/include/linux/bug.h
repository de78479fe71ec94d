/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

#include "hw.h"

/* A warning is an event of the trace; a bug ends the scenario's kernel. */
#define WARN_ON(condition) ({						\
	bool warn_hit = !!(condition);					\
	if (unlikely(warn_hit))						\
		hw_warn(__FILE__, __LINE__, #condition);		\
	unlikely(warn_hit); })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN(condition, ...) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON(condition)
#define BUG_ON(condition) do {						\
	if (unlikely(condition))					\
		hw_bug(__FILE__, __LINE__, #condition);			\
} while (0)
#define BUG() BUG_ON(1)

#define BUILD_BUG_ON(condition) \
	_Static_assert(!(condition), "BUILD_BUG_ON: " #condition)

#endif /* _LINUX_BUG_H */
