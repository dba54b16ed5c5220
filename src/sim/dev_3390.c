// SPDX-License-Identifier: GPL-2.0-only
/* A disk 3390: its commands, and what the channel asks of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev_3390_unit.h"
#include "port.h"

u8 refuse(struct dev_3390 *dev, enum refusal refusal, enum message message)
{
	const u8 sense[SENSE_BYTES] = {
		refusal >> 8, refusal, [3] = dev->chain.left,
		[5] = dev->cylinder,
		[6] = (dev->cylinder >> 8) << 4 | dev->head,
		[7] = message, [27] = 0x80,
		[29] = dev->cylinder >> 8, [30] = dev->cylinder,
		[31] = dev->head,
	};

	memcpy(dev->sense, sense, sizeof(sense));
	if (refusal & COMMAND_REJECT)
		return DEVICE_UNIT_CHECK;
	return DEVICE_ENDS | DEVICE_UNIT_CHECK;
}

static u8 do_nothing(struct dev_3390 *dev)
{
	return DEVICE_ENDS;
}

#define READING		(BIT(LOCATE_READ_DATA) | BIT(LOCATE_READ))
#define ANY_READ	(MULTITRACK | ORIENTED)
#define FOUND(what)	BIT(FOUND_##what)

static const struct command commands[] = {
	{ 0x02, 0, 0, 0, 0, "READ IPL", begin_read_ipl, end_input },
	{ COMMAND_NO_OPERATION, 0, 0, 0, 0, "NO OPERATION", do_nothing, NULL },
	{ COMMAND_SENSE, 0, 0, 0, 0, "SENSE", begin_sense, end_input },
	{ 0x05, UPDATES | KEEPS, 0, FOUND(ID) | FOUND(KEY),
	  BIT(LOCATE_WRITE) | BIT(LOCATE_WRITE_TRACK),
	  "WRITE DATA", begin_write_data, end_update },
	{ 0x06, ANY_READ | KEEPS, 0, 0, READING, "READ DATA",
	  begin_read_data, end_input },
	{ 0x07, 0, 6, 0, 0, "SEEK", take_parameters, end_seek },
	{ 0x0b, 0, 6, 0, 0, "SEEK CYLINDER", take_parameters, end_seek },
	{ 0x0d, UPDATES | KEEPS, 0, FOUND(ID), BIT(LOCATE_WRITE),
	  "WRITE KEY AND DATA", begin_write_kd, end_update },
	{ 0x0e, ANY_READ | KEEPS, 0, 0, READING, "READ KEY AND DATA",
	  begin_read_kd, end_input },
	{ 0x11, FORMATS, 0, FOUND(ID) | FOUND(KEY) | FOUND(FORMATTED),
	  BIT(LOCATE_WRITE_TRACK), "ERASE", begin_erase, end_erase },
	{ 0x12, ANY_READ, 0, 0, READING | BIT(LOCATE_WRITE), "READ COUNT",
	  begin_read_count, end_input },
	{ 0x14, 0, 0, 0, 0, "UNCONDITIONAL RESERVE", begin_reserve, end_input },
	{ 0x15, FORMATS_ZERO, 0, FOUND(HOME), BIT(LOCATE_FORMAT),
	  "WRITE RECORD ZERO", begin_write_zero, end_format },
	{ 0x16, ANY_READ, 0, 0, READING, "READ RECORD ZERO",
	  begin_read_zero, end_input },
	{ 0x17, 0, 0, 0, 0, "RESTORE", do_nothing, NULL },
	{ 0x1a, ANY_READ, 0, 0, READING, "READ HOME ADDRESS",
	  begin_read_home, end_input },
	{ 0x1b, ORIENTED, 6, 0, 0, "SEEK HEAD", take_parameters, end_seek },
	{ 0x1d, FORMATS, 0, FOUND(ID) | FOUND(KEY) | FOUND(FORMATTED),
	  BIT(LOCATE_FORMAT) | BIT(LOCATE_WRITE_TRACK),
	  "WRITE COUNT KEY AND DATA", begin_write_ckd, end_format },
	{ 0x1e, ANY_READ, 0, 0, READING, "READ COUNT KEY AND DATA",
	  begin_read_ckd, end_input },
	{ 0x1f, 0, 1, 0, 0, "SET FILE MASK", take_parameters, end_mask },
	{ 0x22, ORIENTED, 0, 0, 0, "READ SECTOR",
	  begin_read_sector, end_input },
	{ 0x23, 0, 1, 0, 0, "SET SECTOR", take_parameters, end_sector },
	{ 0x27, 0, 12, 0, 0, "PERFORM SUBSYSTEM FUNCTION", take_parameters,
	  end_subsystem_function },
	{ 0x29, ANY_READ, 0, 0, 0, "SEARCH KEY EQUAL", begin_search_key,
	  end_search },
	{ 0x31, ANY_READ, 0, 0, 0, "SEARCH ID EQUAL", begin_search_id,
	  end_search },
	{ 0x34, 0, 0, 0, 0, "SENSE PATH GROUP ID",
	  begin_sense_path_group, end_input },
	{ 0x39, ANY_READ, 0, 0, 0, "SEARCH HOME ADDRESS EQUAL",
	  begin_search_home, end_search },
	{ 0x3e, 0, 0, 0, 0, "READ SUBSYSTEM DATA",
	  begin_read_subsystem, end_input },
	{ 0x47, 0, 16, 0, 0, "LOCATE RECORD", take_parameters, end_locate },
	{ 0x49, ANY_READ, 0, 0, 0, "SEARCH KEY HIGH", begin_search_key,
	  end_search },
	{ 0x51, ANY_READ, 0, 0, 0, "SEARCH ID HIGH", begin_search_id,
	  end_search },
	{ 0x5e, ORIENTED, 0, 0, 0, "READ MULTIPLE COUNT KEY AND DATA",
	  begin_read_multiple, end_input },
	{ 0x63, 0, 16, 0, 0, "DEFINE EXTENT", take_parameters, end_extent },
	{ 0x64, 0, 0, 0, 0, "READ DEVICE CHARACTERISTICS",
	  begin_characteristics, end_input },
	{ 0x69, ANY_READ, 0, 0, 0, "SEARCH KEY EQUAL OR HIGH",
	  begin_search_key, end_search },
	{ 0x71, ANY_READ, 0, 0, 0, "SEARCH ID EQUAL OR HIGH",
	  begin_search_id, end_search },
	{ 0x85, UPDATES | DOMAIN_ONLY, 0, 0, BIT(LOCATE_WRITE),
	  "WRITE UPDATE DATA", begin_write_data, end_update },
	{ 0x8d, UPDATES | DOMAIN_ONLY, 0, 0, BIT(LOCATE_WRITE),
	  "WRITE UPDATE KEY AND DATA", begin_write_kd, end_update },
	{ 0x94, 0, 0, 0, 0, "RELEASE", begin_reserve, end_input },
	{ 0x9d, FORMATS | DOMAIN_ONLY, 0, 0, BIT(LOCATE_FORMAT),
	  "WRITE COUNT KEY AND DATA NEXT TRACK", begin_write_next, end_format },
	{ 0xaf, 0, 12, 0, 0, "SET PATH GROUP ID", take_parameters,
	  end_path_group },
	{ 0xb4, 0, 0, 0, 0, "RESERVE", begin_reserve, end_input },
	{ 0xde, ORIENTED | DOMAIN_ONLY, 0, 0, BIT(LOCATE_READ_TRACKS),
	  "READ TRACK", begin_read_track, end_input },
	{ COMMAND_SENSE_ID, 0, 0, 0, 0, "SENSE ID", begin_sense_id, end_input },
	{ 0xfa, 0, 0, 0, 0, "READ CONFIGURATION DATA",
	  begin_configuration, end_input },
};

static bool mask_permits(const struct dev_3390 *dev)
{
	static const u8 permitted[] = {
		UPDATES | FORMATS, 0, UPDATES, WRITES
	};

	return dev->command->flags & permitted[dev->chain.mask >> 6];
}

/* Return: whether the domain, if there is one, has room for the command. */
static bool domain_permits(const struct dev_3390 *dev)
{
	const struct command *command = dev->command;
	const struct chain *chain = &dev->chain;
	bool suffix = chain->count_suffix && chain->left == 1;

	if (!dev->inside)
		return !(command->flags & DOMAIN_ONLY);
	if (!(command->domains & BIT(chain->operation)))
		return false;
	return chain->operation != LOCATE_WRITE ||
	       suffix == (command->begin == begin_read_count);
}

