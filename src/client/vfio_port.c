// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE 1		/* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bits.h>
#include <linux/vfio.h>

#include "vfio_port.h"

/* The port is the first member, so that both have one address. */
static struct vfio_port *to_vfio_port(struct port *port)
{
	return (struct vfio_port *)port;
}

static int port_bind(struct port *port)
{
	return css_admin_bind(&to_vfio_port(port)->admin);
}

static int port_unbind(struct port *port)
{
	return css_admin_unbind(&to_vfio_port(port)->admin);
}

static int port_create(struct port *port)
{
	return css_admin_create(&to_vfio_port(port)->admin);
}

static int port_remove(struct port *port)
{
	return css_admin_remove(&to_vfio_port(port)->admin);
}

static int port_vary(struct port *port, bool on)
{
	return css_admin_vary(&to_vfio_port(port)->admin, on);
}

static int port_shutdown(struct port *port)
{
	(void)port;
	return -EOPNOTSUPP;
}

static int fill_in_turn(int fd, int between, size_t size)
{
	const long page = sysconf(_SC_PAGESIZE);
	int error = 0;

	for (size_t at = size; at && !error; at -= page)
		error = posix_fallocate(fd, at - page, page) ?:
			posix_fallocate(between, at - page, page);
	return error;
}

static u8 *scattered_memory(size_t size)
{
	int fd = memfd_create("guest", MFD_CLOEXEC);
	int between = memfd_create("between", MFD_CLOEXEC);
	u8 *memory = MAP_FAILED;

	errno = fill_in_turn(fd, between, size);
	if (!errno)
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0);
	close(between);
	close(fd);
	return memory;
}

static bool in_memory(u64 guest, size_t len)
{
	return guest <= PORT_GUEST_MEMORY && len <= PORT_GUEST_MEMORY - guest;
}

static int port_load(struct port *port, u64 guest, void *buf, size_t len)
{
	if (!in_memory(guest, len))
		return -EFAULT;
	memcpy(buf, to_vfio_port(port)->memory + guest, len);
	return 0;
}

static int port_store(struct port *port, u64 guest, const void *buf,
		      size_t len)
{
	if (!in_memory(guest, len))
		return -EFAULT;
	memcpy(to_vfio_port(port)->memory + guest, buf, len);
	return 0;
}

static void close_files(struct vfio_files *files)
{
	if (files->device >= 0)
		close(files->device);
	if (files->group >= 0)
		close(files->group);
	if (files->container >= 0)
		close(files->container);
	*files = (struct vfio_files){ -1, -1, -1 };
}

static int open_container(struct vfio_port *vp, struct vfio_files *files)
{
	files->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (files->container < 0)
		return complain(&vp->admin.complaint, -errno,
				errno == ENOENT ? "modprobe vfio" : NULL,
				"opening the container /dev/vfio/vfio");
	return 0;
}

static int open_group(struct vfio_port *vp, struct vfio_files *files)
{
	char number[16], path[32];
	int ret;

	ret = css_admin_group(&vp->admin, number, sizeof(number));
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	files->group = open(path, O_RDWR | O_CLOEXEC);
	if (files->group < 0)
		return complain(&vp->admin.complaint, -errno,
				errno == EBUSY ? "another program has it"
				: NULL, "opening the group %s", path);
	return 0;
}

static int join_container(struct vfio_port *vp, struct vfio_files *files)
{
	if (ioctl(files->group, VFIO_GROUP_SET_CONTAINER, &files->container))
		return complain(&vp->admin.complaint, -errno, NULL,
				"putting the group into the container");
	if (ioctl(files->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return complain(&vp->admin.complaint, -errno,
				"modprobe vfio_iommu_type1",
				"choosing VFIO_TYPE1v2_IOMMU");
	return 0;
}

static int map_memory(struct vfio_port *vp, struct vfio_files *files)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)vp->memory,
		.iova = 0,
		.size = PORT_GUEST_MEMORY,
	};

	if (ioctl(files->container, VFIO_IOMMU_MAP_DMA, &map))
		return complain(&vp->admin.complaint, -errno, NULL,
				"entering guest memory into the container");
	return 0;
}

static int open_device(struct vfio_port *vp, struct vfio_files *files)
{
	files->device = ioctl(files->group, VFIO_GROUP_GET_DEVICE_FD,
			      vp->admin.uuid);
	if (files->device < 0)
		return complain(&vp->admin.complaint, -errno, NULL,
				"opening device %s", vp->admin.uuid);
	return 0;
}

static int open_files(struct vfio_port *vp, struct vfio_files *files)
{
	static int (* const steps[])(struct vfio_port *vp,
				     struct vfio_files *files) = {
		open_container, open_group, join_container, map_memory,
		open_device,
	};
	const size_t nr_steps = sizeof(steps) / sizeof(steps[0]);
	int ret = 0;

	*files = (struct vfio_files){ -1, -1, -1 };
	for (size_t i = 0; !ret && i < nr_steps; i++)
		ret = steps[i](vp, files);
	if (ret)
		close_files(files);
	return ret;
}

