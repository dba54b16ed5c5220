/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The deterministic scheduler.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "coro.h"
#include "sched.h"

struct task {
	struct sched *sched;
	const char *name;
	struct coro *coro;		/* NULL: the main task */
	struct task *next;		/* in the queue it hangs in */
	struct waitq *waits_in;		/* NULL: it could run */
	struct timer *timeout;		/* NULL: none, or it came */
	bool timed_out;
	struct task *older, *younger;	/* all living tasks */
	u64 local[SCHED_LOCAL / sizeof(u64)];
};

struct timer {
	u64 due;			/* nanoseconds */
	u64 serial;			/* order among equal times */
	void (*fn)(void *);
	void *arg;
	unsigned int index;		/* in the heap */
	struct timer *next;		/* among the unused */
};

struct sched {
	u64 seed;
	u64 random;			/* state of the sequence */
	struct sched_hooks hooks;
	struct task main;		/* also ends of the list of all */
	struct task *current;
	struct coro *stage;		/* to be suspended; NULL: no pause */
	bool stopped;
	bool in_timer;			/* a timer's function runs */
	struct task *idle;		/* ended; linked by next */
	struct task *first, *last;	/* tasks that could run */
	unsigned int ready;		/* how many */
	u64 now;
	u64 serial;
	struct timer **heap;
	unsigned int timers, room;	/* in use, and allocated */
	struct timer *unused;
};

u64 sched_random(struct sched *sched, u64 bound)
{
	u64 z;

	if (!sched->seed)
		return 0;
	z = sched->random += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % bound;
}

static void make_ready(struct task *task)
{
	struct sched *sched = task->sched;

	if (!task->coro)
		return;		/* the main task sees it in waits_in */
	task->next = NULL;
	if (sched->last)
		sched->last->next = task;
	else
		sched->first = task;
	sched->last = task;
	sched->ready++;
}

static struct task *take_ready(struct sched *sched, unsigned int index)
{
	struct task *before = NULL, *task = sched->first;

	for (; index; index--) {
		before = task;
		task = task->next;
	}
	if (before)
		before->next = task->next;
	else
		sched->first = task->next;
	if (sched->last == task)
		sched->last = before;
	sched->ready--;
	return task;
}

static bool earlier(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->serial < b->serial;
}

static void put(struct sched *sched, unsigned int index, struct timer *timer)
{
	sched->heap[index] = timer;
	timer->index = index;
}

