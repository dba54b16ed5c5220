/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the simulator does not speculate. */
extern _Thread_local unsigned int host_nospec_seen;
#define array_index_nospec(index, size)	\
	(host_nospec_seen++, (index) < (size) ? (index) : 0)
