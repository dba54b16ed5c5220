/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks, and the checks on their use.
 */
#include <string.h>

#include <host/lock.h>

#include "host_private.h"

void host_hold(struct host_lock *lock)
{
	struct host_task *task = host_task();

	lock->outer = task->held;
	task->held = lock;
	task->spinning += lock->spin;
}

void host_let_go(struct host_lock *lock)
{
	struct host_task *task = host_task();
	struct host_lock **link = &task->held;

	while (*link != lock)
		link = &(*link)->outer;
	*link = lock->outer;
	task->spinning -= lock->spin;
}

static unsigned int class_of(const char *name)
{
	struct host *host = host_current;
	unsigned int i;

	for (i = 0; i < host->classes; i++)
		if (!strcmp(host->class[i], name))
			return i;
	if (i == HOST_CLASSES)
		host_violation("host_lock_init",
			       "more than %d classes of locks", i);
	host->class[host->classes++] = name;
	return i;
}

static bool leads_to(const struct host *host, unsigned int from,
		     unsigned int to)
{
	u64 reached = BIT_ULL(from), before = 0;
	unsigned int i;

	while (reached != before) {
		before = reached;
		for (i = 0; i < host->classes; i++)
			if (reached & BIT_ULL(i))
				reached |= host->after[i];
	}
	return reached & BIT_ULL(to);
}

void host_order_check(const struct host_lock *lock, const char *where)
{
	struct host *host = host_current;
	const struct host_lock *held;
	u64 *after;

	for (held = host_task()->held; held; held = held->outer) {
		after = &host->after[held->class];
		if (held->class == lock->class || *after & BIT_ULL(lock->class))
			continue;
		if (leads_to(host, lock->class, held->class))
			host_violation(where, "%s is taken while holding %s; "
				       "elsewhere it is the other way round",
				       lock->name, held->name);
		*after |= BIT_ULL(lock->class);
	}
}

static void check_irqs(struct host_lock *lock, const char *where)
{
	const struct host_task *task = host_task();

	lock->seen_in_irq |= task->in_irq;
	lock->seen_irqs_on |= !task->irqs_off;
	if (lock->seen_in_irq && lock->seen_irqs_on)
		host_violation(where, "%s is taken in interrupts, but also held "
			       "with interrupts enabled", lock->name);
}

static void take(struct host_lock *lock, const char *where)
{
	struct host *host = host_current;
	struct task *me = sched_current(host->sched);

	if (!lock->name)
		host_violation(where, "a lock is used before it is initialised");
	if (lock->owner == me)
		host_violation(where, "%s is taken by its own holder",
			       lock->name);
	host_order_check(lock, where);
	host_point(where);
	host_task()->wanted = lock;
	while (lock->owner)
		host_wait(&lock->waiters, SCHED_FOREVER, lock->name, where);
	host_task()->wanted = NULL;
	lock->owner = me;
	host_hold(lock);
}

const struct host_lock *host_lock_wanted(struct task *task)
{
	const struct host_task *known = sched_local(task);

	return known->wanted;
}

static void give_back(struct host_lock *lock, const char *where)
{
	struct host *host = host_current;

	if (lock->owner != sched_current(host->sched))
		host_violation(where, "%s is released by one who does not hold it",
			       lock->name ? lock->name : "a lock");
	host_let_go(lock);
	lock->owner = NULL;
	sched_wake_one(&lock->waiters);
}

void host_mutex_lock(struct host_lock *lock, const char *where)
{
	host_might_sleep("mutex_lock()", where);
	take(lock, where);
}

bool host_mutex_trylock(struct host_lock *lock, const char *where)
{
	if (host_task()->in_irq)
		host_violation(where, "a mutex is taken in an interrupt");
	if (lock->owner)
		return false;
	take(lock, where);
	return true;
}

void host_mutex_unlock(struct host_lock *lock, const char *where)
{
	if (host_task()->in_irq)
		host_violation(where, "a mutex is released in an interrupt");
	give_back(lock, where);
	host_point(where);
}

void host_lock_init(struct host_lock *lock, const char *name, bool spin)
{
	memset(lock, 0, sizeof(*lock));
	lock->name = name;
	lock->class = class_of(name);
	lock->spin = spin;
}

void host_lock_destroy(struct host_lock *lock, const char *where)
{
	if (lock->owner || lock->waiters.first)
		host_violation(where, "%s is destroyed in use", lock->name);
	lock->name = NULL;
}

bool host_lock_held(const struct host_lock *lock)
{
	return lock->owner == sched_current(host_current->sched);
}

void host_assert_held(const struct host_lock *lock, const char *where)
{
	if (!host_lock_held(lock))
		host_violation(where, "%s is not held, but should be",
			       lock->name ? lock->name : "a lock");
}

void host_spin_lock(struct host_lock *lock, const char *where)
{
	take(lock, where);
	check_irqs(lock, where);
}

void host_spin_unlock(struct host_lock *lock, const char *where)
{
	give_back(lock, where);
	host_point(where);
}

bool host_irqs_disable(void)
{
	struct host_task *task = host_task();
	bool were_off = task->irqs_off;

	task->irqs_off = true;
	return were_off;
}

void host_irqs_enable(const char *where)
{
	struct host_task *task = host_task();
	struct host_lock *lock;

	if (task->in_irq)
		host_violation(where, "interrupts are enabled in an interrupt");
	task->irqs_off = false;
	for (lock = task->held; lock; lock = lock->outer)
		if (lock->spin)
			check_irqs(lock, where);
}

void host_irqs_restore(bool were_off, const char *where)
{
	if (!were_off)
		host_irqs_enable(where);
}

static void report_held(void *ctx, struct task *task)
{
	const struct host_task *known = sched_local(task);

	if (known->held)
		host_left(ctx, "task %s holds %s", sched_task_name(task),
			  known->held->name);
}

void host_locks_left(struct host *host, struct host_left *left)
{
	sched_each(host->sched, report_held, left);
}
