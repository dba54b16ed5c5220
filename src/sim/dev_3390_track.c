// SPDX-License-Identifier: GPL-2.0-only
/* The 3390 at the track: what passes, what is read, searched and written. */
#include <errno.h>
#include <string.h>

#include "dev_3390_unit.h"

void arm_goes(struct dev_3390 *dev, u16 cylinder, u16 head)
{
	if (dev->cylinder != cylinder || dev->head != head)
		dev->loaded = false;
	dev->cylinder = cylinder;
	dev->head = head;
	dev->area = AREA_NONE;
}

/* Have the track in the buffer. Return: 0 or the status of a refusal. */
static u8 load(struct dev_3390 *dev)
{
	int ret = 0;

	if (!dev->loaded)
		ret = ckd_image_read(dev->image, dev->cylinder, dev->head,
				     dev->track);
	dev->loaded = !ret;
	if (ret == -EILSEQ)
		return refuse(dev, INVALID_TRACK_FORMAT, NO_MESSAGE);
	if (ret)
		return refuse(dev, EQUIPMENT_CHECK | PERMANENT_ERROR,
			      NO_MESSAGE);
	return 0;
}

u8 next_head(struct dev_3390 *dev)
{
	u32 next = dev->cylinder * CKD_HEADS + dev->head + 1;
	u32 tracks = ckd_image_cylinders(dev->image) * CKD_HEADS;

	if ((dev->chain.mask & SEEK_CONTROL) == SEEK_CONTROL)
		return refuse(dev, FILE_PROTECTED, NO_MESSAGE);
	if (!dev->inside && next % CKD_HEADS == 0)
		return refuse(dev, END_OF_CYLINDER, NO_MESSAGE);
	if (dev->chain.limited && next > dev->chain.last)
		return refuse(dev, FILE_PROTECTED, NO_MESSAGE);
	if (next >= tracks)
		return refuse(dev, END_OF_CYLINDER, NO_MESSAGE);
	arm_goes(dev, next / CKD_HEADS, next % CKD_HEADS);
	return load(dev);
}

static u8 index_passes(struct dev_3390 *dev)
{
	bool multitrack = dev->code & 0x80;

	dev->area = AREA_HOME;
	if ((!multitrack || dev->inside) && dev->chain.passes++)
		return refuse(dev, NO_RECORD_FOUND, NO_MESSAGE);
	return multitrack ? next_head(dev) : 0;
}

/* Wait for a count area, that of R0 if so wished. Return: 0 or a status. */
static u8 next_count(struct dev_3390 *dev, bool zero)
{
	u8 status = load(dev);

	while (!status) {
		if (dev->area < AREA_COUNT)
			dev->at = (struct ckd_record){ 0 };
		if (ckd_next(dev->track, &dev->at) <= 0) {
			status = index_passes(dev);
			continue;
		}
		dev->area = AREA_COUNT;
		if (zero || dev->at.offset != CKD_HOME_BYTES)
			break;
	}
	return status;
}

u8 reply(struct dev_3390 *dev, const u8 *from, u32 length)
{
	dev->from = from;
	dev->length = length;
	dev->ending = DEVICE_ENDS;
	return 0;
}

u8 end_input(struct dev_3390 *dev)
{
	return dev->ending;
}

/* Send the track from offset up to what is behind the record. */
static u8 send_record(struct dev_3390 *dev, u32 offset)
{
	dev->area = AREA_DATA;
	dev->chain.passes = 0;
	reply(dev, dev->track + offset, ckd_end(&dev->at) - offset);
	if (!dev->at.data_length)
		dev->ending |= DEVICE_UNIT_EXCEPTION;
	return 0;
}

u8 begin_read_count(struct dev_3390 *dev)
{
	u8 status = next_count(dev, false);

	dev->chain.passes = 0;
	return status ?: reply(dev, dev->track + dev->at.offset,
			       CKD_COUNT_BYTES);
}

u8 begin_read_data(struct dev_3390 *dev)
{
	u8 status = 0;

	if (dev->area != AREA_COUNT && dev->area != AREA_KEY)
		status = next_count(dev, false);
	return status ?: send_record(dev, ckd_data(&dev->at));
}

u8 begin_read_kd(struct dev_3390 *dev)
{
	u8 status = 0;

	if (dev->area != AREA_COUNT)
		status = next_count(dev, false);
	return status ?: send_record(dev, ckd_key(&dev->at));
}

u8 begin_read_ckd(struct dev_3390 *dev)
{
	return next_count(dev, false) ?: send_record(dev, dev->at.offset);
}

static u8 go_to_index(struct dev_3390 *dev)
{
	u8 status = dev->code & 0x80 && !dev->inside ? next_head(dev) :
						       load(dev);

	dev->area = AREA_HOME;
	return status;
}

u8 begin_read_home(struct dev_3390 *dev)
{
	dev->chain.passes = 0;
	return go_to_index(dev) ?: reply(dev, dev->track, CKD_HOME_BYTES);
}

