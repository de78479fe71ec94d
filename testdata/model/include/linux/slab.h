/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/types.h>

#include "hw.h"

/* The kernel's own structures live on the host, outside of the simulation. */
static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return hw_kalloc(size);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return hw_kalloc(n * size);
}

static inline void kfree(const void *ptr)
{
	hw_kfree(ptr);
}

#endif /* _LINUX_SLAB_H */
