// SPDX-License-Identifier: GPL-2.0-only
/* The 3390's control commands: where to go, what is permitted. */
#include <string.h>

#include "dev_3390_unit.h"

#define NO_TRACK	0xffffffffu

static u32 get_u16(const u8 *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

/* Return: the number of the track at CCHH, or NO_TRACK. */
static u32 get_track(const struct dev_3390 *dev, const u8 *bytes)
{
	u32 cylinder = get_u16(bytes), head = get_u16(bytes + 2);

	if (head >= CKD_HEADS || cylinder >= ckd_image_cylinders(dev->image))
		return NO_TRACK;
	return cylinder * CKD_HEADS + head;
}

static u8 reject_parameter(struct dev_3390 *dev)
{
	return refuse(dev, COMMAND_REJECT, INVALID_PARAMETER);
}

static u8 reject_sequence(struct dev_3390 *dev)
{
	return refuse(dev, COMMAND_REJECT, INVALID_SEQUENCE);
}

static bool mask_forbids(const struct dev_3390 *dev)
{
	u8 control = dev->chain.mask & SEEK_CONTROL;

	return control == SEEK_CONTROL ||
	       (control == 0x10 && dev->code != 0x1b) ||
	       (control == 0x08 && dev->code == 0x07);
}

static bool is_outside(const struct dev_3390 *dev, u32 track)
{
	return dev->chain.limited &&
	       (track < dev->chain.first || track > dev->chain.last);
}

u8 end_seek(struct dev_3390 *dev)
{
	u16 from = dev->cylinder;
	u32 track = get_track(dev, dev->in + 2);

	if (get_u16(dev->in) || track == NO_TRACK)
		return reject_parameter(dev);
	if (dev->code == 0x1b)		/* the arm stays where it is */
		track = from * CKD_HEADS + track % CKD_HEADS;
	if (mask_forbids(dev) || is_outside(dev, track))
		return refuse(dev, FILE_PROTECTED, NO_MESSAGE);
	arm_goes(dev, track / CKD_HEADS, track % CKD_HEADS);
	dev->chain.sought = true;
	dev->chain.passes = 0;
	return arm_arrives(dev, from, DEVICE_ENDS);
}

#define MASK_RESERVED	0x22	/* bits that must be zero */

u8 end_mask(struct dev_3390 *dev)
{
	if (dev->chain.masked || dev->chain.limited)
		return reject_sequence(dev);
	if (dev->in[0] & MASK_RESERVED)
		return reject_parameter(dev);
	dev->chain.mask = dev->in[0];
	dev->chain.masked = true;
	return DEVICE_ENDS;
}

u8 end_extent(struct dev_3390 *dev)
{
	const u8 *in = dev->in;
	u32 first = get_track(dev, in + 8), last = get_track(dev, in + 12);

	if (dev->chain.masked || dev->chain.limited)
		return reject_sequence(dev);
	if ((in[1] & 0xc0) != 0xc0 || in[0] & MASK_RESERVED ||
	    first == NO_TRACK || last == NO_TRACK || last < first)
		return reject_parameter(dev);
	dev->chain.mask = in[0];
	dev->chain.block_size = get_u16(in + 2);
	dev->chain.first = first;
	dev->chain.last = last;
	dev->chain.limited = true;
	dev->area = AREA_NONE;
	return DEVICE_ENDS;
}

/* Orientations with which an operation is valid: BIT(byte 0 >> 6). */
static u8 valid_orientations(u8 operation)
{
	static const struct {
		u8 operation, orientations;
	} valid[] = {
		{ LOCATE_ORIENT, 0x0f }, { LOCATE_WRITE, BIT(0) | BIT(2) },
		{ LOCATE_FORMAT, BIT(0) | BIT(1) | BIT(3) },
		{ LOCATE_READ_DATA, 0x0f }, { LOCATE_WRITE_TRACK, BIT(0) },
		{ LOCATE_READ_TRACKS, BIT(0) | BIT(1) },
		{ LOCATE_READ, 0x0f },
	};

	for (size_t i = 0; i < ARRAY_SIZE(valid); i++)
		if (valid[i].operation == operation)
			return valid[i].orientations;
	return 0;
}

static bool locate_is_valid(const struct dev_3390 *dev)
{
	const u8 *in = dev->in;
	u8 operation = in[0] & 0x3f;
	bool length = in[1] & 0x80;

	return valid_orientations(operation) & BIT(in[0] >> 6) &&
	       !(in[1] & 0x7e) && !in[2] &&
	       !in[3] == (operation == LOCATE_ORIENT) &&
	       get_track(dev, in + 4) != NO_TRACK &&
	       (in[13] < SECTORS || in[13] == 0xff) &&
	       !(length && !get_u16(in + 14));
}

static bool locate_writes(const struct dev_3390 *dev)
{
	u8 operation = dev->in[0] & 0x3f;
	u8 control = dev->chain.mask & 0xc0;

	if (operation == LOCATE_WRITE)
		return control != 0x40;
	if (operation == LOCATE_FORMAT || operation == LOCATE_WRITE_TRACK)
		return control == 0x00 || control == 0xc0;
	return true;
}

static void open_domain(struct dev_3390 *dev)
{
	struct chain *chain = &dev->chain;

	chain->sought = true;
	chain->passes = 0;
	chain->left = dev->in[3];
	chain->operation = dev->in[0] & 0x3f;
	chain->count_suffix = dev->in[1] & 0x01;
	chain->length = dev->in[1] & 0x80 ? get_u16(dev->in + 14) :
					    chain->block_size;
}

u8 end_locate(struct dev_3390 *dev)
{
	u16 from = dev->cylinder;
	u32 track = get_track(dev, dev->in + 4);
	u8 status;

	if (!dev->chain.limited)
		return reject_sequence(dev);
	if (!locate_is_valid(dev))
		return reject_parameter(dev);
	if (!locate_writes(dev))
		return reject_sequence(dev);
	if (is_outside(dev, track))
		return refuse(dev, FILE_PROTECTED, NO_MESSAGE);
	arm_goes(dev, track / CKD_HEADS, track % CKD_HEADS);
	status = wait_for(dev, dev->in[0] >> 6, dev->in + 8);
	if (!(status & DEVICE_UNIT_CHECK))
		open_domain(dev);
	return arm_arrives(dev, from, status);
}

u8 end_sector(struct dev_3390 *dev)
{
	if (dev->in[0] >= SECTORS && dev->in[0] != 0xff)
		return reject_parameter(dev);
	return DEVICE_ENDS;
}

u8 begin_read_sector(struct dev_3390 *dev)
{
	u32 cells = dev->area < AREA_COUNT ? 0 : cells_to_record(dev);

	dev->answer[0] = (49 + cells) / 8;
	return reply(dev, dev->answer, 1);
}
