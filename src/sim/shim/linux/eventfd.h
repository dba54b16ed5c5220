/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: event counters, as the driver sees them. */
#ifndef SHIM_LINUX_EVENTFD_H
#define SHIM_LINUX_EVENTFD_H

#include <linux/err.h>
#include <linux/types.h>

struct eventfd_ctx;

struct eventfd_ctx *eventfd_ctx_fdget(int fd);
void eventfd_ctx_put(struct eventfd_ctx *ctx);
u64 eventfd_signal(struct eventfd_ctx *ctx, u64 n);

#endif /* SHIM_LINUX_EVENTFD_H */
