/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the small macros every driver uses. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <linux/bits.h>
#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof(((type *)0)->member))
#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))
#ifndef static_assert
#define static_assert(condition, ...) \
	_Static_assert(condition, #condition)
#endif

#define min_t(type, a, b) \
	({ type _a = (a), _b = (b); _a < _b ? _a : _b; })
#define max_t(type, a, b) \
	({ type _a = (a), _b = (b); _a > _b ? _a : _b; })
#define min(a, b)	min_t(__typeof__(a), a, b)
#define max(a, b)	max_t(__typeof__(a), a, b)
#define swap(a, b) \
	({ __typeof__(a) _t = (a); (a) = (b); (b) = _t; })

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define round_down(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)

/* The smallest power of two that is at least @n, for n > 0. */
static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n == 1 ? 1 : 2UL << (BITS_PER_BYTE * sizeof(long) - 1 -
				    __builtin_clzl(n - 1));
}

#endif /* SHIM_LINUX_KERNEL_H */