static bool may_write(const struct dev_3390 *dev, enum found found, bool spent)
{
	const struct command *command = dev->command;

	if (!mask_permits(dev))
		return false;
	if (dev->inside)
		return true;
	return command->after & BIT(found) &&
	       !(spent && command->flags & UPDATES);
}

/* Return: 0, or the status of a refusal. */
static u8 in_order(struct dev_3390 *dev)
{
	u8 flags = dev->command->flags;
	enum found found = dev->chain.found;
	bool spent = dev->chain.spent;

	if (!(flags & KEEPS))
		dev->chain.found = FOUND_NOTHING;
	dev->chain.spent = true;
	if (!domain_permits(dev) || (flags & ORIENTED && !dev->chain.sought) ||
	    (flags & WRITES && !may_write(dev, found, spent)))
		return refuse(dev, COMMAND_REJECT, INVALID_SEQUENCE);
	if (flags & WRITES && ckd_image_read_only(dev->image))
		return refuse(dev, COMMAND_REJECT | WRITE_INHIBITED, NO_MESSAGE);
	return 0;
}

static const struct command *find_command(u8 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		u8 multitrack = commands[i].flags & MULTITRACK ? 0x80 : 0;

		if (commands[i].code == (code & ~multitrack))
			return &commands[i];
	}
	return NULL;
}

