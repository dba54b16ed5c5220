/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: events to wait for. */
#ifndef SHIM_LINUX_COMPLETION_H
#define SHIM_LINUX_COMPLETION_H

#include <linux/types.h>

#include "../../sched.h"

struct completion {
	unsigned int done;	/* how many may pass; UINT_MAX: everybody */
	struct waitq waiters;
};

void init_completion(struct completion *completion);
void reinit_completion(struct completion *completion);
void complete(struct completion *completion);
void complete_all(struct completion *completion);
bool completion_done(const struct completion *completion);
unsigned long host_wait_for_completion(struct completion *completion,
				       unsigned long timeout,
				       const char *where);

#define wait_for_completion_timeout(completion, timeout) \
	host_wait_for_completion(completion, timeout, __func__)
#define wait_for_completion(completion) \
	((void)host_wait_for_completion(completion, ~0UL, __func__))

#endif /* SHIM_LINUX_COMPLETION_H */
