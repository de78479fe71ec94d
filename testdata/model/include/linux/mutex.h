/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/bug.h>

/* There is one thread: a lock taken twice is a bug of the caller. */
struct mutex {
	bool locked;
};

#define DEFINE_MUTEX(name) struct mutex name = { false }

static inline void mutex_lock(struct mutex *lock)
{
	BUG_ON(lock->locked);
	lock->locked = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	BUG_ON(!lock->locked);
	lock->locked = false;
}

#endif /* _LINUX_MUTEX_H */
