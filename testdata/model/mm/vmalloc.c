// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtually contiguous memory, as mm/vmalloc.c decides it. Where nothing else
 * is said, a comment about behaviour refers to that file in 5.17; 5.15 and 6.1
 * agree except for the sense of the flag that allows huge mappings.
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

/*
 * A range of virtual addresses, in the list sorted by address. One that was
 * freed stays until the TLB is flushed, and so do its stale translations
 * (free_vmap_area_noflush() and __purge_vmap_area_lazy()).
 */
struct vmap_area {
	unsigned long start;
	unsigned long end;
	struct vm_struct *vm;	/* NULL once freed */
	struct vmap_area *next;
};

static struct vmap_area *vmap_areas;

/* What vfree() could not free in an interrupt (struct vfree_deferred). */
static const void *deferred;

void vmalloc_init(void)
{
	vmap_areas = NULL;
	deferred = NULL;
}

/* addr may be any address within the area. */
struct vm_struct *find_vm_area(const void *ptr)
{
	unsigned long addr = (unsigned long)ptr;
	struct vmap_area *va;

	for (va = vmap_areas; va; va = va->next)
		if (va->vm && addr >= va->start && addr < va->end)
			return va->vm;

	return NULL;
}

bool is_vmalloc_or_module_addr(const void *ptr)
{
	unsigned long addr = (unsigned long)ptr;

#ifdef MODULES_VADDR
	if (addr >= MODULES_VADDR && addr < MODULES_END)
		return true;
#endif
	return addr >= VMALLOC_START && addr < VMALLOC_END;
}

/* First fit between start and end, or NULL (alloc_vmap_area()). */
static struct vmap_area *alloc_vmap_area(unsigned long size,
					 unsigned long align,
					 unsigned long start, unsigned long end)
{
	struct vmap_area **link = &vmap_areas;
	unsigned long addr = ALIGN(start, align);
	struct vmap_area *va;

	while (*link && (*link)->start < addr + size) {
		if ((*link)->end > addr)
			addr = ALIGN((*link)->end, align);
		link = &(*link)->next;
	}

	if (addr + size > end || addr + size < addr)
		return NULL;

	va = kzalloc(sizeof(*va), GFP_KERNEL);
	va->start = addr;
	va->end = addr + size;
	va->next = *link;
	*link = va;

	return va;
}

/* One guard page follows every area (__get_vm_area_node()). */
static struct vm_struct *get_vm_area_node(unsigned long size,
					  unsigned long align,
					  unsigned int shift,
					  unsigned long flags,
					  unsigned long start,
					  unsigned long end, const void *caller)
{
	struct vmap_area *va;
	struct vm_struct *area;

	BUG_ON(in_interrupt());
	if (hw_inject(HW_FAULT_ALLOC_CALL, 0) ||
	    hw_inject(HW_FAULT_ALLOC_SECOND, 0))
		return NULL;

	size = ALIGN(size, 1UL << shift) + PAGE_SIZE;
	va = alloc_vmap_area(ALIGN(size, PAGE_SIZE), align, start, end);
	if (!va)
		return NULL;

	area = kzalloc(sizeof(*area), GFP_KERNEL);
	area->addr = (void *)va->start;
	area->size = va->end - va->start;
	area->flags = flags;
	area->caller = caller;
	va->vm = area;

	return area;
}

/* Without the guard page. */
static unsigned long get_vm_area_size(const struct vm_struct *area)
{
	return area->size - PAGE_SIZE;
}

/* The entry for addr in a table of base pages, or NULL (pte_alloc_kernel()). */
static struct hw_pte *pte_alloc_kernel(unsigned long addr)
{
	struct hw_pmd *pmd = hw_pmd_offset(addr);
	struct hw_pte *table;

	BUG_ON(!pmd);
	if (!pmd->table) {
		BUG_ON(pmd->leaf.mapped);
		table = hw_table_alloc(addr);
		if (!table)
			return NULL;
		hw_pmd_populate(addr, table);
	}

	return hw_pte_lookup(addr);
}

