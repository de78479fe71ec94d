/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H

#include "hw.h"

static inline unsigned int num_online_nodes(void)
{
	return hw_online_nodes();
}

#endif /* _LINUX_NODEMASK_H */
