// SPDX-License-Identifier: GPL-2.0-only
/* What a 3390 says of itself, and of its paths. */
#include <string.h>

#include "dev_3390_unit.h"

static u8 *clear_answer(struct dev_3390 *dev)
{
	return memset(dev->answer, 0, sizeof(dev->answer));
}

static u8 model(const struct dev_3390 *dev)
{
	unsigned int cylinders = ckd_image_cylinders(dev->image);

	return cylinders <= 1113 ? 0x02 : cylinders <= 2226 ? 0x06 :
	       cylinders <= 3339 ? 0x0a : 0x0c;
}

u8 begin_sense_id(struct dev_3390 *dev)
{
	const u8 id[] = {
		0xff, 0x39, 0x90, 0xc2, 0x33, 0x90, model(dev), 0,
		0x40, 0xfa, 256 >> 8, 256 & 0xff,
	};

	memcpy(dev->answer, id, sizeof(id));
	return reply(dev, dev->answer, sizeof(id));
}

u8 begin_sense(struct dev_3390 *dev)
{
	return reply(dev, dev->sense, sizeof(dev->sense));
}

static void put_u16(u8 *to, u32 value)
{
	to[0] = value >> 8;
	to[1] = value;
}

u8 begin_characteristics(struct dev_3390 *dev)
{
	static const u8 factors[] = { 2, 34, 19, 9, 6, 116 };
	u8 *to = clear_answer(dev);

	put_u16(to, 0x3990);
	to[2] = 0xc2;
	put_u16(to + 3, 0x3390);
	to[5] = model(dev);
	to[6] = 0x50;			/* READ TRACK in a domain */
	to[10] = 0x20;			/* class: a disk */
	to[11] = 0x26;			/* type: a 3390 */
	put_u16(to + 12, ckd_image_cylinders(dev->image));
	put_u16(to + 14, CKD_HEADS);
	to[16] = SECTORS;
	put_u16(to + 18, 57326);	/* bytes of a track, three of them */
	put_u16(to + 20, 1428);		/* of home address and R0 */
	memcpy(to + 22, factors, sizeof(factors));
	return reply(dev, to, 64);
}

u8 begin_configuration(struct dev_3390 *dev)
{
	static const u8 device[] = {
		0xd0, 0x01, 0x01, 0x00,		/* a device, with a serial */
		0x40, 0x40, 0xf3, 0xf3, 0xf9, 0xf0,	/* "  3390" */
		0x40, 0x40, 0x40,
		0xc3, 0xc3, 0xe6, 0xf0, 0xf1,	/* made by CCW in plant 01 */
		0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0,
		0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf1,
	};
	u8 *to = clear_answer(dev);

	memcpy(to, device, sizeof(device));
	to[224] = 0x80;			/* the general part */
	to[224 + 6] = 0x43;		/* after 3 times 10 seconds */
	return reply(dev, to, 256);
}

#define GROUP_UNGROUPED	0x80
#define GROUP_GROUPED	0xc0
#define GROUP_MULTIPATH	0x08

u8 begin_sense_path_group(struct dev_3390 *dev)
{
	dev->answer[0] = dev->path_state;
	memcpy(dev->answer + 1, dev->path_group, sizeof(dev->path_group));
	return reply(dev, dev->answer, 12);
}

u8 end_path_group(struct dev_3390 *dev)
{
	u8 function = dev->in[0] & 0x60;

	if (!function) {
		memcpy(dev->path_group, dev->in + 1, sizeof(dev->path_group));
		dev->path_state = GROUP_GROUPED |
			(dev->in[0] & 0x80 ? GROUP_MULTIPATH : 0);
	} else {
		dev->path_state = GROUP_UNGROUPED;
	}
	return DEVICE_ENDS;
}

u8 begin_reserve(struct dev_3390 *dev)
{
	return reply(dev, dev->sense, sizeof(dev->sense));
}

#define ORDER_PREPARE	0x18
#define ORDER_FEATURES	0x41

u8 end_subsystem_function(struct dev_3390 *dev)
{
	if (dev->in[0] != ORDER_PREPARE || dev->in[6] != ORDER_FEATURES)
		return refuse(dev, COMMAND_REJECT, INVALID_PARAMETER);
	dev->chain.prepared = 256;
	return DEVICE_ENDS;
}

u8 begin_read_subsystem(struct dev_3390 *dev)
{
	if (!dev->chain.prepared)
		return refuse(dev, COMMAND_REJECT, INVALID_SEQUENCE);
	return reply(dev, clear_answer(dev), dev->chain.prepared);
}
