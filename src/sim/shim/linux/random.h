/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: numbers that look like random ones. */
#include <linux/types.h>

u64 get_random_u64(void);