static u8 dev_3390_select(void *device, u8 code)
{
	struct dev_3390 *dev = device;
	u8 status;

	if (dev->owed)
		return DEVICE_BUSY;
	dev->command = find_command(code);
	if (code != COMMAND_SENSE)
		memset(dev->sense, 0, sizeof(dev->sense));
	dev->code = code;
	dev->inside = dev->chain.left;
	dev->to = NULL;
	dev->want = dev->have = dev->length = dev->given = 0;
	if (!dev->command)
		return refuse(dev, COMMAND_REJECT, INVALID_COMMAND);
	status = in_order(dev);
	return status ?: dev->command->begin(dev);
}

static void dev_3390_begin(void *device)
{
	struct dev_3390 *dev = device;

	dev->chain = (struct chain){ 0 };
}

static u32 take(struct dev_3390 *dev, const u8 *data, u32 length)
{
	u32 taken = 0, piece;

	while (taken < length && dev->have < dev->want) {
		piece = min(length - taken, dev->want - dev->have);
		if (dev->to)
			memcpy(dev->to + dev->have, data + taken, piece);
		taken += piece;
		dev->have += piece;
		count_is_there(dev);
	}
	return taken;
}

static u32 dev_3390_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3390 *dev = device;

	if (dev->code & 1)
		return take(dev, data, length);
	length = min(length, dev->length - dev->given);
	memcpy(data, dev->from + dev->given, length);
	dev->given += length;
	return length;
}

static u8 finish(struct dev_3390 *dev)
{
	if (dev->have < dev->command->length)
		return refuse(dev, COMMAND_REJECT, COUNT_TOO_SMALL);
	return dev->command->end(dev);
}

static u8 dev_3390_stop(void *device, bool *more)
{
	struct dev_3390 *dev = device;
	u8 status;

	*more = dev->given < dev->length;
	status = finish(dev);
	if (status & DEVICE_UNIT_CHECK)
		return status | DEVICE_ENDS;
	if (dev->inside)
		dev->chain.left--;
	return status;
}

static u8 dev_3390_halt(void *device)
{
	struct dev_3390 *dev = device;
	u8 status = dev->owed ? DEVICE_END : DEVICE_ENDS;

	dev->owed = 0;
	dev->loaded = false;
	return status;
}

