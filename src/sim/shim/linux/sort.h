/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: sorting; how two entries are swapped is the library's affair. */
#include <stdlib.h>
#define sort(base, number, size, compare, swap)	\
	qsort(base, number, size, compare)
