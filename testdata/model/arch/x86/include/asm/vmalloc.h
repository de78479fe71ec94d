/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_VMALLOC_H
#define _ASM_X86_VMALLOC_H

#include <asm/page.h>

#include "hw.h"

/* Needs a CPU with PSE (arch/x86/include/asm/vmalloc.h, 5.17). */
static inline bool arch_vmap_pmd_supported(pgprot_t prot)
{
	return hw_leaf_supported(PMD_SHIFT);
}

#endif /* _ASM_X86_VMALLOC_H */
