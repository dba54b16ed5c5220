/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: what must not happen. */
#ifndef SHIM_LINUX_BUG_H
#define SHIM_LINUX_BUG_H

#include <linux/compiler.h>

/* A self-check failed in function @where. Ends the run, never returns. */
void host_violation(const char *where, const char *format, ...)
	__printf(2, 3) __attribute__((noreturn));

#define WARN_ONCE(condition, ...) \
	({ int _c = !!(condition); \
	   if (_c) \
		host_violation(__func__, __VA_ARGS__); \
	   _c; })
#define WARN_ON_ONCE(condition)	WARN_ONCE(condition, "%s", #condition)

#endif /* SHIM_LINUX_BUG_H */
