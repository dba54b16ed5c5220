/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: locks whose holder may not sleep. */
#ifndef SHIM_LINUX_SPINLOCK_H
#define SHIM_LINUX_SPINLOCK_H

#include <host/lock.h>
#include <linux/lockdep.h>

typedef struct spinlock {
	struct host_lock lock;
} spinlock_t;

#define spin_lock_init(l) host_lock_init(&(l)->lock, HOST_LOCK_NAME(l), true)
#define spin_lock(l)	host_spin_lock(&(l)->lock, __func__)
#define spin_unlock(l)	host_spin_unlock(&(l)->lock, __func__)
#define spin_lock_irq(l) \
	(host_irqs_disable(), spin_lock(l))
#define spin_unlock_irq(l) \
	(spin_unlock(l), host_irqs_enable(__func__))
#define spin_lock_irqsave(l, flags) \
	((flags) = host_irqs_disable(), spin_lock(l))
#define spin_unlock_irqrestore(l, flags) \
	(spin_unlock(l), host_irqs_restore(flags, __func__))

#endif /* SHIM_LINUX_SPINLOCK_H */
