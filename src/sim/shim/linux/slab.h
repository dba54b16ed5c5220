/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: allocation that can fail and is counted. */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define GFP_KERNEL		BIT(0)	/* may sleep */
#define GFP_ATOMIC		0	/* may not */
#define GFP_KERNEL_ACCOUNT	GFP_KERNEL
#define GFP_DMA			BIT(1)	/* below 2 GiB */
#define __GFP_ZERO		BIT(2)
#define __GFP_NOWARN		0
#define HOST_SCATTERED		BIT(3)	/* need not be one piece of storage */

void *host_alloc(size_t number, size_t size, gfp_t flags, const char *where);
void host_free(const void *memory, const char *where);
void host_kvfree(const void *memory, const char *where);

#define kmalloc(size, flags)	host_alloc(1, size, flags, __func__)
#define kzalloc(size, flags)	host_alloc(1, size, (flags) | __GFP_ZERO, __func__)
#define kcalloc(n, size, flags)	host_alloc(n, size, (flags) | __GFP_ZERO, __func__)
#define kfree(memory)		host_free(memory, __func__)

#define kvcalloc(n, size, flags)	\
	host_alloc(n, size, (flags) | __GFP_ZERO | HOST_SCATTERED, __func__)
#define kvfree(memory)		host_kvfree(memory, __func__)

#endif /* SHIM_LINUX_SLAB_H */
