/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * Faults on demand: make the n-th allocation, pin, copy or read fail.
 */
#ifndef HOST_FAULT_H
#define HOST_FAULT_H

#include <linux/types.h>

struct host;

/** What can be made to fail. */
enum host_fault {
	HOST_FAULT_ALLOC,	/**< kmalloc() and its kin give NULL */
	HOST_FAULT_PIN,		/**< vfio_pin_pages() gives -ENOMEM */
	HOST_FAULT_COPY,	/**< copy_from_user(), copy_to_user() copy nothing */
	HOST_FAULT_GUEST,	/**< vfio_dma_rw() gives -EFAULT */
	HOST_FAULTS		/**< how many kinds there are */
};

/** Make the @p nth call of this kind from now on fail; 0: none. */
void host_fault_arm(struct host *host, enum host_fault kind, u64 nth);
/** How many calls of this kind were made since host_fault_arm(). */
u64 host_fault_count(const struct host *host, enum host_fault kind);
/** Has the armed call been reached, and failed? */
bool host_fault_hit(const struct host *host, enum host_fault kind);

#endif /* HOST_FAULT_H */
