/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work queues: each item that runs has a task of its own.
 */
#include <linux/workqueue.h>

#include "host_private.h"

struct workqueue_struct {
	const char *name;
	unsigned int max_active;	/* how many may run at once */
	unsigned int workers;		/* tasks that serve the queue */
	struct work_struct *first;	/* pending; linked by next */
	struct running *running;
	struct waitq waiters;		/* for an item to be done */
	bool permanent;			/* the host's own */
	struct workqueue_struct *next;	/* of the host */
};

/* An item that runs; lives on its task's stack. */
struct running {
	struct work_struct *work;	/* NULL: it has freed itself */
	u64 serial;
	struct task *task;
	struct host_lock lock;		/* copy of the item's */
	struct running *next;
};

static struct running *running(struct workqueue_struct *queue,
			       const struct work_struct *work)
{
	struct running *run = queue->running;

	while (run && run->work != work)
		run = run->next;
	return run;
}

static struct work_struct *next_item(struct workqueue_struct *queue)
{
	struct work_struct **link = &queue->first, *work;

	while (*link && running(queue, *link))
		link = &(*link)->next;
	work = *link;
	if (work)
		*link = work->next;
	return work;
}

static void unlink_running(struct workqueue_struct *queue, struct running *run)
{
	struct running **link = &queue->running;

	while (*link != run)
		link = &(*link)->next;
	*link = run->next;
}

static void run_item(struct workqueue_struct *queue, struct work_struct *work)
{
	struct running run = {
		.work = work,
		.serial = work->queued,
		.task = sched_current(host_current->sched),
		.lock = work->lock,
		.next = queue->running,
	};

	queue->running = &run;
	work->pending = false;
	host_hold(&run.lock);
	work->func(work);
	host_let_go(&run.lock);
	host_check_empty_hands(run.lock.name);
	if (run.work)
		run.work->done = run.serial;
	unlink_running(queue, &run);
	sched_wake_all(&queue->waiters);
}

static void worker(void *arg)
{
	struct workqueue_struct *queue = arg;
	struct work_struct *work;

	while ((work = next_item(queue)))
		run_item(queue, work);
	queue->workers--;
	sched_wake_all(&queue->waiters);
}

static bool queue_item(struct workqueue_struct *queue, struct work_struct *work)
{
	struct work_struct **link = &queue->first;

	if (!work->func)
		host_violation(__func__, "a work item is not initialised");
	if (work->pending)
		return false;
	while (*link)
		link = &(*link)->next;
	*link = work;
	work->next = NULL;
	work->queue = queue;
	work->pending = true;
	work->queued++;
	if (queue->workers < queue->max_active &&
	    sched_spawn(host_current->sched, queue->name, worker, queue))
		queue->workers++;

	if (!queue->workers)
		host_violation(__func__, "no memory for a worker of %s", queue->name);
	return true;
}

bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	bool queued = queue_item(queue, work);

	host_point(__func__);
	return queued;
}

static void wait_done(struct work_struct *work, u64 serial, const char *where)
{
	struct workqueue_struct *queue = work->queue;
	struct running *run;

	host_might_sleep("waiting for work", where);
	host_order_check(&work->lock, where);
	run = queue ? running(queue, work) : NULL;
	if (run && run->task == sched_current(host_current->sched))
		host_violation(where, "%s waits for itself", work->lock.name);
	host_point(where);
	while (work->done < serial)
		host_wait(&queue->waiters, SCHED_FOREVER, work->lock.name, where);
}

bool host_flush_work(struct work_struct *work, const char *where)
{
	bool busy = work->done < work->queued;

	wait_done(work, work->queued, where);
	return busy;
}

static void unqueue(struct work_struct *work)
{
	struct work_struct **link = &work->queue->first;

	while (*link != work)
		link = &(*link)->next;
	*link = work->next;
	work->pending = false;
	work->queued--;
}

bool host_cancel_work_sync(struct work_struct *work, const char *where)
{
	bool pending = work->pending;

	if (pending)
		unqueue(work);
	wait_done(work, work->queued, where);
	return pending;
}

void host_flush_workqueue(struct workqueue_struct *queue, const char *where)
{
	host_might_sleep("flush_workqueue()", where);
	while (queue->first || queue->running)
		host_wait(&queue->waiters, SCHED_FOREVER, queue->name, where);
}

static void stop_waiting(struct delayed_work *delayed)
{
	struct delayed_work **link = &host_current->delayed;

	while (*link != delayed)
		link = &(*link)->next;
	*link = delayed->next;
	delayed->timer = NULL;
}

