/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: single bits and runs of bits, counted from the right. */
#ifndef SHIM_LINUX_BITS_H
#define SHIM_LINUX_BITS_H

#define BITS_PER_BYTE	8
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	((((1UL << ((h) - (l))) << 1) - 1) << (l))
#define GENMASK_ULL(h, l) ((((1ULL << ((h) - (l))) << 1) - 1) << (l))

#endif /* SHIM_LINUX_BITS_H */
