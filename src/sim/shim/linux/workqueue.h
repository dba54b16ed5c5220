/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: functions that are called later by a task that may sleep. */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

#include <host/lock.h>
#include <linux/kernel.h>

struct workqueue_struct;

struct work_struct {
	void (*func)(struct work_struct *work);
	struct host_lock lock;		/* stands for it in the order of locks */
	struct workqueue_struct *queue;	/* where it was queued last */
	struct work_struct *next;	/* in the queue */
	bool pending;			/* queued, does not run yet */
	u64 queued, done;		/* serial numbers */
};

#define INIT_WORK(work, function) \
	(*(work) = (struct work_struct){ .func = (function) }, \
	 host_lock_init(&(work)->lock, #function, false))
#define work_pending(work)	((work)->pending)

bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
bool host_flush_work(struct work_struct *work, const char *where);
bool host_cancel_work_sync(struct work_struct *work, const char *where);

#define flush_work(work)	host_flush_work(work, __func__)
#define cancel_work_sync(work)	host_cancel_work_sync(work, __func__)

struct workqueue_struct *host_alloc_workqueue(const char *name,
					      unsigned int max_active);
void host_flush_workqueue(struct workqueue_struct *queue, const char *where);
void host_destroy_workqueue(struct workqueue_struct *queue, const char *where);

#define alloc_workqueue(name, flags, max_active) \
	host_alloc_workqueue(name, max_active)
#define alloc_ordered_workqueue(name, flags) host_alloc_workqueue(name, 1)
#define flush_workqueue(queue)	host_flush_workqueue(queue, __func__)
#define destroy_workqueue(queue) host_destroy_workqueue(queue, __func__)

#endif /* SHIM_LINUX_WORKQUEUE_H */
