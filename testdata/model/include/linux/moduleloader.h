/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MODULELOADER_H
#define _LINUX_MODULELOADER_H
/* What an architecture provides for modules, or overrides. */

#include <linux/module.h>

/*
 * kernel/module.c has a weak version of each of these. An architecture that
 * needs something else defines a function of the same name.
 */

/*
 * Returns memory for the sections of a module, or NULL. kprobes and others
 * that generate code take theirs from here as well.
 */
void *module_alloc(unsigned long size);

/* Gives back what module_alloc() returned. */
void module_memfree(void *module_region);

/* Called before the init sections of a module are freed. */
void module_arch_freeing_init(struct module *mod);

#if (defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)) && \
		!defined(CONFIG_KASAN_VMALLOC)
#include <linux/kasan.h>
#define MODULE_ALIGN (PAGE_SIZE << KASAN_SHADOW_SCALE_SHIFT)
#else
#define MODULE_ALIGN PAGE_SIZE
#endif

#endif /* _LINUX_MODULELOADER_H */