static void dev_3390_clear(void *device)
{
	struct dev_3390 *dev = device;

	dev->owed = 0;
	dev->loaded = false;
	memset(dev->sense, 0, sizeof(dev->sense));
}

static u8 dev_3390_sense(void *device, u8 bytes[SENSE_BYTES])
{
	struct dev_3390 *dev = device;

	memcpy(bytes, dev->sense, SENSE_BYTES);
	memset(dev->sense, 0, SENSE_BYTES);
	return SENSE_BYTES;
}

#define ARM_STARTS_NS	1500000u	/* to the next cylinder */
#define ARM_MOVES_NS	5000u		/* and for each further one */

static void arrived(void *device)
{
	struct dev_3390 *dev = device;
	u8 owed = dev->owed;

	if (--dev->journeys || !owed)
		return;
	dev->owed = 0;
	machine_present(dev->m, dev->sid, owed);
}

u8 arm_arrives(struct dev_3390 *dev, u16 from, u8 status)
{
	u32 distance = abs(dev->cylinder - from);

	if (!distance || !dev->m)
		return status;
	dev->owed = status & ~DEVICE_CHANNEL_END;
	dev->journeys++;
	machine_after(dev->m, ARM_STARTS_NS + distance * ARM_MOVES_NS, arrived,
		      dev);
	return DEVICE_CHANNEL_END;
}

static void dev_3390_attached(void *device, struct machine *m, u32 sid)
{
	struct dev_3390 *dev = device;

	dev->m = m;
	dev->sid = sid;
}

const struct machine_device_ops dev_3390_ops = {
	.name = "3390",
	.attached = dev_3390_attached,
	.begin = dev_3390_begin,
	.select = dev_3390_select,
	.transfer = dev_3390_transfer,
	.stop = dev_3390_stop,
	.halt = dev_3390_halt,
	.clear = dev_3390_clear,
	.sense = dev_3390_sense,
};

struct dev_3390 *dev_3390_create(struct ckd_image *image)
{
	struct dev_3390 *dev = calloc(1, sizeof(*dev));

	if (dev)
		dev->image = image;
	return dev;
}

void dev_3390_destroy(struct dev_3390 *dev)
{
	if (!dev)
		return;
	ckd_image_close(dev->image);
	free(dev);
}

#define BLANK_CYLINDERS	3

static struct ckd_image *open_image(const char *argument,
				    struct sim_device_error *error)
{
	size_t length = strlen(argument);
	bool read_only = length > 3 && !strcmp(argument + length - 3, ",ro");
	char *path = strndup(argument, length - (read_only ? 3 : 0));
	struct ckd_error why = { "no memory" };
	struct ckd_image *image = NULL;

	if (path)
		image = ckd_image_open(path, read_only, &why);
	if (!image)
		snprintf(error->text, sizeof(error->text), "%s", why.text);
	free(path);
	return image;
}

static void *create(const char *argument, struct sim_device_error *error)
{
	struct ckd_image *image;
	struct dev_3390 *dev;

	snprintf(error->text, sizeof(error->text), "no memory");
	image = argument ? open_image(argument, error) :
			   ckd_image_blank(BLANK_CYLINDERS);
	if (!image)
		return NULL;
	dev = dev_3390_create(image);
	if (!dev)
		ckd_image_close(image);
	return dev;
}

static void destroy(void *device)
{
	dev_3390_destroy(device);
}

static const char *command_name(u8 code)
{
	const struct command *command = find_command(code);

	return command ? command->name : NULL;
}

const struct sim_device_type sim_device_3390 = {
	.name = "3390",
	.about = "a disk of count, key and data",
	.argument = "IMAGE[,ro]",
	.example = "dasdinit disk.ckd 3390 111111 3 && ccwsim run --device "
		   "3390=disk.ckd tests/scenarios/disk-search.ccw",
	.offers = BIT(PORT_3390),
	.ops = &dev_3390_ops, .create = create, .destroy = destroy,
	.command = command_name,
};