/* Maps pages with leaves of exactly 1 << shift bytes (vmap_pages_range()). */
static int vmap_pages_range(unsigned long addr, unsigned long end,
			    pgprot_t prot, struct page **pages,
			    unsigned int shift)
{
	unsigned long step = shift == PMD_SHIFT ? PMD_SIZE : PAGE_SIZE;
	unsigned long i;

	for (i = 0; addr < end; addr += step, i += step >> PAGE_SHIFT) {
		struct hw_pte value = {
			.mapped = true,
			.shift = shift,
			.prot = pgprot_val(prot),
			.pfn = hw_page_to_pfn(pages[i]),
		};
		struct hw_pte *pte = shift == PMD_SHIFT ?
			&hw_pmd_offset(addr)->leaf : pte_alloc_kernel(addr);

		if (!pte)
			return -ENOMEM;
		/* An empty table may be left from an earlier mapping. */
		if (shift == PMD_SHIFT)
			hw_pmd_populate(addr, NULL);
		hw_set_pte(addr, pte, value);
	}

	return 0;
}

/* Clears the entries and leaves the TLB alone (vunmap_range_noflush()). */
static void vunmap_range_noflush(unsigned long addr, unsigned long end)
{
	for (; addr < end; addr += PAGE_SIZE) {
		struct hw_pte *pte = hw_pte_lookup(addr);

		if (pte)
			hw_set_pte(addr, pte, (struct hw_pte){ .shift = 0 });
	}
}

/*
 * Flushes the ranges that were freed and may now be used again. With flush,
 * start to end is flushed even if there are none (_vm_unmap_aliases()).
 */
static void purge_vmap_areas(unsigned long start, unsigned long end, bool flush)
{
	struct vmap_area **link = &vmap_areas;

	while (*link) {
		struct vmap_area *va = *link;

		if (va->vm) {
			link = &va->next;
			continue;
		}
		start = min(start, va->start);
		end = max(end, va->end);
		flush = true;
		*link = va->next;
		kfree(va);
	}

	if (flush)
		hw_flush_tlb_range(start, end);
}

void vm_unmap_aliases(void)
{
	purge_vmap_areas(~0UL, 0, false);
}

/* Unmaps the area; the range waits for the next purge (remove_vm_area()). */
static void remove_vm_area(struct vm_struct *area)
{
	struct vmap_area *va = vmap_areas;

	while (va->vm != area)
		va = va->next;
	vunmap_range_noflush(va->start, va->end);
	va->vm = NULL;
}

/* Small pages, whatever the area was mapped with (set_area_direct_map()). */
static void set_area_direct_map(const struct vm_struct *area,
				int (*set_direct_map)(struct page *page))
{
	unsigned int i;

	for (i = 0; i < area->nr_pages; i++)
		set_direct_map(area->pages[i]);
}

/*
 * With VM_FLUSH_RESET_PERMS the direct map of the pages is made invalid, so
 * that the flush leaves no translation of any kind, and only then goes back to
 * its default (vm_remove_mappings()).
 */
static void vm_remove_mappings(struct vm_struct *area)
{
	bool reset = area->flags & VM_FLUSH_RESET_PERMS;
	unsigned long start = ~0UL, end = 0;
	unsigned int i;

	remove_vm_area(area);
	if (!reset)
		return;

	for (i = 0; i < area->nr_pages; i++) {
		unsigned long addr;

		addr = (unsigned long)page_address(area->pages[i]);
		start = min(start, addr);
		end = max(end, addr + PAGE_SIZE);
	}

	set_area_direct_map(area, set_direct_map_invalid_noflush);
	purge_vmap_areas(start, end, area->nr_pages > 0);
	set_area_direct_map(area, set_direct_map_default_noflush);
}

static void vunmap_and_free(const void *addr)
{
	struct vm_struct *area = find_vm_area(addr);
	unsigned int i;

	if (WARN_ON(!area))
		return;

	hw_trace_free((unsigned long)addr, get_vm_area_size(area), area->flags);
	vm_remove_mappings(area);
	for (i = 0; i < area->nr_pages; i += 1U << area->page_order)
		hw_free_pages(area->pages[i], area->page_order);
	kfree(area->pages);
	kfree(area);
}

static void free_deferred(struct work_struct *work)
{
	const void *addr = deferred;

	deferred = NULL;
	vunmap_and_free(addr);
}

static DECLARE_WORK(deferred_work, free_deferred);

/*
 * In an interrupt the area is put on a list whose node is its own first bytes:
 * a write that faults if the area is read-only (__vfree_deferred()).
 */
void vfree(const void *addr)
{
	if (!addr)
		return;

	if (!in_interrupt()) {
		vunmap_and_free(addr);
		return;
	}

	hw_memset((unsigned long)addr, 0, sizeof(void *));
	deferred = addr;
	schedule_work(&deferred_work);
}

