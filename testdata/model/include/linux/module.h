/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/types.h>

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
	MODULE_STATE_UNFORMED,
};

/* Sizes in bytes of the sections that end up in one layout. */
struct module_sections {
	unsigned long text;
	unsigned long rodata;
	unsigned long ro_after_init;
	unsigned long data;
};

/*
 * One allocation of a module. Each size is the offset at which the next kind
 * of section begins (include/linux/module.h, 5.17).
 */
struct module_layout {
	void *base;
	unsigned long size;
	unsigned long text_size;
	unsigned long ro_size;
	unsigned long ro_after_init_size;
};

struct module {
	enum module_state state;
	struct module_sections core_sections;
	struct module_sections init_sections;
	struct module_layout core_layout;
	struct module_layout init_layout;

	/*
	 * The code of the module. A simulated address cannot be called, so
	 * these are functions of the harness that fetch, read and write where
	 * the module would. They return 0 or -errno.
	 */
	int (*init)(struct module *mod);
	void (*exit)(struct module *mod);
};

extern bool rodata_enabled;

int load_module(struct module *mod);
void delete_module(struct module *mod);

#endif /* _LINUX_MODULE_H */
