// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module memory of x86, in the shape of arch/x86/kernel/module.c, 5.17.
 */

#define pr_fmt(fmt) "module: " fmt

#include <linux/moduleloader.h>
#include <linux/vmalloc.h>
#include <linux/kernel.h>
#include <linux/kasan.h>
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/random.h>

#include <asm/page.h>
#include <asm/setup.h>

#ifdef CONFIG_RANDOMIZE_BASE
/* In bytes. Chosen by the first caller, then the same for everybody. */
static unsigned long load_offset;

static DEFINE_MUTEX(load_offset_mutex);

static unsigned long module_load_offset(void)
{
	if (!kaslr_enabled())
		return 0;

	mutex_lock(&load_offset_mutex);
	if (!load_offset)
		load_offset = PAGE_SIZE * (1 + get_random_int() % 1024);
	mutex_unlock(&load_offset_mutex);

	return load_offset;
}
#else
static unsigned long module_load_offset(void)
{
	return 0;
}
#endif

void *module_alloc(unsigned long size)
{
	gfp_t gfp_mask = GFP_KERNEL;
	void *p;

	if (PAGE_ALIGN(size) > MODULES_LEN)
		return NULL;

	p = __vmalloc_node_range(size, MODULE_ALIGN,
				    MODULES_VADDR + module_load_offset(),
				    MODULES_END, gfp_mask,
				    PAGE_KERNEL, VM_DEFER_KMEMLEAK, NUMA_NO_NODE,
				    __builtin_return_address(0));
	if (p && (kasan_module_alloc(p, size, gfp_mask) < 0)) {
		vfree(p);
		return NULL;
	}

	return p;
}
