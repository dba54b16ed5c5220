/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: VFIO, as a driver sees it; and first what programs see. */
#ifndef SHIM_LINUX_VFIO_H
#define SHIM_LINUX_VFIO_H

#include_next <linux/vfio.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct vfio_device {
	struct device *dev;		/* what it was made for */
	const struct vfio_device_ops *ops;
	struct device device;		/* counts who needs the structure */
	struct host_file *file;		/* NULL: not open */
	unsigned int open_count;
	unsigned int users;		/* of the registered device */
	struct completion gone;		/* users is 0 */
	struct mutex lock;		/* held while opening and closing */
	struct vfio_device *next;	/* registered ones of the host */
};

struct vfio_device_ops {
	const char *name;
	int (*init)(struct vfio_device *vdev);
	void (*release)(struct vfio_device *vdev);
	int (*open_device)(struct vfio_device *vdev);
	void (*close_device)(struct vfio_device *vdev);
	ssize_t (*read)(struct vfio_device *vdev, char __user *buf,
			size_t count, loff_t *pos);
	ssize_t (*write)(struct vfio_device *vdev, const char __user *buf,
			 size_t count, loff_t *pos);
	long (*ioctl)(struct vfio_device *vdev, unsigned int cmd,
		      unsigned long arg);
	void (*request)(struct vfio_device *vdev, unsigned int count);
	void (*dma_unmap)(struct vfio_device *vdev, u64 iova, u64 length);
};

struct vfio_device *host_vfio_alloc(size_t size, struct device *dev,
				    const struct vfio_device_ops *ops,
				    const char *where);
void vfio_free_device(struct vfio_device *vdev);
int vfio_register_emulated_iommu_dev(struct vfio_device *vdev);
void vfio_unregister_group_dev(struct vfio_device *vdev);

#define vfio_alloc_device(type, member, dev, ops)			\
	({ static_assert(offsetof(struct type, member) == 0, "first");	\
	   (struct type *)host_vfio_alloc(sizeof(struct type), dev, ops,	\
					  __func__); })
#define vfio_put_device(vdev)	put_device(&(vdev)->device)

#define VFIO_PIN_PAGES_MAX_ENTRIES	512

int vfio_pin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage,
		   int prot, struct page **pages);
void vfio_unpin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage);
int vfio_dma_rw(struct vfio_device *vdev, dma_addr_t iova, void *data,
		size_t len, bool write);

int vfio_set_irqs_validate_and_prepare(struct vfio_irq_set *set, int num_irqs,
				       int max_irq_type, size_t *data_size);

#endif /* SHIM_LINUX_VFIO_H */
