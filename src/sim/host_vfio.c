/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFIO: devices, and the files through which programs use them.
 */
#include <errno.h>
#include <stdlib.h>

#include <linux/jiffies.h>
#include <linux/vfio.h>

#include "host_cio.h"
#include "host_css.h"
#include "host_iommu.h"
#include "host_private.h"
#include "host_vfio.h"

struct host_file {
	struct host *host;
	struct vfio_device *vdev;
	struct host_iommu *iommu;	/* what the device may reach */
	unsigned int users;		/* 1 while open, and system calls */
};

static void release_vdev(struct device *dev)
{
	struct vfio_device *vdev = container_of(dev, struct vfio_device, device);

	vdev->ops->release(vdev);
}

struct vfio_device *host_vfio_alloc(size_t size, struct device *dev,
				    const struct vfio_device_ops *ops,
				    const char *where)
{
	struct vfio_device *vdev;
	int ret = 0;

	vdev = host_alloc(1, size, GFP_KERNEL | __GFP_ZERO, where);
	if (!vdev)
		return ERR_PTR(-ENOMEM);
	vdev->dev = dev;
	vdev->ops = ops;
	vdev->device.users = 1;
	vdev->device.release = release_vdev;
	mutex_init(&vdev->lock);
	init_completion(&vdev->gone);
	if (ops->init)
		ret = ops->init(vdev);
	if (!ret)
		return vdev;
	kfree(vdev);
	return ERR_PTR(ret);
}

void vfio_free_device(struct vfio_device *vdev)
{
	if (vdev->users || vdev->open_count)
		host_violation(__func__, "a device is freed in use");
	kfree(vdev);
}

int vfio_register_emulated_iommu_dev(struct vfio_device *vdev)
{
	if (host_fault(HOST_FAULT_ALLOC))
		return -ENOMEM;
	vdev->users = 1;
	vdev->next = host_current->vdevs;
	host_current->vdevs = vdev;
	return 0;
}

static void put_user_of(struct vfio_device *vdev)
{
	if (!--vdev->users)
		complete(&vdev->gone);
}

#define QUESTIONS	360	/* one every ten seconds */

void vfio_unregister_group_dev(struct vfio_device *vdev)
{
	struct vfio_device **link = &host_current->vdevs;
	unsigned int count = 0;

	host_might_sleep("vfio_unregister_group_dev()", __func__);
	put_user_of(vdev);
	while (vdev->users) {
		if (count == QUESTIONS)
			host_violation(__func__, "waits for ever: the device "
				       "is open, and nobody closes it");
		if (vdev->ops->request)
			vdev->ops->request(vdev, count);
		count++;
		wait_for_completion_timeout(&vdev->gone, 10 * HZ);
	}
	while (*link != vdev)
		link = &(*link)->next;
	*link = vdev->next;
}

static void free_file(struct host_file *file)
{
	struct vfio_device *vdev = file->vdev;

	host_iommu_destroy(file->iommu);
	vdev->file = NULL;
	put_user_of(vdev);
	kfree(file);
}

static struct vfio_device *find_vdev(struct host *host, u32 sid)
{
	struct subchannel *sch = host_subchannel(host, sid);
	struct vfio_device *vdev = host->vdevs;

	while (vdev && (!sch || vdev->dev->parent != &sch->dev))
		vdev = vdev->next;
	return vdev && vdev->users ? vdev : NULL;
}

static int open_file(struct host_file *file)
{
	struct vfio_device *vdev = file->vdev;
	int ret;

	mutex_lock(&vdev->lock);
	vdev->open_count++;
	vdev->file = file;
	ret = vdev->ops->open_device ? vdev->ops->open_device(vdev) : 0;
	if (ret) {
		vdev->open_count--;
		vdev->file = NULL;
	}
	mutex_unlock(&vdev->lock);
	return ret;
}

static struct host_file *new_file(struct host *host, struct vfio_device *vdev)
{
	struct host_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file->iommu = host_iommu_create();
	if (!file->iommu) {
		kfree(file);
		return NULL;
	}
	file->host = host;
	file->vdev = vdev;
	file->users = 1;
	vdev->users++;
	vdev->file = file;
	return file;
}