u8 begin_read_zero(struct dev_3390 *dev)
{
	return go_to_index(dev) ?: next_count(dev, true) ?:
	       send_record(dev, dev->at.offset);
}

u8 begin_read_ipl(struct dev_3390 *dev)
{
	arm_goes(dev, 0, 0);
	dev->chain.sought = true;
	return begin_read_data(dev);
}

static void skip_to_end(struct dev_3390 *dev)
{
	struct ckd_record last;

	do {
		last = dev->at;
	} while (ckd_next(dev->track, &dev->at) > 0);
	dev->at = last;
}

u8 begin_read_multiple(struct dev_3390 *dev)
{
	u8 status = next_count(dev, false);
	u32 offset = dev->at.offset;

	if (status)
		return status;
	skip_to_end(dev);
	send_record(dev, offset);
	dev->ending = DEVICE_ENDS;
	return 0;
}

u8 begin_read_track(struct dev_3390 *dev)
{
	u8 status = dev->area == AREA_DATA ? next_head(dev) : load(dev);
	u32 offset;

	if (status)
		return status;
	if (dev->area < AREA_COUNT) {
		dev->at = (struct ckd_record){ 0 };
		ckd_next(dev->track, &dev->at);
	}
	offset = dev->at.offset;
	skip_to_end(dev);
	dev->area = AREA_DATA;
	return reply(dev, dev->track + offset,
		     ckd_end(&dev->at) + CKD_COUNT_BYTES - offset);
}

static u8 expect(struct dev_3390 *dev, u8 *to, u32 length)
{
	dev->to = to;
	dev->want = length;
	return 0;
}

u8 take_parameters(struct dev_3390 *dev)
{
	return expect(dev, dev->in, dev->command->length);
}

u8 begin_search_home(struct dev_3390 *dev)
{
	dev->from = dev->track + 1;
	dev->chain.passes = 0;
	return go_to_index(dev) ?: expect(dev, dev->in, CKD_HOME_BYTES - 1);
}

u8 begin_search_id(struct dev_3390 *dev)
{
	u8 status = next_count(dev, true);

	dev->from = dev->track + dev->at.offset;
	return status ?: expect(dev, dev->in, 5);
}

u8 begin_search_key(struct dev_3390 *dev)
{
	u8 status = 0;

	if (dev->area != AREA_COUNT || dev->at.offset == CKD_HOME_BYTES)
		status = next_count(dev, false);
	if (status)
		return status;
	dev->area = AREA_KEY;
	dev->from = dev->track + ckd_key(&dev->at);
	return expect(dev, dev->answer, dev->at.key_length);
}

static enum found what_was_searched(const struct dev_3390 *dev)
{
	if (dev->command->begin == begin_search_home)
		return FOUND_HOME;
	return dev->command->begin == begin_search_id ? FOUND_ID : FOUND_KEY;
}

u8 end_search(struct dev_3390 *dev)
{
	int order = memcmp(dev->from, dev->to, dev->have);
	bool found = (dev->code & 0x20 && !order) ||
		     (dev->code & 0x40 && order > 0);

	if (!dev->have || !found)
		return DEVICE_ENDS;
	if (!order && dev->have == dev->want) {
		dev->chain.found = what_was_searched(dev);
		dev->chain.spent = false;
	}
	return DEVICE_ENDS | DEVICE_STATUS_MODIFIER;
}

u8 wait_for(struct dev_3390 *dev, u8 orientation, const u8 *argument)
{
	u8 status = load(dev);

	dev->area = AREA_HOME;
	dev->at = (struct ckd_record){ 0 };
	if (status || orientation == ORIENT_INDEX)
		return status ?: DEVICE_ENDS;
	if (orientation == ORIENT_HOME)
		return memcmp(dev->track + 1, argument, 4) ?
		       refuse(dev, NO_RECORD_FOUND, NO_MESSAGE) : DEVICE_ENDS;
	while (ckd_next(dev->track, &dev->at) > 0) {
		if (memcmp(dev->track + dev->at.offset, argument, 5))
			continue;
		dev->area = orientation == ORIENT_DATA ? AREA_DATA : AREA_COUNT;
		return DEVICE_ENDS;
	}
	return refuse(dev, NO_RECORD_FOUND, NO_MESSAGE);
}

static u8 commit(struct dev_3390 *dev, u32 from, u32 to)
{
	if (!ckd_image_write(dev->image, dev->cylinder, dev->head, dev->track,
			     from, to))
		return DEVICE_ENDS;
	dev->loaded = false;
	dev->area = AREA_NONE;
	return refuse(dev, EQUIPMENT_CHECK | PERMANENT_ERROR, NO_MESSAGE);
}

static void pad(struct dev_3390 *dev)
{
	memset(dev->to + dev->have, 0, dev->want - dev->have);
}

static u8 update(struct dev_3390 *dev, bool key)
{
	u32 length;

	dev->to = dev->track + (key ? ckd_key(&dev->at) : ckd_data(&dev->at));
	length = dev->track + ckd_end(&dev->at) - dev->to;
	if (dev->inside && dev->chain.operation == LOCATE_WRITE &&
	    dev->chain.length && length != dev->chain.length)
		return refuse(dev, INVALID_TRACK_FORMAT, NO_MESSAGE);
	if (!dev->at.data_length)
		return DEVICE_ENDS | DEVICE_UNIT_EXCEPTION;
	dev->area = AREA_DATA;
	dev->chain.passes = 0;
	return expect(dev, dev->to, length);
}

