/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the simulator does not speculate. */
void host_nospec(void);		/* counts itself */
unsigned int host_nospec_seen(void);
#define array_index_nospec(index, size)	\
	(host_nospec(), (index) < (size) ? (index) : 0)
