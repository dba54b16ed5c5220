/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file stress_calls.h
 * All that a hostile client does, and what it may be answered.
 */
#ifndef STRESS_CALLS_H
#define STRESS_CALLS_H

#include <limits.h>
#include <stdbool.h>

#include "stress_ledger.h"
#include "vmm.h"

#define STRESS_OK		1
#define STRESS_NOT_MADE		INT_MIN

#define STRESS_PIECE	0x10000	/* guest memory is mapped in pieces of it, */
#define STRESS_PIECES	(PORT_GUEST_MEMORY / STRESS_PIECE)
#define STRESS_SPARE	5	/* and no program uses those from this on */
#define STRESS_LONG	0x40000	/* where a program begins that is too long */

/** What the workers of one life share. */
struct stress_life {
	struct ledger ledger;
	int results;			/**< eventfd of the results */
	atomic_bool unmapped[STRESS_PIECES];	/**< by somebody at work */
	atomic_bool over;	/**< no new calls */
	bool faults;		/**< the kernel is made to fail allocations */
	unsigned long groups;	/**< of calls that are made */
};

/** One thread's part. */
struct stress_worker {
	struct stress_life *life;
	struct port *port;	/**< with descriptors of its own */
	struct vmm vmm;
	u64 random;		/**< state of its generator */
	unsigned int first, slots;	/**< its range of slots */
	unsigned int next;	/**< how many it has used */
	/** Tell the user that something is not as it should be. */
	void (*wrong)(struct stress_worker *worker, const char *what);
};

/** What a call has to do with. Starts and results are always made. */
enum stress_group {
	STRESS_START, STRESS_ASYNC, STRESS_REGION, STRESS_IRQ, STRESS_RESET,
	STRESS_MEMORY, STRESS_PULL, STRESS_LIFE, STRESS_GROUPS
};

/** A call that a worker can make. */
struct stress_call {
	const char *name;
	enum stress_group group;
	unsigned char steady, rough;	/**< how often; 0: never there */
	/** @return what was answered: >= 0, -errno, or STRESS_NOT_MADE */
	int (*make)(struct stress_worker *worker);
	int may[4];		/**< allowed, up to a 0: STRESS_OK, -errno */
	int may_rough[4];	/**< allowed too, but only in a rough life */
	const char *why;	/**< the reason for those errnos */
};

/** The table. */
extern const struct stress_call stress_calls[];
extern const unsigned int stress_nr_calls;

/** The next random number below @a bound. */
u32 stress_random(struct stress_worker *worker, u32 bound);

/** Choose a call by chance. */
const struct stress_call *stress_choose(struct stress_worker *worker);

/** May the call be answered so in this life? */
bool stress_may(const struct stress_call *call, const struct stress_life *life,
		int answer);

/** Wait for a result, read it, enter it. @return 1, 0 or -errno */
int stress_read_result(struct stress_worker *worker, unsigned int timeout_ms);

#endif /* STRESS_CALLS_H */
