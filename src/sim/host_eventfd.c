/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event counters, from both sides.
 */
#include <errno.h>

#include <linux/eventfd.h>

#include "host_eventfd.h"
#include "host_private.h"

struct eventfd_ctx {
	u64 count;
	u64 last;		/* number of the last signal */
	int fd;			/* -1: the VMM has closed it */
	unsigned int drivers;	/* references the driver holds */
	unsigned int reading;	/* calls that wait for a signal */
	struct waitq readers;
	struct eventfd_ctx *next;
};

#define FIRST_FD	3

static struct eventfd_ctx *find(struct host *host, int fd)
{
	struct eventfd_ctx *ctx = host->eventfds;

	while (ctx && ctx->fd != fd)
		ctx = ctx->next;
	return ctx;
}

static void drop(struct eventfd_ctx *ctx)
{
	struct eventfd_ctx **link = &host_current->eventfds;

	if (ctx->drivers || ctx->reading || ctx->fd >= 0)
		return;
	while (*link != ctx)
		link = &(*link)->next;
	*link = ctx->next;
	kfree(ctx);
}

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	struct eventfd_ctx *ctx;

	host_might_sleep("eventfd_ctx_fdget()", __func__);
	if (fd >= 0 && fd < FIRST_FD)
		return ERR_PTR(-EINVAL);
	ctx = fd < 0 ? NULL : find(host_current, fd);
	if (!ctx)
		return ERR_PTR(-EBADF);
	ctx->drivers++;
	return ctx;
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	if (!ctx->drivers)
		host_violation(__func__, "an eventfd is put once too often");
	ctx->drivers--;
	drop(ctx);
}

u64 eventfd_signal(struct eventfd_ctx *ctx, u64 n)
{
	ctx->count += n;
	ctx->last = ++host_current->signals;
	sched_wake_all(&ctx->readers);
	host_point(__func__);
	return n;
}

int host_eventfd_create(struct host *host)
{
	struct eventfd_ctx *ctx;

	host_enter(host);
	ctx = host_alloc_permanent(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	ctx->fd = FIRST_FD + host->next_fd++;
	ctx->last = ++host->signals;
	ctx->next = host->eventfds;
	host->eventfds = ctx;
	return ctx->fd;
}

int host_eventfd_close(struct host *host, int fd)
{
	struct eventfd_ctx *ctx;

	host_enter(host);
	ctx = fd < 0 ? NULL : find(host, fd);
	if (!ctx)
		return -EBADF;
	ctx->fd = -1;
	drop(ctx);
	return 0;
}

s64 host_eventfd_read(struct host *host, int fd, u64 timeout_ns)
{
	struct eventfd_ctx *ctx;
	s64 count;

	host_enter(host);
	ctx = fd < 0 ? NULL : find(host, fd);
	if (!ctx)
		return -EBADF;
	ctx->reading++;
	if (!ctx->count && timeout_ns)
		host_wait(&ctx->readers, timeout_ns, "an eventfd", __func__);
	ctx->reading--;
	count = ctx->count;
	ctx->count = 0;
	drop(ctx);
	return count;
}

u64 host_eventfd_signals(const struct host *host)
{
	return host->signals;
}

u64 host_eventfd_last(const struct eventfd_ctx *ctx)
{
	return ctx->last;
}

void host_eventfd_left(struct host *host, struct host_left *left)
{
	const struct eventfd_ctx *ctx;

	for (ctx = host->eventfds; ctx; ctx = ctx->next)
		if (ctx->drivers)
			host_left(left, "the driver holds eventfd %d", ctx->fd);
}
