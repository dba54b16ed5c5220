/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * Event counters, as the VMM sees them.
 */
#ifndef HOST_EVENTFD_H
#define HOST_EVENTFD_H

#include <linux/types.h>

struct eventfd_ctx;
struct host;

/** @return a file descriptor of this host; -ENOMEM */
int host_eventfd_create(struct host *host);
/** The VMM closes its end. The driver may still hold the other. */
int host_eventfd_close(struct host *host, int fd);
/**
 * Take the count, waiting for it to be more than 0. May sleep.
 *
 * @param timeout_ns  simulated; 0: do not wait; or SCHED_FOREVER
 * @return how many signals; 0: timed out; -EBADF
 */
s64 host_eventfd_read(struct host *host, int fd, u64 timeout_ns);
/** How many signals of any eventfd there were; to make one counts, too. */
u64 host_eventfd_signals(const struct host *host);
/** The number of the last of them that was for @p ctx. */
u64 host_eventfd_last(const struct eventfd_ctx *ctx);

#endif /* HOST_EVENTFD_H */
