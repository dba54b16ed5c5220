// SPDX-License-Identifier: GPL-2.0-only
/*
 * The regions of the VFIO device: what they look like and what reading and
 * writing them does.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vfio_ccw_ext.h"
#include "vfio_ccw_private.h"

/* What a request in the I/O region is answered; the mutex is held. */
static int vfio_ccw_io_request(struct vfio_ccw *ccw,
			       const struct ccw_io_region *io)
{
	const struct ccw_scsw *scsw = (const void *)io->scsw_area;
	struct vfio_ccw_request rq = { .orb = (const void *)io->orb_area };
	u32 word = be32_to_cpu(scsw->word[0]);

	if (word & SCSW0_FC_START)
		return vfio_ccw_fsm_event(ccw, VFIO_CCW_EVENT_SSCH, &rq);
	if (word & (SCSW0_FC_HALT | SCSW0_FC_CLEAR))
		return -EOPNOTSUPP; /* the command region is for that */
	return -EINVAL;
}

static ssize_t vfio_ccw_io_write(struct vfio_ccw *ccw, const char __user *buf)
{
	struct ccw_io_region io;
	int ret;

	if (copy_from_user(&io, buf, sizeof(io)))
		return -EFAULT;

	mutex_lock(&ccw->lock);
	vfio_ccw_catch_up(ccw);
	ret = vfio_ccw_io_request(ccw, &io);
	memset(io.irb_area, 0, sizeof(io.irb_area));
	io.ret_code = ret;
	ccw->io = io;
	mutex_unlock(&ccw->lock);
	return ret ?: (ssize_t)sizeof(io);
}

static ssize_t vfio_ccw_io_read(struct vfio_ccw *ccw, char __user *buf)
{
	struct vfio_ccw_result result;
	struct ccw_io_region io;
	u32 ticket;
	bool found;

	mutex_lock(&ccw->lock);
	vfio_ccw_catch_up(ccw);
	ticket = ccw->results.tail;
	io = ccw->io;
	found = vfio_ccw_ring_look(&ccw->results, &result);
	if (found)
		memcpy(io.irb_area, &result.irb, sizeof(io.irb_area));
	mutex_unlock(&ccw->lock);

	if (copy_to_user(buf, &io, sizeof(io)))
		return -EFAULT;

	mutex_lock(&ccw->lock);
	if (found && vfio_ccw_ring_take(&ccw->results, ticket))
		memcpy(ccw->io.irb_area, io.irb_area, sizeof(io.irb_area));
	if (found && vfio_ccw_ring_used(&ccw->results))
		vfio_ccw_signal(ccw, VFIO_CCW_IO_IRQ_INDEX);
	mutex_unlock(&ccw->lock);
	return sizeof(io);
}

static const struct {
	u32 command;
	enum vfio_ccw_event event;
} vfio_ccw_commands[] = {
	{ VFIO_CCW_ASYNC_CMD_HSCH, VFIO_CCW_EVENT_HSCH },
	{ VFIO_CCW_ASYNC_CMD_CSCH, VFIO_CCW_EVENT_CSCH },
	{ VFIO_CCW_CMD_RSCH, VFIO_CCW_EVENT_RSCH },
	{ VFIO_CCW_CMD_XSCH, VFIO_CCW_EVENT_XSCH },
};

/* What a command is answered; the mutex is held. */
static int vfio_ccw_cmd_request(struct vfio_ccw *ccw, u32 command)
{
	struct vfio_ccw_request rq = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfio_ccw_commands); i++)
		if (command == vfio_ccw_commands[i].command)
			return vfio_ccw_fsm_event(ccw,
						  vfio_ccw_commands[i].event,
						  &rq);
	return -EINVAL;
}

static ssize_t vfio_ccw_cmd_write(struct vfio_ccw *ccw, const char __user *buf)
{
	struct ccw_cmd_region cmd;
	int ret;

	if (copy_from_user(&cmd, buf, sizeof(cmd)))
		return -EFAULT;

	mutex_lock(&ccw->lock);
	vfio_ccw_catch_up(ccw);
	ret = vfio_ccw_cmd_request(ccw, cmd.command);
	cmd.ret_code = ret;
	ccw->cmd = cmd;
	mutex_unlock(&ccw->lock);
	return ret ?: (ssize_t)sizeof(cmd);
}

