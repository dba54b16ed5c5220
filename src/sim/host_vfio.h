/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * System calls on mediated devices and VFIO device files.
 */
#ifndef HOST_VFIO_H
#define HOST_VFIO_H

#include <linux/types.h>

struct host;
struct host_file;

/** Write to the mdev type's create file. @return 0; -ENODEV: no driver bound,
 *  or going; -EUSERS: there is one already; -ENOMEM; or what probe returns */
int host_mdev_create(struct host *host, u32 sid);
/** Write to the mediated device's remove file. @return 0; -ENODEV: none */
int host_mdev_remove(struct host *host, u32 sid);

/**
 * Open container, group and device in one step.
 *
 * @return 0; -ENODEV: no mediated device; -EBUSY: open already; -ENOMEM; or
 *         what the driver's open_device returns
 */
int host_vfio_open(struct host *host, u32 sid, struct host_file **file);
/** Close all three, also unmapping what is mapped; frees @p file. */
void host_vfio_close(struct host_file *file);

/** @param arg  the structure or number of the command
 *  @param size  bytes at @p arg; 0: it is no pointer */
long host_vfio_ioctl(struct host_file *file, unsigned int cmd, void *arg,
		     size_t size);
ssize_t host_vfio_pread(struct host_file *file, void *buf, size_t count,
			u64 pos);
ssize_t host_vfio_pwrite(struct host_file *file, const void *buf,
			 size_t count, u64 pos);

/**
 * VFIO_IOMMU_MAP_DMA: let the device reach guest memory.
 *
 * @param iova   the address as the device uses it
 * @param guest  where the bytes lie in host_guest_memory()
 * @param size   bytes; all three are multiples of 4096
 * @param prot   VFIO_DMA_MAP_FLAG_READ, VFIO_DMA_MAP_FLAG_WRITE or both
 * @return 0; -EINVAL; -EEXIST: overlaps a mapping; -EFAULT: no such memory
 */
int host_vfio_map(struct host_file *file, u64 iova, u64 guest, u64 size,
		  u32 prot);
/** VFIO_IOMMU_UNMAP_DMA of all mappings inside the range. @return bytes
 *  unmapped; -EINVAL: a mapping lies only partly inside */
s64 host_vfio_unmap(struct host_file *file, u64 iova, u64 size);

/** How many pages drivers have pinned; a page that is pinned twice counts so. */
u64 host_pages_pinned(const struct host *host);

#endif /* HOST_VFIO_H */
