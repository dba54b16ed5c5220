/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings of guest memory, and pins in them.
 */
#ifndef HOST_IOMMU_H
#define HOST_IOMMU_H

#include <linux/types.h>

struct host_iommu;
struct vfio_device;

/** NULL: no memory */
struct host_iommu *host_iommu_create(void);
/** Unmap everything; what is still pinned is a violation. */
void host_iommu_destroy(struct host_iommu *iommu);
int host_iommu_map(struct host_iommu *iommu, u64 iova, u64 guest, u64 size,
		   u32 prot);
s64 host_iommu_unmap(struct host_iommu *iommu, struct vfio_device *vdev,
		     u64 iova, u64 size);
/** The mappings of the file through which the device is open; NULL: none */
struct host_iommu *host_vfio_iommu(struct vfio_device *vdev);

#endif /* HOST_IOMMU_H */
