/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/types.h>
#include <asm/page.h>
#include <asm/vmalloc.h>

struct page;

/*
 * Bits of vm_struct.flags. The values are those of the kernel, so that a trace
 * can be read next to one of a real machine (include/linux/vmalloc.h, 5.18).
 */
#define VM_ALLOC		0x00000002	/* area of vmalloc() */
#define VM_UNINITIALIZED	0x00000020	/* not yet complete */
#define VM_FLUSH_RESET_PERMS	0x00000100	/* reset permissions on free */
#define VM_ALLOW_HUGE_VMAP	0x00000400	/* large mappings are welcome */

#if (defined(CONFIG_KASAN_GENERIC) || defined(CONFIG_KASAN_SW_TAGS)) && \
	!defined(CONFIG_KASAN_VMALLOC)
#define VM_DEFER_KMEMLEAK	0x00000800	/* kmemleak comes later */
#else
#define VM_DEFER_KMEMLEAK	0
#endif

struct vm_struct {
	struct vm_struct	*next;
	void			*addr;
	unsigned long		size;
	unsigned long		flags;
	struct page		**pages;
	unsigned int		page_order;
	unsigned int		nr_pages;
	const void		*caller;
};

void *__vmalloc_node_range(unsigned long size, unsigned long align,
			   unsigned long start, unsigned long end,
			   gfp_t gfp_mask, pgprot_t prot,
			   unsigned long vm_flags, int node,
			   const void *caller);
void vfree(const void *addr);
void vm_unmap_aliases(void);
void vmalloc_init(void);
struct vm_struct *find_vm_area(const void *addr);
bool is_vmalloc_or_module_addr(const void *addr);

/* The largest leaf below 2M for so many bytes; 8xx has its own. */
#ifndef arch_vmap_pte_supported_shift
static inline unsigned int arch_vmap_pte_supported_shift(unsigned long size)
{
	return PAGE_SHIFT;
}
#endif

/* Does the area at addr have mappings larger than a page? */
static inline bool is_vm_area_hugepages(const void *addr)
{
	struct vm_struct *area = find_vm_area(addr);

	return area && area->page_order > 0;
}

/*
 * Ask for the reset of the direct map after the fact: for callers that got
 * their memory without VM_FLUSH_RESET_PERMS.
 */
static inline void set_vm_flush_reset_perms(void *addr)
{
	struct vm_struct *area = find_vm_area(addr);

	if (area)
		area->flags |= VM_FLUSH_RESET_PERMS;
}

#endif /* _LINUX_VMALLOC_H */
