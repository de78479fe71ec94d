/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_PAGE_H
#define _ASM_X86_PAGE_H

#include <linux/types.h>

#include "hw.h"

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define PMD_SHIFT	HW_PMD_SHIFT
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))

typedef struct { unsigned long pgprot; } pgprot_t;

#define __pgprot(bits)		((pgprot_t) { (bits) })
#define pgprot_val(prot)	((prot).pgprot)

/* Start of the direct map (arch/x86/include/asm/page_64_types.h, 5.17). */
#define PAGE_OFFSET		0xffff888000000000UL

#endif /* _ASM_X86_PAGE_H */
