/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the simulator does not speculate. */
#define array_index_nospec(index, size)	((index) < (size) ? (index) : 0)
