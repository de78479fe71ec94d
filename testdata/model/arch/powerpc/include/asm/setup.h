/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_POWERPC_SETUP_H
#define _ASM_POWERPC_SETUP_H

#include <linux/types.h>

#endif /* _ASM_POWERPC_SETUP_H */
