/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernels we build for differ; everything else assumes one kernel. */
#ifndef VFIO_CCW_COMPAT_H
#define VFIO_CCW_COMPAT_H

#include <linux/eventfd.h>
#include <linux/version.h>
#include <linux/vfio.h>

#include "cio.h"

static inline spinlock_t *vfio_ccw_sch_lock(struct subchannel *sch)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return &sch->lock;
#else
	return sch->lock;
#endif
}

static inline void vfio_ccw_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

static inline void vfio_ccw_free_device(struct vfio_device *vdev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	vfio_free_device(vdev);
#endif
}

/*
 * Members of struct vfio_device_ops that a driver with emulated DMA leaves to
 * VFIO: how its memory comes from an iommufd instead of a container.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define VFIO_CCW_IOMMUFD_OPS						\
	.bind_iommufd = vfio_iommufd_emulated_bind,			\
	.unbind_iommufd = vfio_iommufd_emulated_unbind,			\
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,		\
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
#else
#define VFIO_CCW_IOMMUFD_OPS
#endif

#endif /* VFIO_CCW_COMPAT_H */