static int do_open(struct host *host, u32 sid, struct host_file **file)
{
	struct vfio_device *vdev = find_vdev(host, sid);
	int ret;

	if (!vdev)
		return -ENODEV;
	if (vdev->file)
		return -EBUSY;
	*file = new_file(host, vdev);
	if (!*file)
		return -ENOMEM;
	ret = open_file(*file);
	if (ret)
		free_file(*file);
	return ret;
}

int host_vfio_open(struct host *host, u32 sid, struct host_file **file)
{
	int ret;

	host_syscall_enter(host, NULL, 0);
	ret = do_open(host, sid, file);
	host_syscall_leave(__func__);
	return ret;
}

static void put_file(struct host_file *file)
{
	struct vfio_device *vdev = file->vdev;

	if (--file->users)
		return;
	mutex_lock(&vdev->lock);
	if (vdev->ops->close_device)
		vdev->ops->close_device(vdev);
	vdev->open_count--;
	mutex_unlock(&vdev->lock);
	free_file(file);
}

void host_vfio_close(struct host_file *file)
{
	host_syscall_enter(file->host, NULL, 0);
	put_file(file);
	host_syscall_leave(__func__);
}

static void enter_file(struct host_file *file, const void *buf, size_t size)
{
	host_syscall_enter(file->host, buf, buf ? size : 0);
	file->users++;
}

static void leave_file(struct host_file *file, const char *where)
{
	put_file(file);
	host_syscall_leave(where);
}

long host_vfio_ioctl(struct host_file *file, unsigned int cmd, void *arg,
		     size_t size)
{
	struct vfio_device *vdev = file->vdev;
	long ret = -ENOTTY;

	enter_file(file, arg, size);
	if (vdev->ops->ioctl)
		ret = vdev->ops->ioctl(vdev, cmd, (uintptr_t)arg);
	leave_file(file, __func__);
	return ret;
}

ssize_t host_vfio_pread(struct host_file *file, void *buf, size_t count,
			u64 pos)
{
	struct vfio_device *vdev = file->vdev;
	ssize_t ret = -EINVAL;
	loff_t at = pos;

	enter_file(file, buf, count);
	if (vdev->ops->read)
		ret = vdev->ops->read(vdev, buf, count, &at);
	leave_file(file, __func__);
	return ret;
}

ssize_t host_vfio_pwrite(struct host_file *file, const void *buf,
			 size_t count, u64 pos)
{
	struct vfio_device *vdev = file->vdev;
	ssize_t ret = -EINVAL;
	loff_t at = pos;

	enter_file(file, buf, count);
	if (vdev->ops->write)
		ret = vdev->ops->write(vdev, buf, count, &at);
	leave_file(file, __func__);
	return ret;
}

int host_vfio_map(struct host_file *file, u64 iova, u64 guest, u64 size,
		  u32 prot)
{
	int ret;

	enter_file(file, NULL, 0);
	ret = host_iommu_map(file->iommu, iova, guest, size, prot);
	leave_file(file, __func__);
	return ret;
}

s64 host_vfio_unmap(struct host_file *file, u64 iova, u64 size)
{
	s64 ret;

	enter_file(file, NULL, 0);
	ret = host_iommu_unmap(file->iommu, file->vdev, iova, size);
	leave_file(file, __func__);
	return ret;
}

struct host_iommu *host_vfio_iommu(struct vfio_device *vdev)
{
	return vdev->open_count ? vdev->file->iommu : NULL;
}

int vfio_set_irqs_validate_and_prepare(struct vfio_irq_set *set, int num_irqs,
				       int max_irq_type, size_t *data_size)
{
	const size_t header = offsetofend(struct vfio_irq_set, count);
	size_t each;

	*data_size = 0;
	if (set->argsz < header || set->index >= (u32)max_irq_type ||
	    set->count >= UINT32_MAX - set->start ||
	    set->start >= (u32)num_irqs ||
	    set->start + set->count > (u32)num_irqs ||
	    set->flags & ~(VFIO_IRQ_SET_DATA_TYPE_MASK |
			   VFIO_IRQ_SET_ACTION_TYPE_MASK))
		return -EINVAL;
	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		each = 0;
		break;
	case VFIO_IRQ_SET_DATA_BOOL:
		each = sizeof(u8);
		break;
	case VFIO_IRQ_SET_DATA_EVENTFD:
		each = sizeof(s32);
		break;
	default:
		return -EINVAL;
	}
	if (set->argsz - header < set->count * each)
		return -EINVAL;
	*data_size = set->count * each;
	return 0;
}