static ssize_t vfio_ccw_cmd_read(struct vfio_ccw *ccw, char __user *buf)
{
	struct ccw_cmd_region cmd;

	mutex_lock(&ccw->lock);
	cmd = ccw->cmd;
	mutex_unlock(&ccw->lock);
	return copy_to_user(buf, &cmd, sizeof(cmd)) ? -EFAULT : (ssize_t)sizeof(cmd);
}

/* What the user may see of the subchannel's SCHIB; its spinlock is held. */
static void vfio_ccw_schib(struct vfio_ccw *ccw, struct ccw_schib *schib)
{
	bool there = vfio_ccw_look(ccw);
	__be32 *pmcw = schib->pmcw.word;
	u32 cpa;

	static_assert(sizeof(*schib) == sizeof(ccw->sch->schib));
	memcpy(schib, &ccw->sch->schib, sizeof(*schib));
	be32p_replace_bits(&pmcw[0], 0, PMCW0_INTPARM);
	be32p_replace_bits(&pmcw[3], 0, PMCW3_MBI);
	be32p_replace_bits(&pmcw[3], there ? ccw->sch->lpm : 0, PMCW3_PAM);
	if (!there) {
		be32p_replace_bits(&pmcw[3], 0, PMCW3_POM);
		be32p_replace_bits(&pmcw[1], 0, PMCW1_V);
	}
	cpa = vfio_ccw_cp_guest(&ccw->cp, be32_to_cpu(schib->scsw.word[1]));
	schib->scsw.word[1] = cpu_to_be32(cpa);
	memset(schib->model, 0, sizeof(schib->model));
}

static ssize_t vfio_ccw_schib_read(struct vfio_ccw *ccw, char __user *buf)
{
	struct ccw_schib schib;

	static_assert(sizeof(schib) == sizeof(struct ccw_schib_region));
	mutex_lock(&ccw->lock);
	spin_lock_irq(vfio_ccw_sch_lock(ccw->sch));
	vfio_ccw_schib(ccw, &schib);
	spin_unlock_irq(vfio_ccw_sch_lock(ccw->sch));
	mutex_unlock(&ccw->lock);
	return copy_to_user(buf, &schib, sizeof(schib)) ? -EFAULT :
							  (ssize_t)sizeof(schib);
}

static ssize_t vfio_ccw_no_write(struct vfio_ccw *ccw, const char __user *buf)
{
	return -EINVAL;
}

struct vfio_ccw_region {
	size_t size;
	u32 flags;
	u32 subtype; /* 0: found by its index */
	ssize_t (*read)(struct vfio_ccw *ccw, char __user *buf);
	ssize_t (*write)(struct vfio_ccw *ccw, const char __user *buf);
};

static const struct vfio_ccw_region vfio_ccw_regions[] = {
	[VFIO_CCW_CONFIG_REGION_INDEX] = {
		.size = sizeof(struct ccw_io_region),
		.flags = VFIO_REGION_INFO_FLAG_READ |
			 VFIO_REGION_INFO_FLAG_WRITE,
		.read = vfio_ccw_io_read,
		.write = vfio_ccw_io_write,
	},
	{
		.size = sizeof(struct ccw_cmd_region),
		.flags = VFIO_REGION_INFO_FLAG_READ |
			 VFIO_REGION_INFO_FLAG_WRITE,
		.subtype = VFIO_REGION_SUBTYPE_CCW_ASYNC_CMD,
		.read = vfio_ccw_cmd_read,
		.write = vfio_ccw_cmd_write,
	},
	{
		.size = sizeof(struct ccw_schib_region),
		.flags = VFIO_REGION_INFO_FLAG_READ,
		.subtype = VFIO_REGION_SUBTYPE_CCW_SCHIB,
		.read = vfio_ccw_schib_read,
		.write = vfio_ccw_no_write,
	},
	{
		.size = sizeof(struct ccw_crw_region),
		.flags = VFIO_REGION_INFO_FLAG_READ,
		.subtype = VFIO_REGION_SUBTYPE_CCW_CRW,
		.read = vfio_ccw_crw_read,
		.write = vfio_ccw_no_write,
	},
};

