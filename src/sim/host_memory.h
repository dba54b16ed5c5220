/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * Simulated absolute storage, and the guest's memory as the VMM sees it.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <linux/types.h>

struct host;

/**
 * Give the VMM memory for its guest; once per host. Its frames lie scattered
 * in absolute storage, all at or above 4 GiB.
 *
 * @param size  bytes, a multiple of 4096
 * @return 0; -EINVAL: bad size; -EEXIST: done already; -ENOMEM
 */
int host_guest_memory(struct host *host, u64 size);
/** Guest bytes [guest, guest + len), in one piece; NULL: outside memory. */
void *host_guest_pointer(struct host *host, u64 guest, size_t len);

/**
 * The channel reads or writes storage; machine_env.storage leads here.
 *
 * @param absolute  never wraps
 * @param key  the access key, 0-15
 * @return 0; -EFAULT: there is no storage at one of the addresses; -EACCES:
 *         the key does not permit it; nothing was then read or written
 */
int host_storage(struct host *host, u64 absolute, void *buf, u32 len, u8 key,
		 bool write);
/**
 * Lock a page of the guest's with a storage key: PAGE_KEY of the access key
 * that opens it, and PAGE_FETCH_PROTECTED if others may not even read.
 */
void host_set_key(struct host *host, u64 guest, u8 key);

#endif /* HOST_MEMORY_H */
