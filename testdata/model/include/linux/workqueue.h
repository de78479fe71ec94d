/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include "hw.h"

/* Work is kept until the scenario lets the workqueue run. */
struct work_struct {
	void (*func)(struct work_struct *work);
};

#define DECLARE_WORK(name, function) \
	struct work_struct name = { .func = function }

void schedule_work(struct work_struct *work);
void flush_scheduled_work(void);

#endif /* _LINUX_WORKQUEUE_H */
