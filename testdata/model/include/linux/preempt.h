/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include "hw.h"

static inline bool in_interrupt(void)
{
	return hw_in_interrupt();
}

#endif /* _LINUX_PREEMPT_H */
