/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/numa.h>
#include <linux/types.h>

/* Bit values as in include/linux/gfp.h, 5.17. */
#define __GFP_HIGHMEM		0x00000002u
#define __GFP_IO		0x00000040u
#define __GFP_FS		0x00000080u
#define __GFP_ZERO		0x00000100u
#define __GFP_DIRECT_RECLAIM	0x00000400u
#define __GFP_KSWAPD_RECLAIM	0x00000800u
#define __GFP_NOWARN		0x00002000u
#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL		(__GFP_RECLAIM | __GFP_IO | __GFP_FS)

#endif /* _LINUX_GFP_H */
