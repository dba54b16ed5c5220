/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: a tracepoint calls the simulator's trace. */
#ifndef SHIM_LINUX_TRACEPOINT_H
#define SHIM_LINUX_TRACEPOINT_H

#include <linux/types.h>

#define TP_PROTO(...)	__VA_ARGS__
#define TP_ARGS(...)	__VA_ARGS__
#define TRACE_EVENT(name, proto, args, ...)	\
	void sim_trace_##name(proto);		\
	static inline void trace_##name(proto)	\
	{					\
		sim_trace_##name(args);		\
	}					\
	_Static_assert(1, #name)

#endif /* SHIM_LINUX_TRACEPOINT_H */
