/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A port without a driver: answers as a test tells it to and remembers what it
 * was asked. Lets monitor and runner be tested alone.
 */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include <errno.h>
#include <string.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>

#include "port.h"
#include "vfio_ccw_arch.h"

#define FAKE_REGIONS	4

struct fake_port {
	struct port port;
	int io_answer;			/* of a write to the I/O region */
	int async_answer;		/* of a write to the command region */
	int again;			/* so many writes answer -EAGAIN first */
	ssize_t read_answer;		/* of reads; 0: all that was asked */
	int reset_answer;
	u32 capability_next;		/* offset in each capability */
	unsigned int ioctls;
	unsigned int fail_ioctl;	/* this one fails, counting from 1 */
	unsigned int signals;		/* that the I/O eventfd has */
	struct ccw_irb irb;		/* that the I/O region holds */
	struct ccw_schib schib;		/* that the SCHIB region holds */
	int armed[VFIO_CCW_NUM_IRQS];
	int events;			/* eventfds that are open */
	int opened, bound, created, varied;
	struct ccw_crw crws[4];		/* that the CRW region gives out */
	unsigned int nr_crws;		/* how many of them are left */
	unsigned int crw_signals;	/* that the CRW eventfd has */
	unsigned int late_signals;	/* that it has the next time */
	unsigned int empty_reads;	/* so many find no channel report first */
	bool no_irqs;			/* no interrupt is there */
	u64 mapped;			/* bytes, less those unmapped */
	u32 command;			/* last written to the command region */
	unsigned int writes;
	u8 memory[0x4000];		/* guest memory from address 0 */
	int together_answer;		/* 0: those who act do so in turn */
	struct vfio_irq_set set;	/* the last VFIO_DEVICE_SET_IRQS */
};

static inline struct fake_port *fake(struct port *port)
{
	return (struct fake_port *)port;
}

static int fake_bind(struct port *port)
{
	fake(port)->bound++;
	return 0;
}

static int fake_unbind(struct port *port)
{
	fake(port)->bound--;
	return 0;
}

static int fake_create(struct port *port)
{
	fake(port)->created++;
	return 0;
}

static int fake_remove(struct port *port)
{
	fake(port)->created--;
	return 0;
}

static int fake_vary(struct port *port, bool on)
{
	fake(port)->varied += on ? -1 : 1;
	return 0;
}

static int fake_shutdown(struct port *port)
{
	(void)port;
	return -EOPNOTSUPP;
}

static int fake_open(struct port *port)
{
	if (fake(port)->opened)
		return -EBUSY;
	fake(port)->opened++;
	return 0;
}

static int fake_close(struct port *port)
{
	fake(port)->opened--;
	return 0;
}

static const u64 fake_sizes[FAKE_REGIONS] = {
	sizeof(struct ccw_io_region), sizeof(struct ccw_cmd_region),
	sizeof(struct ccw_schib_region), sizeof(struct ccw_crw_region),
};

static int fake_region_info(struct fake_port *me, struct vfio_region_info *info)
{
	struct vfio_region_info_cap_type cap = {
		.header = { .id = VFIO_REGION_INFO_CAP_TYPE, .version = 1,
			    .next = me->capability_next },
		.type = VFIO_REGION_TYPE_CCW, .subtype = info->index,
	};

	if (info->index >= FAKE_REGIONS)
		return -EINVAL;
	info->size = fake_sizes[info->index];
	info->offset = (u64)info->index * 0x10000;
	if (!info->index)
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < sizeof(*info) + sizeof(cap)) {
		info->argsz = sizeof(*info) + sizeof(cap);
		return 0;
	}
	info->cap_offset = sizeof(*info);
	memcpy((u8 *)info + sizeof(*info), &cap, sizeof(cap));
	return 0;
}

static int fake_set_irqs(struct fake_port *me, struct vfio_irq_set *set)
{
	me->set = *set;
	if (set->index >= VFIO_CCW_NUM_IRQS)
		return -EINVAL;
	memcpy(&me->armed[set->index], set->data, sizeof(s32));
	return 0;
}

