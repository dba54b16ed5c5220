/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: functions that are called later by a task that may sleep. */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

#include <host/lock.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>

struct timer;
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

struct delayed_work {
	struct work_struct work;
	struct timer *timer;		/* NULL: it does not wait for its time */
	struct delayed_work *next;	/* of those that do */
};

#define INIT_DELAYED_WORK(delayed, function) \
	(*(delayed) = (struct delayed_work){ .next = NULL }, \
	 INIT_WORK(&(delayed)->work, function))
#define to_delayed_work(item)	container_of(item, struct delayed_work, work)

bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
bool host_flush_work(struct work_struct *work, const char *where);
bool host_cancel_work_sync(struct work_struct *work, const char *where);

#define flush_work(work)	host_flush_work(work, __func__)
#define cancel_work_sync(work)	host_cancel_work_sync(work, __func__)

bool queue_delayed_work(struct workqueue_struct *queue,
			struct delayed_work *delayed, unsigned long ticks);
bool mod_delayed_work(struct workqueue_struct *queue,
		      struct delayed_work *delayed, unsigned long ticks);
bool host_cancel_delayed(struct delayed_work *delayed, const char *where);

#define cancel_delayed_work_sync(delayed) host_cancel_delayed(delayed, __func__)

struct workqueue_struct *host_alloc_workqueue(const char *name,
					      unsigned int max_active);
void host_flush_workqueue(struct workqueue_struct *queue, const char *where);
void host_destroy_workqueue(struct workqueue_struct *queue, const char *where);

#define alloc_workqueue(name, flags, max_active) \
	host_alloc_workqueue(name, max_active)
#define alloc_ordered_workqueue(name, flags) host_alloc_workqueue(name, 1)
#define flush_workqueue(queue)	host_flush_workqueue(queue, __func__)
#define destroy_workqueue(queue) host_destroy_workqueue(queue, __func__)

/* A variable of the module; each host has its own. The driver's definition of
 * it becomes one more declaration of the function. */
struct workqueue_struct **host_module_workqueue(void);
#define vfio_ccw_workqueue	(*host_module_workqueue())

#endif /* SHIM_LINUX_WORKQUEUE_H */
