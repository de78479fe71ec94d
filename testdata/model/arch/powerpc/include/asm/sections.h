/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_SECTIONS_H
#define _ASM_POWERPC_SECTIONS_H

#include "hw.h"

/* The linker of the host has an _etext of its own; this is the model's. */
#define _etext ((char *)hw_etext())

#endif /* _ASM_POWERPC_SECTIONS_H */
