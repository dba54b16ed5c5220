/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file stress.h
 * Drive a subchannel with many threads that mean no good.
 */
#ifndef STRESS_H
#define STRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "vfio_port.h"

#define STRESS_THREADS	64	/* at most */

/** How long, how many, what. */
struct stress_options {
	u64 seed;		/**< of all choices */
	u64 seconds;		/**< how long; 0: until the calls are made */
	u64 calls;		/**< how many calls; 0: until the time is over */
	u64 threads;		/**< 2 and more: one of them reads results */
	unsigned long groups;	/**< set of BIT(enum stress_group) */
	unsigned long except;	/**< those of them that are left out */
	bool faults;		/**< the kernel is made to fail allocations */
	FILE *progress;		/**< a line each second, or NULL */
	const volatile sig_atomic_t *stop;	/**< to end early */
};

/** The group of calls that has this name, from 0 on; -1: none has. */
int stress_group(const char *name);

/**
 * Live many lives with a subchannel that is bound to nobody, and say how it went
 * on @a out. Afterwards it is bound to nobody again.
 * @return whether all was as it should be
 */
bool stress(struct vfio_port *vp, const struct stress_options *options,
	    FILE *out);

#endif /* STRESS_H */
