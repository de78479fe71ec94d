/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SET_MEMORY_H
#define _LINUX_SET_MEMORY_H

#include <linux/mm.h>

#ifdef CONFIG_ARCH_HAS_SET_MEMORY
int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_x(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);
#else
static inline int set_memory_ro(unsigned long addr, int numpages)
{
	return 0;
}

static inline int set_memory_rw(unsigned long addr, int numpages)
{
	return 0;
}

static inline int set_memory_x(unsigned long addr, int numpages)
{
	return 0;
}

static inline int set_memory_nx(unsigned long addr, int numpages)
{
	return 0;
}
#endif

#ifdef CONFIG_ARCH_HAS_SET_DIRECT_MAP
int set_direct_map_invalid_noflush(struct page *page);
int set_direct_map_default_noflush(struct page *page);
#else
static inline int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}

static inline int set_direct_map_default_noflush(struct page *page)
{
	return 0;
}
#endif

#endif /* _LINUX_SET_MEMORY_H */