static int fake_ioctl(struct port *port, unsigned long request, void *arg)
{
	struct vfio_device_info *info = arg;

	if (++fake(port)->ioctls == fake(port)->fail_ioctl)
		return -ENOMEM;
	switch (request) {
	case VFIO_DEVICE_GET_INFO:
		info->flags = VFIO_DEVICE_FLAGS_CCW | VFIO_DEVICE_FLAGS_RESET;
		info->num_regions = FAKE_REGIONS;
		info->num_irqs = VFIO_CCW_NUM_IRQS;
		return 0;
	case VFIO_DEVICE_GET_REGION_INFO:
		return fake_region_info(fake(port), arg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		((struct vfio_irq_info *)arg)->count = !fake(port)->no_irqs;
		return 0;
	case VFIO_DEVICE_SET_IRQS:
		return fake_set_irqs(fake(port), arg);
	case VFIO_DEVICE_RESET:
		return fake(port)->reset_answer;
	}
	return -ENOTTY;
}

static ssize_t fake_pread(struct port *port, void *buf, size_t count, u64 at)
{
	struct fake_port *me = fake(port);

	if (me->read_answer)
		return me->read_answer;
	if (!buf)
		return -EFAULT;
	memset(buf, 0, count);
	if (at == 0 && count == sizeof(struct ccw_io_region))
		memcpy(((struct ccw_io_region *)buf)->irb_area, &me->irb,
		       sizeof(me->irb));
	if (at == 0x20000 && count == sizeof(me->schib))
		memcpy(buf, &me->schib, count);
	if (at == 0x30000 && me->empty_reads) {
		me->empty_reads--;
	} else if (at == 0x30000 && me->nr_crws) {
		memcpy(buf, &me->crws[0], sizeof(me->crws[0]));
		memmove(&me->crws[0], &me->crws[1],
			sizeof(me->crws) - sizeof(me->crws[0]));
		me->nr_crws--;
	}
	return count;
}

static ssize_t fake_pwrite(struct port *port, const void *buf, size_t count,
			   u64 at)
{
	struct fake_port *me = fake(port);
	int answer = at ? me->async_answer : me->io_answer;

	if (at == 0x10000)
		memcpy(&me->command, buf, sizeof(me->command));
	me->writes++;
	if (me->again && me->again--)
		return -EAGAIN;
	return answer ? answer : (ssize_t)count;
}

static int fake_map(struct port *port, u64 guest, u64 size, bool read_only)
{
	(void)guest, (void)read_only;
	fake(port)->mapped += size;
	return 0;
}

static int fake_unmap(struct port *port, u64 guest, u64 size)
{
	(void)guest;
	fake(port)->mapped -= size;
	return 0;
}

static int fake_event_create(struct port *port)
{
	return 100 + fake(port)->events++;
}

static int fake_event_wait(struct port *port, int fd, unsigned int timeout_ms)
{
	struct fake_port *me = fake(port);
	unsigned int signals = me->signals;

	(void)timeout_ms;
	if (fd == me->armed[VFIO_CCW_CRW_IRQ_INDEX]) {
		signals = me->crw_signals;
		me->crw_signals = me->late_signals;
		me->late_signals = 0;
		return signals;
	}
	if (fd != me->armed[VFIO_CCW_IO_IRQ_INDEX])
		return -EBADF;
	me->signals = 0;
	return signals;
}

static void fake_event_close(struct port *port, int fd)
{
	(void)fd;
	fake(port)->events--;
}

static int fake_load(struct port *port, u64 guest, void *buf, size_t len)
{
	if (guest + len > sizeof(fake(port)->memory))
		return -EFAULT;
	memcpy(buf, fake(port)->memory + guest, len);
	return 0;
}

static int fake_store(struct port *port, u64 guest, const void *buf, size_t len)
{
	if (guest + len > sizeof(fake(port)->memory))
		return -EFAULT;
	memcpy(fake(port)->memory + guest, buf, len);
	return 0;
}

static const char *fake_state(struct port *port)
{
	(void)port;
	return NULL;
}

static int fake_provoke(struct port *port, enum port_fault fault,
			enum port_instruction insn, unsigned int cc)
{
	(void)port, (void)fault, (void)insn, (void)cc;
	return -EOPNOTSUPP;
}

static int fake_together(struct port *port, const struct port_task *tasks,
			 size_t n)
{
	for (size_t i = 0; i < n && !fake(port)->together_answer; i++)
		tasks[i].fn(tasks[i].arg);
	return fake(port)->together_answer;
}

static inline void fake_init(struct fake_port *me)
{
	static const struct port_ops ops = {
		.bind = fake_bind, .unbind = fake_unbind,
		.create = fake_create, .remove = fake_remove,
		.vary = fake_vary, .shutdown = fake_shutdown,
		.open = fake_open, .close = fake_close, .ioctl = fake_ioctl,
		.pread = fake_pread, .pwrite = fake_pwrite,
		.map = fake_map, .unmap = fake_unmap,
		.event_create = fake_event_create,
		.event_wait = fake_event_wait,
		.event_close = fake_event_close,
		.load = fake_load, .store = fake_store,
		.state = fake_state, .provoke = fake_provoke,
		.together = fake_together,
	};

	*me = (struct fake_port){
		.port = { .ops = &ops, .home = "fake" },
	};
}

#endif /* FAKE_PORT_H */
