/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_MMU_H
#define _ASM_POWERPC_MMU_H

#include <linux/kconfig.h>
#include <linux/types.h>

#include "hw.h"

/* Of the server processors, radix has 2M leaves and hash has none. */
static inline bool radix_enabled(void)
{
	return hw_leaf_supported(HW_PMD_SHIFT);
}

/* Both of arch/powerpc/include/asm/mmu.h, 5.17. */
static inline bool strict_kernel_rwx_enabled(void)
{
	return IS_ENABLED(CONFIG_STRICT_MODULE_RWX) && hw_rodata();
}

static inline bool strict_module_rwx_enabled(void)
{
	return IS_ENABLED(CONFIG_STRICT_MODULE_RWX) &&
	       strict_kernel_rwx_enabled();
}

#endif /* _ASM_POWERPC_MMU_H */
