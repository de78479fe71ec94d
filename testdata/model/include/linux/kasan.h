/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KASAN_H
#define _LINUX_KASAN_H

#include <linux/types.h>

#define KASAN_SHADOW_SCALE_SHIFT 3

#if (defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)) && \
	!defined(CONFIG_KASAN_VMALLOC)
/* Returns 0, or -ENOMEM where the scenario lets the shadow fail. */
int kasan_alloc_module_shadow(void *addr, size_t size, gfp_t gfp_mask);
void kasan_free_module_shadow(const void *addr, size_t size);
#else
static inline int kasan_alloc_module_shadow(void *addr, size_t size,
					    gfp_t gfp_mask)
{
	return 0;
}

static inline void kasan_free_module_shadow(const void *addr, size_t size) { }
#endif

/* The name up to 5.17; 5.15 passes two arguments, 5.17 three. */
#define KASAN_MODULE_GFP(addr, size, gfp, ...) (gfp)
#define kasan_module_alloc(addr, ...) \
	kasan_alloc_module_shadow(addr, KASAN_MODULE_SIZE(__VA_ARGS__, 0), \
				  KASAN_MODULE_GFP(addr, __VA_ARGS__, 0, 0))
#define KASAN_MODULE_SIZE(size, ...) (size)

#endif /* _LINUX_KASAN_H */
