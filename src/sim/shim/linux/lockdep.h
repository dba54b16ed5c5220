/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: say which lock must be held. */
#ifndef SHIM_LINUX_LOCKDEP_H
#define SHIM_LINUX_LOCKDEP_H

#include <host/lock.h>

void host_might_sleep(const char *what, const char *where);

#define lockdep_assert_held(l)	host_assert_held(&(l)->lock, __func__)
#define lockdep_is_held(l)	host_lock_held(&(l)->lock)
#define might_sleep()		host_might_sleep("this function", __func__)

#endif /* SHIM_LINUX_LOCKDEP_H */
