/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: give way to others. */
#ifndef SHIM_LINUX_SCHED_H
#define SHIM_LINUX_SCHED_H

#include_next <linux/sched.h>

void host_cond_resched(const char *where);
#define cond_resched()	host_cond_resched(__func__)

#endif /* SHIM_LINUX_SCHED_H */
