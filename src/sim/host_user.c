/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies from and to the memory of the system call's caller.
 */
#include <string.h>

#include <linux/uaccess.h>

#include "host_private.h"

static bool is_callers(const struct host_task *task, const char *user,
		       unsigned long size)
{
	return user >= task->user && size <= task->user_size &&
	       user - task->user <= (long)(task->user_size - size);
}

unsigned long host_copy(void *to, const void *from, unsigned long size,
			const void *user, const char *where)
{
	const struct host_task *task = host_task();

	host_might_sleep("a user copy", where);
	if (!task->in_syscall)
		host_violation(where, "a user copy without a system call");
	host_point(where);
	if (host_fault(HOST_FAULT_COPY) || !is_callers(task, user, size))
		return size;
	memcpy(to, from, size);
	return 0;
}
