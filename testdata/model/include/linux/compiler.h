/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

/* Real generic code is compiled with -D__weak= where it has to win. */
#ifndef __weak
#define __weak			__attribute__((weak))
#endif
#undef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define __maybe_unused		__attribute__((unused))
#define __must_check		__attribute__((warn_unused_result))
#define __init
#define __ro_after_init
#define __read_mostly
#define __malloc		__attribute__((malloc))
#define __alloc_size(...)	__attribute__((alloc_size(__VA_ARGS__)))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ __volatile__("" : : : "memory")
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))
#define fallthrough		__attribute__((fallthrough))

#endif /* _LINUX_COMPILER_H */
