/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mutexes and spinlocks have in common: a lock that checks its use.
 */
#ifndef SHIM_HOST_LOCK_H
#define SHIM_HOST_LOCK_H

#include <linux/types.h>

#include "../../sched.h"

struct host_lock {
	const char *name;		/* of its class; NULL: not initialised */
	unsigned int class;		/* its number in the host's book */
	struct task *owner;		/* NULL: free */
	struct waitq waiters;
	struct host_lock *outer;	/* the owner took this one before */
	bool spin;			/* a spinlock */
	bool seen_in_irq;		/* an interrupt has taken it */
	bool seen_irqs_on;		/* held with interrupts enabled */
};

/* All locks that are initialised at one place in the source are one class. */
#define HOST_LOCK_NAME(lock)	__FILE__ ": " #lock

void host_lock_init(struct host_lock *lock, const char *name, bool spin);
void host_lock_destroy(struct host_lock *lock, const char *where);
bool host_lock_held(const struct host_lock *lock);
/* The lock that a task waits for; NULL: it waits for none. */
const struct host_lock *host_lock_wanted(struct task *task);
void host_assert_held(const struct host_lock *lock, const char *where);
void host_mutex_lock(struct host_lock *lock, const char *where);
bool host_mutex_trylock(struct host_lock *lock, const char *where);
void host_mutex_unlock(struct host_lock *lock, const char *where);
void host_spin_lock(struct host_lock *lock, const char *where);
void host_spin_unlock(struct host_lock *lock, const char *where);
bool host_irqs_disable(void);
void host_irqs_enable(const char *where);
void host_irqs_restore(bool were_off, const char *where);

#endif /* SHIM_HOST_LOCK_H */
