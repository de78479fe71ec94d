/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_VMALLOC_H
#define _ASM_POWERPC_VMALLOC_H

#include <linux/sizes.h>
#include <asm/mmu.h>
#include <asm/page.h>

#ifdef CONFIG_PPC_8xx
/* arch/powerpc/include/asm/nohash/32/mmu-8xx.h, 5.17 */
static inline bool arch_vmap_pmd_supported(pgprot_t prot)
{
	return false;
}

#define arch_vmap_pte_supported_shift arch_vmap_pte_supported_shift
static inline unsigned int arch_vmap_pte_supported_shift(unsigned long size)
{
	if (size >= SZ_512K)
		return 19;
	return size >= SZ_16K ? 14 : PAGE_SHIFT;
}
#else
/* Hash has no large leaves here (arch/powerpc/include/asm/vmalloc.h, 5.17). */
static inline bool arch_vmap_pmd_supported(pgprot_t prot)
{
	return radix_enabled();
}
#endif

#endif /* _ASM_POWERPC_VMALLOC_H */