static int port_map(struct port *port, u64 guest, u64 size, bool read_only)
{
	struct vfio_port *vp = to_vfio_port(port);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ |
			 (read_only ? 0 : VFIO_DMA_MAP_FLAG_WRITE),
		.vaddr = (uintptr_t)vp->memory + guest,
		.iova = guest,
		.size = size,
	};

	if (!in_memory(guest, size))
		return -EFAULT;
	return ioctl(vp->files.container, VFIO_IOMMU_MAP_DMA, &map) ?
	       -errno : 0;
}

static int port_unmap(struct port *port, u64 guest, u64 size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = guest, .size = size,
	};

	return ioctl(to_vfio_port(port)->files.container, VFIO_IOMMU_UNMAP_DMA,
		     &unmap) ? -errno : 0;
}

static int port_open(struct port *port)
{
	struct vfio_port *vp = to_vfio_port(port);
	struct vfio_files stranger;
	int ret;

	if (vp->files.device < 0)
		return open_files(vp, &vp->files);
	ret = open_files(vp, &stranger);
	if (!ret)
		close_files(&stranger);
	return ret;
}

static int port_close(struct port *port)
{
	struct vfio_port *vp = to_vfio_port(port);

	if (vp->files.device < 0)
		return -EBADF;
	close_files(&vp->files);
	return 0;
}

static int port_ioctl(struct port *port, unsigned long request, void *arg)
{
	int ret = ioctl(to_vfio_port(port)->files.device, request, arg);

	return ret < 0 ? -errno : ret;
}

static ssize_t port_pread(struct port *port, void *buf, size_t count,
			  u64 offset)
{
	ssize_t ret = pread(to_vfio_port(port)->files.device, buf, count,
			    offset);

	return ret < 0 ? -errno : ret;
}

static ssize_t port_pwrite(struct port *port, const void *buf, size_t count,
			   u64 offset)
{
	ssize_t ret = pwrite(to_vfio_port(port)->files.device, buf, count,
			     offset);

	return ret < 0 ? -errno : ret;
}

static int port_event_create(struct port *port)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	(void)port;
	return fd < 0 ? -errno : fd;
}

static void port_event_close(struct port *port, int fd)
{
	(void)port;
	close(fd);
}

static int port_event_wait(struct port *port, int fd, unsigned int timeout_ms)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	u64 signals;
	int ret;

	(void)port;
	ret = poll(&waiting, 1, timeout_ms);
	if (ret <= 0)
		return ret < 0 ? -errno : 0;
	if (read(fd, &signals, sizeof(signals)) < 0)
		return -errno;
	return signals;
}

static const char *port_state(struct port *port)
{
	(void)port;
	return NULL;
}

static int port_provoke(struct port *port, enum port_fault fault,
			enum port_instruction insn, unsigned int cc)
{
	(void)port; (void)fault; (void)insn; (void)cc;
	return -EOPNOTSUPP;
}

static const struct port_ops vfio_port_ops = {
	.bind		= port_bind,
	.unbind		= port_unbind,
	.create		= port_create,
	.remove		= port_remove,
	.vary		= port_vary,
	.shutdown	= port_shutdown,
	.open		= port_open,
	.close		= port_close,
	.ioctl		= port_ioctl,
	.pread		= port_pread,
	.pwrite		= port_pwrite,
	.map		= port_map,
	.unmap		= port_unmap,
	.event_create	= port_event_create,
	.event_wait	= port_event_wait,
	.event_close	= port_event_close,
	.load		= port_load,
	.store		= port_store,
	.state		= port_state,
	.provoke	= port_provoke,
};

int vfio_port_init(struct vfio_port *vp, const char *subchannel)
{
	int ret;

	memset(vp, 0, sizeof(*vp));
	vp->port = (struct port){
		.ops = &vfio_port_ops,
		.offers = BIT(PORT_KERNEL),
		.home = "kernel",
	};
	vp->files = (struct vfio_files){ -1, -1, -1 };
	vp->memory = MAP_FAILED;
	ret = css_admin_init(&vp->admin, subchannel);
	if (ret)
		return ret;
	vp->memory = scattered_memory(PORT_GUEST_MEMORY);
	if (vp->memory == MAP_FAILED)
		return complain(&vp->admin.complaint, -errno, NULL,
				"making guest memory");
	return 0;
}

void vfio_port_destroy(struct vfio_port *vp)
{
	close_files(&vp->files);
	if (vp->memory != MAP_FAILED)
		munmap(vp->memory, PORT_GUEST_MEMORY);
	css_admin_give_back(&vp->admin);
}

int vfio_port_share(struct vfio_port *vp, const struct vfio_port *from)
{
	*vp = *from;
	vp->files.container = fcntl(from->files.container, F_DUPFD_CLOEXEC, 0);
	vp->files.group = fcntl(from->files.group, F_DUPFD_CLOEXEC, 0);
	vp->files.device = fcntl(from->files.device, F_DUPFD_CLOEXEC, 0);
	if (vp->files.container >= 0 && vp->files.group >= 0 &&
	    vp->files.device >= 0)
		return 0;
	close_files(&vp->files);
	return -EMFILE;
}
