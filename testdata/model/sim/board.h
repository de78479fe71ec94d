/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

/*
 * How the harness reaches the kernel code, which it shares no header with.
 * board.c is compiled with the kernel's headers and configuration.
 */

#include "machine.h"

/* What was compiled. */
struct board {
	const char *arch;
	const char *vintage;
	bool huge_vmalloc;	/* CONFIG_HAVE_ARCH_HUGE_VMALLOC */
	bool strict;		/* CONFIG_STRICT_MODULE_RWX */
	bool set_memory;	/* CONFIG_ARCH_HAS_SET_MEMORY: no stubs */
	bool refuses_huge;	/* set_memory_*() does, and warns */
	bool kasan;		/* VM_DEFER_KMEMLEAK is a flag and not 0 */
	bool shadow;		/* module_alloc() sees to its shadow */
	bool set_direct_map;	/* CONFIG_ARCH_HAS_SET_DIRECT_MAP */
	bool second_range;	/* module_alloc() tries two ranges */
	bool born_executable;	/* module_alloc() returns W+X, strict or not */
	unsigned long page_offset;
	unsigned long flush_reset_perms;	/* VM_FLUSH_RESET_PERMS */
	unsigned long gfp_kernel;		/* GFP_KERNEL */
	unsigned long gfp_nowarn;		/* __GFP_NOWARN */
	const struct mmu *mmus;
	unsigned int nr_mmus;
};

extern const struct board board;

/* Sizes in bytes of the four kinds of section. */
struct sections {
	unsigned long text;
	unsigned long rodata;
	unsigned long ro_after_init;
	unsigned long data;
};

/* Addresses of one part of a loaded module; all 0 if there is no such part. */
struct layout {
	unsigned long text;
	unsigned long rodata;
	unsigned long ro_after_init;
	unsigned long data;
	unsigned long end;
};

enum part { CORE, INIT };

/* Areas, direct map, and the kernel's variables as they are after boot. */
void board_boot(void);

/* 0 or -errno. The callbacks stand for the code of the module. */
int board_load_module(const struct sections *core, const struct sections *init,
		      void (*init_fn)(void), void (*exit_fn)(void));
struct layout board_layout(enum part part);
void board_flush_work(void);
void board_unload_module(void);

unsigned long board_alloc_insn_page(void);
void board_free_insn_page(unsigned long page);

/* For the self-test: the kernel's own calls, without a module around them. */
unsigned long board_vmalloc(unsigned long size, bool huge, bool reset);
unsigned long board_vmalloc_huge(unsigned long size, bool executable);
void board_vfree(unsigned long addr);
int board_set_memory(const char *what, unsigned long addr, int pages);

#endif /* SIM_BOARD_H */
