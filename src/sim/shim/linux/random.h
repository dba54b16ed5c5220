/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: numbers that look like random ones. */
#include <linux/types.h>

static inline u64 get_random_u64(void)
{
	static u64 state = 0x61c8864680b583ebULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}
