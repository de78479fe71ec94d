/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/*
 * IS_ENABLED(CONFIG_X) is 1 if CONFIG_X is defined as 1, and 0 otherwise. The
 * value is pasted to a name that exists only for 1 and that brings a comma
 * along, which moves the 1 into second place.
 */
#define IS_ENABLED(option)		ENABLED_EXPAND(option)
#define ENABLED_EXPAND(value)		ENABLED_PICK(ENABLED_SHIFT_##value)
#define ENABLED_SHIFT_1			0,
#define ENABLED_PICK(shift)		ENABLED_SECOND(shift 1, 0, 0)
#define ENABLED_SECOND(first, second, ...)	(second)

/* The model builds nothing as a module. */
#define IS_BUILTIN(option)		IS_ENABLED(option)
#define IS_REACHABLE(option)		IS_ENABLED(option)
#define IS_MODULE(option)		0

#endif /* _LINUX_KCONFIG_H */
