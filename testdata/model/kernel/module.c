// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a module: load, initialise, free the init part, unload. The order
 * of allocations, permission changes and frees is that of kernel/module.c,
 * 5.17; ELF, symbols and reference counts are left out.
 */

#include <linux/moduleloader.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

/* What "rodata=off" on the command line turns off (init/main.c, 5.17). */
bool rodata_enabled = true;

/* init_free_list, 5.17: init parts that do_free_init() still has to free. */
static void *init_free_list;

#ifdef CONFIG_ARCH_HAS_STRICT_MODULE_RWX
/* Sections start on pages of their own (debug_align(), 5.17). */
#define section_align(size) PAGE_ALIGN(size)
#else
#define section_align(size) (size)
#endif

typedef int (*set_memory_fn)(unsigned long start, int num_pages);

#ifdef CONFIG_ARCH_HAS_STRICT_MODULE_RWX
/* Applies fn to the bytes [from, to) of a layout; results are ignored. */
static void frob(const struct module_layout *layout, unsigned long from,
		 unsigned long to, set_memory_fn fn)
{
	unsigned long base = (unsigned long)layout->base;

	BUG_ON(!PAGE_ALIGNED(base | from | to));
	fn(base + from, (to - from) >> PAGE_SHIFT);
}

static void frob_text(const struct module_layout *layout, set_memory_fn fn)
{
	frob(layout, 0, layout->text_size, fn);
}

/* Not only for strict kernels: the memory may have come without X. */
static void module_enable_x(const struct module *mod)
{
	frob_text(&mod->core_layout, set_memory_x);
	frob_text(&mod->init_layout, set_memory_x);
}
#else
static void module_enable_x(const struct module *mod) { }
#endif /* CONFIG_ARCH_HAS_STRICT_MODULE_RWX */

#ifdef CONFIG_STRICT_MODULE_RWX
static void frob_rodata(const struct module_layout *layout, set_memory_fn fn)
{
	frob(layout, layout->text_size, layout->ro_size, fn);
}

static void frob_ro_after_init(const struct module_layout *layout,
			       set_memory_fn fn)
{
	frob(layout, layout->ro_size, layout->ro_after_init_size, fn);
}

static void frob_writable_data(const struct module_layout *layout,
			       set_memory_fn fn)
{
	frob(layout, layout->ro_after_init_size, layout->size, fn);
}

static void module_enable_ro(const struct module *mod, bool after_init)
{
	if (!rodata_enabled)
		return;

	set_vm_flush_reset_perms(mod->core_layout.base);
	set_vm_flush_reset_perms(mod->init_layout.base);

	frob_text(&mod->core_layout, set_memory_ro);
	frob_rodata(&mod->core_layout, set_memory_ro);
	frob_text(&mod->init_layout, set_memory_ro);
	frob_rodata(&mod->init_layout, set_memory_ro);
	if (after_init)
		frob_ro_after_init(&mod->core_layout, set_memory_ro);
}

static void module_enable_nx(const struct module *mod)
{
	frob_rodata(&mod->core_layout, set_memory_nx);
	frob_ro_after_init(&mod->core_layout, set_memory_nx);
	frob_writable_data(&mod->core_layout, set_memory_nx);
	frob_rodata(&mod->init_layout, set_memory_nx);
	frob_writable_data(&mod->init_layout, set_memory_nx);
}
#else
static void module_enable_ro(const struct module *mod, bool after_init) { }
static void module_enable_nx(const struct module *mod) { }
#endif /* CONFIG_STRICT_MODULE_RWX */

void __weak module_memfree(void *module_region)
{
	/* It may be read-only, and vfree() then cannot defer its work. */
	WARN_ON(in_interrupt());
	vfree(module_region);
}

void __weak module_arch_freeing_init(struct module *mod)
{
}

void * __weak module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, VMALLOC_START, VMALLOC_END,
			GFP_KERNEL, PAGE_KERNEL_EXEC, VM_FLUSH_RESET_PERMS,
			NUMA_NO_NODE, __builtin_return_address(0));
}

/* Turns the section sizes into the offsets of a layout (layout_sections()). */
static void layout_sections(struct module_layout *layout,
			    const struct module_sections *sections)
{
	layout->base = NULL;
	layout->text_size = section_align(sections->text);
	layout->ro_size = layout->text_size + section_align(sections->rodata);
	layout->ro_after_init_size = layout->ro_size +
				     section_align(sections->ro_after_init);
	layout->size = layout->ro_after_init_size +
		       section_align(sections->data);
}

/* Allocates both parts and moves the sections in (move_module(), 5.17). */
static int move_module(struct module *mod)
{
	void *ptr;

	ptr = module_alloc(mod->core_layout.size);
	kmemleak_not_leak(ptr);
	if (!ptr)
		return -ENOMEM;
	memset(ptr, 0, mod->core_layout.size);
	mod->core_layout.base = ptr;

	if (!mod->init_layout.size)
		return 0;

	ptr = module_alloc(mod->init_layout.size);
	kmemleak_ignore(ptr);
	if (!ptr) {
		module_memfree(mod->core_layout.base);
		mod->core_layout.base = NULL;
		return -ENOMEM;
	}
	memset(ptr, 0, mod->init_layout.size);
	mod->init_layout.base = ptr;

	return 0;
}

/* Relocations write into text while it is still writable. */
static void apply_relocations(struct module *mod)
{
	memset(mod->core_layout.base, 0x90, mod->core_layout.text_size);
	if (mod->init_layout.base)
		memset(mod->init_layout.base, 0x90, mod->init_layout.text_size);
}

static void free_module(struct module *mod)
{
	mod->state = MODULE_STATE_UNFORMED;
	module_arch_freeing_init(mod);
	module_memfree(mod->init_layout.base);
	module_memfree(mod->core_layout.base);
	mod->init_layout.base = NULL;
	mod->core_layout.base = NULL;
}

static void do_free_init(struct work_struct *work)
{
	void *region = init_free_list;

	init_free_list = NULL;
	module_memfree(region);
}

static DECLARE_WORK(init_free_wq, do_free_init);

/* Runs the init function, then hands the init part to do_free_init(). */
static int do_init_module(struct module *mod)
{
	int ret = mod->init ? mod->init(mod) : 0;

	if (ret < 0) {
		mod->state = MODULE_STATE_GOING;
		free_module(mod);
		return ret;
	}

	mod->state = MODULE_STATE_LIVE;
	module_enable_ro(mod, true);
	module_arch_freeing_init(mod);
	init_free_list = mod->init_layout.base;
	mod->init_layout = (struct module_layout){ };
	schedule_work(&init_free_wq);

	return 0;
}

/* Returns 0 or -errno; with an error the memory is already freed. */
int load_module(struct module *mod)
{
	int err;

	mod->state = MODULE_STATE_UNFORMED;
	layout_sections(&mod->core_layout, &mod->core_sections);
	layout_sections(&mod->init_layout, &mod->init_sections);

	err = move_module(mod);
	if (err)
		return err;
	apply_relocations(mod);

	/* complete_formation(), 5.17: read-only before executable. */
	module_enable_ro(mod, false);
	module_enable_nx(mod);
	module_enable_x(mod);
	mod->state = MODULE_STATE_COMING;

	return do_init_module(mod);
}

/* Unloads a module that is live. */
void delete_module(struct module *mod)
{
	if (mod->exit)
		mod->exit(mod);
	mod->state = MODULE_STATE_GOING;
	free_module(mod);
}
