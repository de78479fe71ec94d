/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include "hw.h"

/* Module memory is simulated: a write goes through the MMU and may fault. */
#define memset(addr, byte, size) hw_memset((unsigned long)(addr), byte, size)

#endif /* _LINUX_STRING_H */
