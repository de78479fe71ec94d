/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <asm/page.h>
#include <asm/pgtable.h>

#include "hw.h"

#define PAGE_ALIGN(addr)	ALIGN(addr, PAGE_SIZE)
#define PAGE_ALIGNED(addr)	IS_ALIGNED((unsigned long)(addr), PAGE_SIZE)

/* Where the direct map has the page. */
static inline void *page_address(const struct page *page)
{
	return (void *)(PAGE_OFFSET + (hw_page_to_pfn(page) << PAGE_SHIFT));
}

#endif /* _LINUX_MM_H */
