/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

/*
 * For functions taken out of a real tree: everything that module_alloc() of
 * x86, of powerpc, and the generic one use between 5.15 and 6.1. What is not
 * here does not compile, and that is on purpose.
 */

#include <linux/align.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleloader.h>
#include <linux/mutex.h>
#include <linux/numa.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/set_memory.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/setup.h>

#ifdef CONFIG_PPC
#include <asm/mmu.h>
#include <asm/sections.h>
#endif

#endif /* SIM_MODEL_H */
