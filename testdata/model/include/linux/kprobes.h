/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KPROBES_H
#define _LINUX_KPROBES_H

void *alloc_insn_page(void);
void free_insn_page(void *page);

#endif /* _LINUX_KPROBES_H */