/* Return: whether the record that has passed is the one to write to. */
static bool is_at_record(const struct dev_3390 *dev, enum area last)
{
	bool zero = dev->at.offset == CKD_HOME_BYTES;

	return dev->area >= AREA_COUNT && dev->area <= last &&
	       !(zero && dev->command->flags & DOMAIN_ONLY);
}

u8 begin_write_data(struct dev_3390 *dev)
{
	u8 status = 0;

	if (!is_at_record(dev, AREA_KEY))
		status = next_count(dev, false);
	return status ?: update(dev, false);
}

u8 begin_write_kd(struct dev_3390 *dev)
{
	u8 status = 0;

	if (!is_at_record(dev, AREA_COUNT))
		status = next_count(dev, false);
	return status ?: update(dev, true);
}

u8 end_update(struct dev_3390 *dev)
{
	u32 from = dev->to - dev->track;

	pad(dev);
	return commit(dev, from, from + dev->want);
}

/* The new record begins at offset, and its count says how it goes on. */
static u8 format(struct dev_3390 *dev, u32 offset)
{
	u8 status = load(dev);

	if (status)
		return status;
	dev->chain.passes = 0;
	return expect(dev, dev->track + offset, CKD_COUNT_BYTES);
}

u8 begin_write_ckd(struct dev_3390 *dev)
{
	if (dev->area < AREA_COUNT)
		return refuse(dev, COMMAND_REJECT, INVALID_SEQUENCE);
	return format(dev, ckd_end(&dev->at));
}

u8 begin_write_zero(struct dev_3390 *dev)
{
	if (dev->area > AREA_HOME)
		return refuse(dev, COMMAND_REJECT, INVALID_SEQUENCE);
	dev->at = (struct ckd_record){ 0 };
	return format(dev, CKD_HOME_BYTES);
}

u8 begin_write_next(struct dev_3390 *dev)
{
	u8 status = next_head(dev) ?: next_count(dev, true);

	dev->area = AREA_DATA;
	return status ?: format(dev, ckd_end(&dev->at));
}

/* Return: the cells of the records before offset; R0 has its own. */
static unsigned int cells_before(const struct dev_3390 *dev, u32 offset)
{
	struct ckd_record record = { 0 };
	unsigned int cells = 0;

	ckd_next(dev->track, &record);
	while (ckd_end(&record) < offset && ckd_next(dev->track, &record) > 0)
		cells += ckd_cells(record.key_length, record.data_length);
	return cells;
}

void count_is_there(struct dev_3390 *dev)
{
	const u8 *count = dev->to;
	u32 offset;

	if (dev->command->end != end_format || dev->have != CKD_COUNT_BYTES)
		return;
	offset = dev->to - dev->track;
	dev->want += count[5] + (count[6] << 8 | count[7]);
	if (offset == CKD_HOME_BYTES)
		dev->overflow = count[5] || dev->want != CKD_COUNT_BYTES + 8;
	else
		dev->overflow = cells_before(dev, offset) +
			ckd_cells(count[5], dev->want - CKD_COUNT_BYTES -
				  count[5]) > CKD_TRACK_CELLS;
	if (dev->overflow)
		dev->want = CKD_COUNT_BYTES;
}

u8 end_format(struct dev_3390 *dev)
{
	u32 from = dev->to - dev->track, end = from + dev->want;

	dev->loaded = dev->have >= CKD_COUNT_BYTES && !dev->overflow;
	if (dev->have < CKD_COUNT_BYTES)
		return refuse(dev, COMMAND_REJECT, COUNT_TOO_SMALL);
	if (dev->overflow && from == CKD_HOME_BYTES)
		return refuse(dev, COMMAND_REJECT, INVALID_PARAMETER);
	if (dev->overflow)
		return refuse(dev, INVALID_TRACK_FORMAT, NO_MESSAGE);
	pad(dev);
	memset(dev->track + end, 0xff, CKD_COUNT_BYTES);
	ckd_next(dev->track, &dev->at);
	dev->area = AREA_DATA;
	dev->chain.found = FOUND_FORMATTED;
	return commit(dev, from, end + CKD_COUNT_BYTES);
}

u8 begin_erase(struct dev_3390 *dev)
{
	u8 status = begin_write_ckd(dev);

	dev->erased = dev->to;
	return status ?: expect(dev, NULL, 0xffff);
}

u8 end_erase(struct dev_3390 *dev)
{
	u32 from = dev->erased - dev->track;

	memset(dev->erased, 0xff, CKD_COUNT_BYTES);
	return commit(dev, from, from + CKD_COUNT_BYTES);
}

unsigned int cells_to_record(const struct dev_3390 *dev)
{
	return cells_before(dev, dev->at.offset);
}