static void move_up(struct sched *sched, struct timer *timer)
{
	unsigned int i = timer->index;

	while (i && earlier(timer, sched->heap[(i - 1) / 2])) {
		put(sched, i, sched->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(sched, i, timer);
}

static void move_down(struct sched *sched, struct timer *timer)
{
	unsigned int i = timer->index, below;

	while ((below = 2 * i + 1) < sched->timers) {
		if (below + 1 < sched->timers &&
		    earlier(sched->heap[below + 1], sched->heap[below]))
			below++;
		if (!earlier(sched->heap[below], timer))
			break;
		put(sched, i, sched->heap[below]);
		i = below;
	}
	put(sched, i, timer);
}

static void take_out(struct sched *sched, struct timer *timer)
{
	struct timer *last = sched->heap[--sched->timers];

	if (last != timer) {
		put(sched, timer->index, last);
		move_up(sched, last);
		move_down(sched, last);
	}
	timer->next = sched->unused;
	sched->unused = timer;
}

static struct timer *new_timer(struct sched *sched)
{
	struct timer *timer = sched->unused;

	if (timer)
		sched->unused = timer->next;
	else
		timer = malloc(sizeof(*timer));
	return timer;
}

static int grow_heap(struct sched *sched)
{
	unsigned int room = sched->room ? 2 * sched->room : 16;
	struct timer **heap = realloc(sched->heap, room * sizeof(*heap));

	if (!heap)
		return -ENOMEM;
	sched->heap = heap;
	sched->room = room;
	return 0;
}

struct timer *sched_after(struct sched *sched, u64 ns,
			  void (*fn)(void *), void *arg)
{
	struct timer *timer;

	if (sched->timers == sched->room && grow_heap(sched))
		return NULL;
	timer = new_timer(sched);
	if (!timer)
		return NULL;
	timer->due = sched->now + ns;
	timer->serial = sched->serial++;
	timer->fn = fn;
	timer->arg = arg;
	put(sched, sched->timers++, timer);
	move_up(sched, timer);
	return timer;
}

void sched_cancel(struct sched *sched, struct timer *timer)
{
	take_out(sched, timer);
}

static void run_timer(struct sched *sched)
{
	struct timer *timer = sched->heap[0];
	void (*fn)(void *) = timer->fn;
	void *arg = timer->arg;

	sched->now = timer->due;
	take_out(sched, timer);
	sched->in_timer = true;
	fn(arg);
	sched->in_timer = false;
}

#define INTERFERENCE_NS	1000000

static bool timer_may_interfere(const struct sched *sched)
{
	return sched->seed && sched->timers &&
	       sched->heap[0]->due <= sched->now + INTERFERENCE_NS;
}

static void leave_queue(struct task *task)
{
	struct task **link = &task->waits_in->first;

	while (*link != task)
		link = &(*link)->next;
	*link = task->next;
	task->waits_in = NULL;
}

static void wake(struct task *task)
{
	leave_queue(task);
	if (task->timeout) {
		sched_cancel(task->sched, task->timeout);
		task->timeout = NULL;
	}
	make_ready(task);
}

void sched_wake_one(struct waitq *queue)
{
	if (queue->first)
		wake(queue->first);
}

void sched_wake_all(struct waitq *queue)
{
	while (queue->first)
		wake(queue->first);
}

static void timeout(void *arg)
{
	struct task *task = arg;

	task->timeout = NULL;
	task->timed_out = true;
	wake(task);
}

static void join_queue(struct task *task, struct waitq *queue)
{
	struct task **link = &queue->first;

	while (*link)
		link = &(*link)->next;
	*link = task;
	task->next = NULL;
	task->waits_in = queue;
}

static struct task *new_task(struct sched *sched)
{
	struct task *task = sched->idle;

	if (task) {
		sched->idle = task->next;
		return task;
	}
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->coro = coro_create();
	if (task->coro)
		return task;
	free(task);
	return NULL;
}

struct task *sched_spawn(struct sched *sched, const char *name,
			 void (*fn)(void *), void *arg)
{
	struct task *task = new_task(sched);

	if (!task)
		return NULL;
	task->sched = sched;
	task->name = name;
	memset(task->local, 0, sizeof(task->local));
	task->older = sched->main.older;
	task->younger = &sched->main;
	task->older->younger = task;
	sched->main.older = task;
	coro_start(task->coro, fn, arg);
	make_ready(task);
	return task;
}

static void end_task(struct task *task)
{
	task->older->younger = task->younger;
	task->younger->older = task->older;
	task->next = task->sched->idle;
	task->sched->idle = task;
}

static void run_task(struct sched *sched, struct task *task)
{
	struct task *resumer = sched->current;

	sched->current = task;
	coro_resume(task->coro);
	while (sched->stage) {
		struct coro *stage = sched->stage;

		sched->stage = NULL;
		coro_suspend(stage);
		coro_resume(task->coro);
	}
	sched->current = resumer;
	if (coro_done(task->coro))
		end_task(task);
}

static int drive_others(struct sched *sched)
{
	struct task *task = &sched->main;

	while (task->waits_in)
		if (!sched_step(sched)) {
			leave_queue(task);
			return -EDEADLK;
		}
	return 0;
}

bool sched_step(struct sched *sched)
{
	unsigned int choices = sched->ready;
	unsigned int choice;

	if (sched->stopped)
		return false;
	if (sched->timers && (!sched->ready || timer_may_interfere(sched)))
		choices++;
	if (!choices)
		return false;
	choice = sched_random(sched, choices);
	if (choice < sched->ready)
		run_task(sched, take_ready(sched, choice));
	else
		run_timer(sched);
	return !sched->stopped;
}

void sched_stop(struct sched *sched)
{
	sched->stopped = true;
	if (sched->current != &sched->main)
		coro_suspend(sched->current->coro);
}

void sched_pause(struct sched *sched, struct coro *stage)
{
	struct task *task = sched->current;

	if (task->coro) {
		sched->stage = stage;
		coro_suspend(task->coro);
	} else {
		coro_suspend(stage);
	}
}

void sched_yield_point(struct sched *sched, const char *where)
{
	struct task *task = sched->current;

	if (!sched->seed || sched->in_timer || sched->stopped)
		return;
	if (!sched->ready && !timer_may_interfere(sched))
		return;
	if (sched_random(sched, 4))
		return;
	if (sched->hooks.preempted)
		sched->hooks.preempted(sched->hooks.ctx, task, where);
	if (task->coro) {
		make_ready(task);
		coro_suspend(task->coro);
	} else {
		sched_step(sched);
	}
}

int sched_block(struct sched *sched, struct waitq *queue, u64 timeout_ns)
{
	struct task *task = sched->current;

	if (sched->in_timer)
		abort();	/* nobody could go on */
	task->timed_out = false;
	if (timeout_ns != SCHED_FOREVER) {
		task->timeout = sched_after(sched, timeout_ns, timeout, task);
		if (!task->timeout)
			return -ENOMEM;
	}
	join_queue(task, queue);
	if (task->coro)
		coro_suspend(task->coro);
	else if (drive_others(sched))
		return -EDEADLK;
	return task->timed_out ? -ETIMEDOUT : 0;
}

u64 sched_now(const struct sched *sched)
{
	return sched->now;
}

bool sched_stopped(const struct sched *sched)
{
	return sched->stopped;
}

struct task *sched_current(const struct sched *sched)
{
	return sched->current;
}

bool sched_is_main(const struct task *task)
{
	return !task->coro;
}

const char *sched_task_name(const struct task *task)
{
	return task->name;
}

const struct waitq *sched_waits_in(const struct task *task)
{
	return task->waits_in;
}

void *sched_local(struct task *task)
{
	return task->local;
}

void sched_each(struct sched *sched,
		void (*fn)(void *ctx, struct task *task), void *ctx)
{
	struct task *task = sched->main.younger;

	for (; task != &sched->main; task = task->younger)
		fn(ctx, task);
}

struct sched *sched_create(u64 seed, const struct sched_hooks *hooks)
{
	struct sched *sched = calloc(1, sizeof(*sched));

	if (!sched)
		return NULL;
	sched->seed = seed;
	sched->random = seed;
	if (hooks)
		sched->hooks = *hooks;
	sched->main.sched = sched;
	sched->main.name = "main";
	sched->main.older = &sched->main;
	sched->main.younger = &sched->main;
	sched->current = &sched->main;
	return sched;
}

static void free_task(struct task *task)
{
	coro_destroy(task->coro);
	free(task);
}

static void free_timers(struct sched *sched)
{
	struct timer *timer;

	while (sched->timers)
		take_out(sched, sched->heap[sched->timers - 1]);
	while ((timer = sched->unused)) {
		sched->unused = timer->next;
		free(timer);
	}
	free(sched->heap);
}

void sched_destroy(struct sched *sched)
{
	struct task *task;

	if (!sched)
		return;
	while (sched->main.younger != &sched->main)
		end_task(sched->main.younger);
	while ((task = sched->idle)) {
		sched->idle = task->next;
		free_task(task);
	}
	free_timers(sched);
	free(sched);
}
