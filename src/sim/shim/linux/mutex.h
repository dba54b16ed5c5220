/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: locks whose holder may sleep. */
#ifndef SHIM_LINUX_MUTEX_H
#define SHIM_LINUX_MUTEX_H

#include <host/lock.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

struct mutex {
	struct host_lock lock;
};

#define mutex_init(m)	host_lock_init(&(m)->lock, HOST_LOCK_NAME(m), false)
#define mutex_destroy(m) host_lock_destroy(&(m)->lock, __func__)
#define mutex_lock(m)	host_mutex_lock(&(m)->lock, __func__)
#define mutex_trylock(m) host_mutex_trylock(&(m)->lock, __func__)
#define mutex_unlock(m)	host_mutex_unlock(&(m)->lock, __func__)
#define mutex_is_locked(m) ((m)->lock.owner != NULL)

#endif /* SHIM_LINUX_MUTEX_H */
