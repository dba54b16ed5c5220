/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the system's types, and the short names the kernel adds. */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/compiler.h>

#define loff_t	__kernel_loff_t	/* which not every C library declares */

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

typedef u64 dma_addr_t;		/* as the device sees it */
typedef u64 phys_addr_t;	/* absolute: as storage counts it */
typedef unsigned int gfp_t;	/* how to allocate: GFP_KERNEL and others */

struct list_head {
	struct list_head *next, *prev;
};

#endif /* SHIM_LINUX_TYPES_H */
