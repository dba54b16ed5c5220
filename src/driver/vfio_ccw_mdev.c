// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mediated device and the VFIO device in it: what the kernel calls when a
 * user creates, opens, uses and removes one.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "vfio_ccw_private.h"

static struct vfio_ccw *vfio_ccw_of_vdev(struct vfio_device *vdev)
{
	return container_of(vdev, struct vfio_ccw_mdev, vdev)->ccw;
}

static long vfio_ccw_get_info(unsigned long arg)
{
	const size_t minsz = offsetofend(struct vfio_device_info, num_irqs);
	void __user *user = (void __user *)arg;
	struct vfio_device_info info;

	if (copy_from_user(&info, user, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	info.flags = VFIO_DEVICE_FLAGS_CCW | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = vfio_ccw_nr_regions();
	info.num_irqs = VFIO_CCW_NUM_IRQS;
	return copy_to_user(user, &info, minsz) ? -EFAULT : 0;
}

static long vfio_ccw_get_irq_info(unsigned long arg)
{
	const size_t minsz = offsetofend(struct vfio_irq_info, count);
	void __user *user = (void __user *)arg;
	struct vfio_irq_info info;

	if (copy_from_user(&info, user, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_CCW_NUM_IRQS)
		return -EINVAL;
	info.flags = VFIO_IRQ_INFO_EVENTFD;
	info.count = 1;
	return copy_to_user(user, &info, minsz) ? -EFAULT : 0;
}

static long vfio_ccw_arm(struct vfio_ccw *ccw, u32 index, int fd)
{
	struct eventfd_ctx *ctx = NULL;

	if (fd < -1)
		return -EINVAL;
	if (fd >= 0)
		ctx = eventfd_ctx_fdget(fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	swap(ccw->trigger[index], ctx);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	if (ctx)
		eventfd_ctx_put(ctx);
	return 0;
}

static long vfio_ccw_trigger(struct vfio_ccw *ccw,
			     const struct vfio_irq_set *set, void __user *data)
{
	u8 byte = 1;
	int fd;

	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_EVENTFD:
		if (get_user(fd, (int __user *)data))
			return -EFAULT;
		return vfio_ccw_arm(ccw, set->index, fd);
	case VFIO_IRQ_SET_DATA_BOOL:
		if (get_user(byte, (u8 __user *)data))
			return -EFAULT;
		fallthrough;
	case VFIO_IRQ_SET_DATA_NONE:
		if (byte)
			vfio_ccw_signal(ccw, set->index);
		return 0;
	}
	return -EINVAL;
}

static long vfio_ccw_set_irqs(struct vfio_ccw *ccw, unsigned long arg)
{
	const size_t minsz = offsetofend(struct vfio_irq_set, count);
	struct vfio_irq_set set;
	size_t size;
	int ret;

	if (copy_from_user(&set, (void __user *)arg, minsz))
		return -EFAULT;
	ret = vfio_set_irqs_validate_and_prepare(&set, 1, VFIO_CCW_NUM_IRQS,
						 &size);
	if (ret)
		return ret;
	if (!(set.flags & VFIO_IRQ_SET_ACTION_TRIGGER))
		return -EINVAL;
	set.index = array_index_nospec(set.index, VFIO_CCW_NUM_IRQS);
	if (!set.count)
		return set.flags & VFIO_IRQ_SET_DATA_NONE ?
		       vfio_ccw_arm(ccw, set.index, -1) : 0;
	return vfio_ccw_trigger(ccw, &set, (void __user *)(arg + minsz));
}

static long vfio_ccw_ioctl(struct vfio_device *vdev, unsigned int cmd,
			   unsigned long arg)
{
	struct vfio_ccw *ccw = vfio_ccw_of_vdev(vdev);

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return vfio_ccw_get_info(arg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return vfio_ccw_region_info(arg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return vfio_ccw_get_irq_info(arg);
	case VFIO_DEVICE_SET_IRQS:
		return vfio_ccw_set_irqs(ccw, arg);
	case VFIO_DEVICE_RESET:
		return vfio_ccw_reset(ccw);
	default:
		return -ENOTTY;
	}
}

static int vfio_ccw_open_device(struct vfio_device *vdev)
{
	return vfio_ccw_open(vfio_ccw_of_vdev(vdev), vdev);
}

static void vfio_ccw_close_device(struct vfio_device *vdev)
{
	vfio_ccw_close(vfio_ccw_of_vdev(vdev));
}

static ssize_t vfio_ccw_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	return vfio_ccw_region_read(vfio_ccw_of_vdev(vdev), buf, count, *ppos);
}

static ssize_t vfio_ccw_write(struct vfio_device *vdev, const char __user *buf,
			      size_t count, loff_t *ppos)
{
	return vfio_ccw_region_write(vfio_ccw_of_vdev(vdev), buf, count, *ppos);
}

static void vfio_ccw_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	vfio_ccw_unmap(vfio_ccw_of_vdev(vdev), iova, length);
}

static void vfio_ccw_request(struct vfio_device *vdev, unsigned int count)
{
	struct vfio_ccw *ccw = vfio_ccw_of_vdev(vdev);

	if (vfio_ccw_signal(ccw, VFIO_CCW_REQ_IRQ_INDEX)) {
		if (count % 10 == 0)
			dev_notice(vdev->dev, "asking the user to let go\n");
	} else if (count == 0) {
		dev_notice(vdev->dev,
			   "waiting: the user has not said how to ask\n");
	}
}

static void vfio_ccw_release_device(struct vfio_device *vdev)
{
	vfio_ccw_free_device(vdev);
}

static const struct vfio_device_ops vfio_ccw_device_ops = {
	.release = vfio_ccw_release_device,
	.open_device = vfio_ccw_open_device,
	.close_device = vfio_ccw_close_device,
	.read = vfio_ccw_read,
	.write = vfio_ccw_write,
	.ioctl = vfio_ccw_ioctl,
	.request = vfio_ccw_request,
	.dma_unmap = vfio_ccw_dma_unmap,
	VFIO_CCW_IOMMUFD_OPS
};

static int vfio_ccw_mdev_probe(struct mdev_device *mdev)
{
	struct subchannel *sch = to_subchannel(mdev->dev.parent);
	struct vfio_ccw_mdev *cm;
	int ret;

	cm = vfio_alloc_device(vfio_ccw_mdev, vdev, &mdev->dev,
			       &vfio_ccw_device_ops);
	if (IS_ERR(cm))
		return PTR_ERR(cm);

	cm->ccw = vfio_ccw_of(sch);
	ret = vfio_register_emulated_iommu_dev(&cm->vdev);
	if (ret) {
		vfio_put_device(&cm->vdev);
		return ret;
	}
	dev_set_drvdata(&mdev->dev, cm);
	return 0;
}

static void vfio_ccw_mdev_remove(struct mdev_device *mdev)
{
	struct vfio_ccw_mdev *cm = dev_get_drvdata(&mdev->dev);

	vfio_unregister_group_dev(&cm->vdev);
	vfio_put_device(&cm->vdev);
}

struct mdev_driver vfio_ccw_mdev_driver = {
	.device_api = VFIO_DEVICE_API_CCW_STRING,
	.max_instances = 1,
	.driver = {
		.name = "vfio_ccw_mdev",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
	.probe = vfio_ccw_mdev_probe,
	.remove = vfio_ccw_mdev_remove,
};
