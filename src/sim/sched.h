/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * The deterministic scheduler: tasks, simulated time, waiting.
 *
 * One scheduler belongs to one simulation and to one thread. The code that
 * created it is a task as well, the main task: it may block like any other.
 */
#ifndef SCHED_H
#define SCHED_H

#include <linux/types.h>

struct coro;
struct sched;
struct task;
struct timer;

/** What a scheduler reports to the one who made it. */
struct sched_hooks {
	void *ctx;
	/** @p task is interrupted at the yield point @p where. */
	void (*preempted)(void *ctx, struct task *task, const char *where);
};

/** Tasks that wait for the same thing, in the order in which they came. */
struct waitq {
	struct task *first;
};

/**
 * Make a scheduler whose every choice follows from @p seed.
 *
 * @param seed   0: the plain order, without preemption; else the choice
 * @param hooks  copied; may be NULL
 * @return the scheduler, owned by the caller; NULL: no memory
 */
struct sched *sched_create(u64 seed, const struct sched_hooks *hooks);

/** Free the scheduler, its tasks wherever they stand, and its timers. */
void sched_destroy(struct sched *sched);

/**
 * Make a task; it first runs in a later step.
 *
 * @param name  for traces and reports; must outlive the task
 * @return the task, owned by the scheduler; NULL: no memory
 */
struct task *sched_spawn(struct sched *sched, const char *name,
			 void (*fn)(void *), void *arg);

/**
 * Let one task run until it yields, blocks or ends, or advance time to the
 * next timer and run it. Only the main task may call this.
 *
 * @return false: nothing left to do, or sched_stop() was called
 */
bool sched_step(struct sched *sched);

/** Perhaps let other tasks run; with seed 0 never. */
void sched_yield_point(struct sched *sched, const char *where);

/** End the run: no task continues, sched_step() returns false from now on.
 *  Does not return, except to the main task. */
void sched_stop(struct sched *sched);

/**
 * Let nobody run, and suspend @p stage, the coroutine in which the scheduler is
 * stepped. When it is resumed this function returns. Any context within it.
 */
void sched_pause(struct sched *sched, struct coro *stage);

/**
 * Wait until somebody wakes the queue. The reason for waiting may be gone
 * again by the time the task runs: test it in a loop.
 *
 * @param timeout_ns  simulated; SCHED_FOREVER: no limit
 * @return 0, -ETIMEDOUT, -ENOMEM, or, in the main task only, -EDEADLK:
 *         nothing is left that could wake it
 */
int sched_block(struct sched *sched, struct waitq *queue, u64 timeout_ns);
#define SCHED_FOREVER (~0ULL)

/** Make every task in the queue runnable. Any context. */
void sched_wake_all(struct waitq *queue);
/** Make the task that waits longest runnable, if any. Any context. */
void sched_wake_one(struct waitq *queue);

/** Nanoseconds since the scheduler was made. */
u64 sched_now(const struct sched *sched);

/**
 * Call @p fn(@p arg) after @p ns nanoseconds, on the scheduler's own stack:
 * it must not block.
 *
 * @return valid until the call is made or cancelled; NULL: no memory
 */
struct timer *sched_after(struct sched *sched, u64 ns,
			  void (*fn)(void *), void *arg);
/** Take back an appointment whose time has not come. */
void sched_cancel(struct sched *sched, struct timer *timer);

/** The task that runs now; never NULL. */
struct task *sched_current(const struct sched *sched);
bool sched_is_main(const struct task *task);
const char *sched_task_name(const struct task *task);
/** SCHED_LOCAL bytes for the layer above, zero in a new task. */
void *sched_local(struct task *task);
#define SCHED_LOCAL 128
/** The queue it waits in; NULL: it could run. */
const struct waitq *sched_waits_in(const struct task *task);
bool sched_stopped(const struct sched *sched);
/** A number below @p bound from the seed's sequence; 0 with seed 0. */
u64 sched_random(struct sched *sched, u64 bound);
/** Call @p fn for each living task but the main one, oldest first. */
void sched_each(struct sched *sched,
		void (*fn)(void *ctx, struct task *task), void *ctx);

#endif /* SCHED_H */
