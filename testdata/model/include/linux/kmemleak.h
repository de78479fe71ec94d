/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KMEMLEAK_H
#define _LINUX_KMEMLEAK_H

static inline void kmemleak_not_leak(const void *ptr) { }
static inline void kmemleak_ignore(const void *ptr) { }

#endif /* _LINUX_KMEMLEAK_H */
