/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_SETUP_H
#define _ASM_X86_SETUP_H

#include "hw.h"

/* The scenario decides, as "nokaslr" would. */
static inline bool kaslr_enabled(void)
{
	return hw_kaslr();
}

#endif /* _ASM_X86_SETUP_H */
