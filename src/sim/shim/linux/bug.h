/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: what must not happen. */
#ifndef SHIM_LINUX_BUG_H
#define SHIM_LINUX_BUG_H

#include <linux/compiler.h>

void host_warn(const char *where, const char *format, ...) __printf(2, 3);

#define WARN(condition, ...) \
	({ int _c = !!(condition); if (_c) host_warn(__func__, __VA_ARGS__); _c; })
#define WARN_ONCE(condition, ...) WARN(condition, __VA_ARGS__)
#define WARN_ON(condition)	WARN(condition, "%s", #condition)
#define WARN_ON_ONCE(condition)	WARN(condition, "%s", #condition)

#endif /* SHIM_LINUX_BUG_H */
