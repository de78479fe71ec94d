/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_PAGE_H
#define _ASM_POWERPC_PAGE_H

#include <linux/types.h>

#include "hw.h"

/* 4K or 64K: a choice of Kconfig, here one of the scenario. */
#define PAGE_SHIFT	hw_page_shift()
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define PMD_SHIFT	HW_PMD_SHIFT
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))

typedef struct { unsigned long pgprot; } pgprot_t;

#define __pgprot(bits)		((pgprot_t) { (bits) })
#define pgprot_val(prot)	((prot).pgprot)

#ifdef CONFIG_PPC_8xx
#define PAGE_OFFSET		0xc0000000UL
#else
#define PAGE_OFFSET		0xc000000000000000UL
#endif

#endif /* _ASM_POWERPC_PAGE_H */