#define VFIO_CCW_OFFSET_SHIFT	10	/* a region's place is its index << 10 */

/* The region that an access means; NULL: none, or not the whole of one. */
static const struct vfio_ccw_region *vfio_ccw_region_of(loff_t pos,
							size_t count)
{
	u64 index = (u64)pos >> VFIO_CCW_OFFSET_SHIFT;
	const struct vfio_ccw_region *region;

	if (pos & (BIT(VFIO_CCW_OFFSET_SHIFT) - 1) ||
	    index >= ARRAY_SIZE(vfio_ccw_regions))
		return NULL;
	index = array_index_nospec(index, ARRAY_SIZE(vfio_ccw_regions));
	region = &vfio_ccw_regions[index];
	return count == region->size ? region : NULL;
}

/**
 * vfio_ccw_region_read() - read(2) on the device
 * @ccw: the subchannel
 * @buf: user's buffer
 * @count: its size
 * @pos: position in the file
 *
 * Return: @count; -EINVAL: not exactly one region; -EFAULT.
 */
ssize_t vfio_ccw_region_read(struct vfio_ccw *ccw, char __user *buf,
			     size_t count, loff_t pos)
{
	const struct vfio_ccw_region *region = vfio_ccw_region_of(pos, count);

	return region ? region->read(ccw, buf) : -EINVAL;
}

/**
 * vfio_ccw_region_write() - write(2) on the device
 * @ccw: the subchannel
 * @buf: user's buffer
 * @count: its size
 * @pos: position in the file
 *
 * Return: @count; -EINVAL: not exactly one region; -EFAULT; or what the request
 * in the region was answered.
 */
ssize_t vfio_ccw_region_write(struct vfio_ccw *ccw, const char __user *buf,
			      size_t count, loff_t pos)
{
	const struct vfio_ccw_region *region = vfio_ccw_region_of(pos, count);

	return region ? region->write(ccw, buf) : -EINVAL;
}

/* Append the type of @region to the answer, as a chain of one capability. */
static int vfio_ccw_region_type(const struct vfio_ccw_region *region,
				struct vfio_region_info *info,
				void __user *tail)
{
	struct vfio_region_info_cap_type type = {
		.header.id = VFIO_REGION_INFO_CAP_TYPE,
		.header.version = 1,
		.type = VFIO_REGION_TYPE_CCW,
		.subtype = region->subtype,
	};

	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < sizeof(*info) + sizeof(type)) {
		info->argsz = sizeof(*info) + sizeof(type);
		info->cap_offset = 0;
		return 0;
	}
	info->cap_offset = sizeof(*info);
	return copy_to_user(tail, &type, sizeof(type)) ? -EFAULT : 0;
}

/**
 * vfio_ccw_region_info() - VFIO_DEVICE_GET_REGION_INFO
 * @arg: address of the user's struct vfio_region_info
 *
 * Return: 0; -EINVAL: no such region, or a structure that is too short; -EFAULT.
 */
long vfio_ccw_region_info(unsigned long arg)
{
	const size_t minsz = offsetofend(struct vfio_region_info, offset);
	void __user *user = (void __user *)arg;
	const struct vfio_ccw_region *region;
	struct vfio_region_info info;
	u32 index;

	if (copy_from_user(&info, user, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= ARRAY_SIZE(vfio_ccw_regions))
		return -EINVAL;

	index = array_index_nospec(info.index, ARRAY_SIZE(vfio_ccw_regions));
	region = &vfio_ccw_regions[index];
	info.flags = region->flags;
	info.size = region->size;
	info.offset = (u64)index << VFIO_CCW_OFFSET_SHIFT;
	info.cap_offset = 0;
	if (region->subtype) {
		int ret = vfio_ccw_region_type(region, &info, user + sizeof(info));

		if (ret)
			return ret;
	}
	return copy_to_user(user, &info, minsz) ? -EFAULT : 0;
}

/* How many regions the device has. */
unsigned int vfio_ccw_nr_regions(void)
{
	return ARRAY_SIZE(vfio_ccw_regions);
}