/* Fills the area with pages of the given order (vm_area_alloc_pages()). */
static int vm_area_alloc_pages(struct vm_struct *area, unsigned int order,
			       unsigned int nr_pages)
{
	unsigned int i;

	while (area->nr_pages < nr_pages) {
		struct page *page = hw_alloc_pages(order);

		if (!page)
			return -ENOMEM;
		for (i = 0; i < 1U << order; i++)
			area->pages[area->nr_pages++] = page + i;
	}

	return 0;
}

/* On failure the area is gone as well (__vmalloc_area_node()). */
static void *vmalloc_area_node(struct vm_struct *area, pgprot_t prot,
			       unsigned int shift)
{
	unsigned long addr = (unsigned long)area->addr;
	unsigned long size = get_vm_area_size(area);
	unsigned int nr_pages = size >> PAGE_SHIFT;

	area->pages = kcalloc(nr_pages, sizeof(*area->pages), GFP_KERNEL);
	area->page_order = shift - PAGE_SHIFT;

	if (vm_area_alloc_pages(area, area->page_order, nr_pages) ||
	    vmap_pages_range(addr, addr + size, prot, area->pages, shift)) {
		vfree(area->addr);
		return NULL;
	}

	return area->addr;
}

/*
 * May the area be mapped huge? Up to 5.17 unless the caller objects, since 5.18
 * only if the caller asks for it. The header of the tree decides which.
 */
static bool huge_vmap_allowed(unsigned long vm_flags)
{
	if (!IS_ENABLED(CONFIG_HAVE_ARCH_HUGE_VMALLOC) || !hw_huge_vmalloc())
		return false;
#ifdef VM_ALLOW_HUGE_VMAP
	return vm_flags & VM_ALLOW_HUGE_VMAP;
#else
	return !(vm_flags & VM_NO_HUGE_VMAP);
#endif
}

/* The leaf to try first. Without a node, the size is spread over all nodes. */
static unsigned int vmalloc_shift(unsigned long size, pgprot_t prot, int node,
				  unsigned long vm_flags)
{
	if (!huge_vmap_allowed(vm_flags))
		return PAGE_SHIFT;
	if (node == NUMA_NO_NODE)
		size /= num_online_nodes();
	if (arch_vmap_pmd_supported(prot) && size >= PMD_SIZE)
		return PMD_SHIFT;

	return arch_vmap_pte_supported_shift(size);
}

/* One attempt with leaves of one size. */
static void *vmalloc_try(unsigned long size, unsigned long align,
			 unsigned int shift, unsigned long start,
			 unsigned long end, pgprot_t prot,
			 unsigned long vm_flags, const void *caller)
{
	struct vm_struct *area;
	void *addr = NULL;

	area = get_vm_area_node(size, align, shift,
				VM_ALLOC | VM_UNINITIALIZED | vm_flags, start,
				end, caller);
	if (area)
		addr = vmalloc_area_node(area, prot, shift);
	if (addr)
		area->flags &= ~VM_UNINITIALIZED;
	hw_trace_attempt(shift, addr);

	return addr;
}

void *__vmalloc_node_range(unsigned long size, unsigned long align,
			   unsigned long start, unsigned long end,
			   gfp_t gfp_mask, pgprot_t prot,
			   unsigned long vm_flags, int node,
			   const void *caller)
{
	unsigned int shift = vmalloc_shift(size, prot, node, vm_flags);
	const struct hw_call call = {
		.size = size,
		.align = align,
		.start = start,
		.end = end,
		.gfp = gfp_mask,
		.prot = pgprot_val(prot),
		.flags = vm_flags,
		.node = node,
	};
	void *addr;

	hw_trace_alloc(&call);
	if (WARN_ON_ONCE(!size) || (size >> PAGE_SHIFT) > hw_total_pages())
		return NULL;

	addr = vmalloc_try(size, max(align, 1UL << shift), shift, start, end,
			   prot, vm_flags, caller);
	if (!addr && shift > PAGE_SHIFT) {
		/* Whatever went wrong, small pages get one more try. */
		shift = PAGE_SHIFT;
		addr = vmalloc_try(size, align, shift, start, end, prot,
				   vm_flags, caller);
	}
	hw_trace_alloc_done((unsigned long)addr, shift);

	return addr;
}
