/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Completions and the kernel's clock.
 */
#include <limits.h>

#include <linux/completion.h>
#include <linux/jiffies.h>

#include "host_private.h"

#define NS_PER_JIFFY	(1000000000ULL / HZ)

unsigned long host_jiffies(void)
{
	return sched_now(host_current->sched) / NS_PER_JIFFY;
}

void init_completion(struct completion *completion)
{
	*completion = (struct completion){};
}

void reinit_completion(struct completion *completion)
{
	completion->done = 0;
}

void complete(struct completion *completion)
{
	if (completion->done != UINT_MAX)
		completion->done++;
	sched_wake_one(&completion->waiters);
	host_point(__func__);
}

void complete_all(struct completion *completion)
{
	completion->done = UINT_MAX;
	sched_wake_all(&completion->waiters);
	host_point(__func__);
}

bool completion_done(const struct completion *completion)
{
	return completion->done;
}

unsigned long host_wait_for_completion(struct completion *completion,
				       unsigned long timeout,
				       const char *where)
{
	struct sched *sched = host_current->sched;
	bool limited = timeout != ~0UL;
	u64 end = sched_now(sched) + timeout * NS_PER_JIFFY;
	u64 ns = SCHED_FOREVER;

	host_might_sleep("wait_for_completion()", where);
	host_point(where);
	while (!completion->done) {
		if (limited && sched_now(sched) >= end)
			return 0;
		if (limited)
			ns = end - sched_now(sched);
		host_wait(&completion->waiters, ns, "a completion", where);
	}
	if (completion->done != UINT_MAX)
		completion->done--;
	if (!limited || end <= sched_now(sched))
		return 1;
	return max_t(u64, (end - sched_now(sched)) / NS_PER_JIFFY, 1);
}
