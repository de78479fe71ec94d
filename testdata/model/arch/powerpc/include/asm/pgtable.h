/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_PGTABLE_H
#define _ASM_POWERPC_PGTABLE_H

#include <linux/sizes.h>
#include <asm/page.h>

#include "hw.h"

#define PAGE_KERNEL		__pgprot(HW_READ | HW_WRITE)
#define PAGE_KERNEL_X		__pgprot(HW_READ | HW_WRITE | HW_EXEC)
#define PAGE_KERNEL_RO		__pgprot(HW_READ)
#define PAGE_KERNEL_ROX		__pgprot(HW_READ | HW_EXEC)
#define PAGE_KERNEL_EXEC	PAGE_KERNEL_X

#ifdef CONFIG_PPC_8xx
/* arch/powerpc/include/asm/nohash/32/mmu-8xx.h, 5.17 */
#define MODULES_VADDR		(PAGE_OFFSET - SZ_256M)
#define MODULES_END		PAGE_OFFSET
#define TASK_SIZE		MODULES_VADDR
#define VMALLOC_START		0xd0000000UL
#define VMALLOC_END		0xf0000000UL
#else
/*
 * Modules live in vmalloc's area, as on every book3s/64. Cut to 1G
 * (arch/powerpc/include/asm/book3s/64/pgtable.h, 5.17).
 */
#define VMALLOC_START		0xc008000000000000UL
#define VMALLOC_END		0xc008000040000000UL
#endif

#endif /* _ASM_POWERPC_PGTABLE_H */