static void time_has_come(void *arg)
{
	struct delayed_work *delayed = arg;

	stop_waiting(delayed);
	queue_item(delayed->work.queue, &delayed->work);
}

static void wait_for_time(struct workqueue_struct *queue,
			  struct delayed_work *delayed, unsigned long ticks)
{
	delayed->work.queue = queue;
	delayed->timer = sched_after(host_current->sched,
				     ticks * (1000000000ULL / HZ),
				     time_has_come, delayed);
	if (!delayed->timer)
		host_violation(__func__, "no memory for a timer");
	delayed->next = host_current->delayed;
	host_current->delayed = delayed;
}

bool queue_delayed_work(struct workqueue_struct *queue,
			struct delayed_work *delayed, unsigned long ticks)
{
	bool idle = !delayed->timer && !delayed->work.pending;

	if (idle && ticks)
		wait_for_time(queue, delayed, ticks);
	else if (idle)
		queue_item(queue, &delayed->work);
	host_point(__func__);
	return idle;
}

static bool take_back(struct delayed_work *delayed)
{
	if (!delayed->timer)
		return false;
	sched_cancel(host_current->sched, delayed->timer);
	stop_waiting(delayed);
	return true;
}

bool mod_delayed_work(struct workqueue_struct *queue,
		      struct delayed_work *delayed, unsigned long ticks)
{
	bool waited = take_back(delayed);

	return !queue_delayed_work(queue, delayed, ticks) || waited;
}

bool host_cancel_delayed(struct delayed_work *delayed, const char *where)
{
	bool waited = take_back(delayed);

	return host_cancel_work_sync(&delayed->work, where) || waited;
}

static struct workqueue_struct *add_queue(struct workqueue_struct *queue,
					  const char *name,
					  unsigned int max_active)
{
	queue->name = name;
	queue->max_active = max_active ?: WORKQUEUE_ACTIVE;
	queue->next = host_current->workqueues;
	host_current->workqueues = queue;
	return queue;
}

struct workqueue_struct *host_alloc_workqueue(const char *name,
					      unsigned int max_active)
{
	struct workqueue_struct *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	return queue ? add_queue(queue, name, max_active) : NULL;
}

struct workqueue_struct *host_workqueue_permanent(const char *name)
{
	struct workqueue_struct *queue;

	queue = host_alloc_permanent(sizeof(*queue), GFP_KERNEL);
	if (!queue)
		return NULL;
	queue->permanent = true;
	return add_queue(queue, name, 1);
}

void host_destroy_workqueue(struct workqueue_struct *queue, const char *where)
{
	struct workqueue_struct **link = &host_current->workqueues;

	host_flush_workqueue(queue, where);
	while (queue->workers)
		host_wait(&queue->waiters, SCHED_FOREVER, queue->name, where);
	while (*link != queue)
		link = &(*link)->next;
	*link = queue->next;
	kfree(queue);
}

static bool inside(const void *object, const char *memory, size_t size)
{
	return (const char *)object >= memory &&
	       (const char *)object < memory + size;
}

void host_work_freed(const char *memory, size_t size, const char *where)
{
	struct workqueue_struct *queue = host_current->workqueues;
	struct delayed_work *delayed = host_current->delayed;
	struct work_struct *work;
	struct running *run;

	for (; delayed; delayed = delayed->next)
		if (inside(delayed, memory, size))
			host_violation(where, "memory is freed with %s waiting in it",
				       delayed->work.lock.name);
	for (; queue; queue = queue->next) {
		for (work = queue->first; work; work = work->next)
			if (inside(work, memory, size))
				host_violation(where, "memory is freed with %s "
					       "pending in it", work->lock.name);
		for (run = queue->running; run; run = run->next)
			if (inside(run->work, memory, size))
				{
					if (run->task != sched_current(host_current->sched))
						host_violation(where, "memory is freed with %s running in it",
							       run->work->lock.name);
					run->work = NULL;
				}
	}
}

void host_work_left(struct host *host, struct host_left *left)
{
	struct workqueue_struct *queue;

	if (host->delayed)
		host_left(left, "%s waits for its time",
			  host->delayed->work.lock.name);
	for (queue = host->workqueues; queue; queue = queue->next) {
		if (queue->first || queue->running)
			host_left(left, "work queue %s has items", queue->name);
		if (!queue->permanent)
			host_left(left, "work queue %s exists", queue->name);
	}
}
