/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_PGTABLE_H
#define _ASM_X86_PGTABLE_H

#include <asm/page.h>

#include "hw.h"

/* Kernel memory is born without X (asm/pgtable_types.h, 5.17). */
#define PAGE_KERNEL		__pgprot(HW_READ | HW_WRITE)
#define PAGE_KERNEL_EXEC	__pgprot(HW_READ | HW_WRITE | HW_EXEC)
#define PAGE_KERNEL_RO		__pgprot(HW_READ)
#define PAGE_KERNEL_ROX		__pgprot(HW_READ | HW_EXEC)

/*
 * The areas of arch/x86/include/asm/pgtable_64_types.h, 5.17, with
 * RANDOMIZE_BASE. vmalloc's is cut to 1G.
 */
#define VMALLOC_START		0xffffc90000000000UL
#define VMALLOC_END		0xffffc9003fffffffUL
#define MODULES_VADDR		0xffffffffc0000000UL
#define MODULES_END		0xffffffffff000000UL
#define MODULES_LEN		(MODULES_END - MODULES_VADDR)

#endif /* _ASM_X86_PGTABLE_H */
