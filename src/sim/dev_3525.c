// SPDX-License-Identifier: GPL-2.0-only
/* A 3525: punches cards, and appends them to a file if it has one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bits.h>
#include "card_deck.h"
#include "control_unit.h"
#include "dev_3525.h"
#include "ebcdic.h"

#define PUNCHES	BIT(0)

static const struct control_unit_type unit_type = {
	.id = { 0xff, 0x35, 0x05, 0x01, 0x35, 0x25, 0x01 },
	.commands = (const struct control_unit_command[]) {
		{ 0x01, "WRITE, FEED, STACKER 1", PUNCHES },
		{ 0x41, "WRITE, FEED, STACKER 2", PUNCHES },
		{ }
	},
};

struct dev_3525 {
	struct control_unit unit;
	struct card_deck stacker;	/* what has been punched */
	int fd;				/* of the file; -1: there is none */
	bool ascii;			/* its form */
	bool jammed;			/* it ends with half a card */

	u8 card[CARD_COLUMNS];		/* what will be punched */
	u32 column;			/* of it, that comes next */
};

static u8 append(struct dev_3525 *dev, const char *bytes, size_t length)
{
	off_t end = lseek(dev->fd, 0, SEEK_END);

	if (end >= 0 && write(dev->fd, bytes, length) == (ssize_t)length)
		return 0;
	dev->jammed = end < 0 || ftruncate(dev->fd, end);
	return SENSE_EQUIPMENT_CHECK;
}

/* Return: 0, or the sense byte that says why not. */
static u8 write_card(struct dev_3525 *dev)
{
	char text[PORT_LINE];

	if (dev->fd < 0)
		return 0;
	if (dev->jammed)
		return SENSE_INTERVENTION_REQUIRED;
	if (!dev->ascii)
		return append(dev, (char *)dev->card, CARD_COLUMNS);
	for (unsigned int i = 0; i < CARD_COLUMNS; i++)
		if (!ascii_from_ebcdic(dev->card[i]))
			return SENSE_DATA_CHECK;
	card_text(dev->card, text);
	strcat(text, "\n");
	return append(dev, text, strlen(text));
}

static u8 punch(struct dev_3525 *dev)
{
	u8 sense;

	if (card_deck_add(&dev->stacker, dev->card))
		return control_unit_check(&dev->unit, SENSE_EQUIPMENT_CHECK);
	sense = write_card(dev);
	if (!sense)
		return 0;
	dev->stacker.count--;
	return control_unit_check(&dev->unit, sense);
}

static u8 dev_3525_select(void *device, u8 code)
{
	struct dev_3525 *dev = device;

	dev->column = 0;
	memset(dev->card, ebcdic_from_ascii(' '), sizeof(dev->card));
	return control_unit_select(&dev->unit, &unit_type, code);
}

static u32 dev_3525_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3525 *dev = device;

	if (!(dev->unit.command->traits & PUNCHES))
		return control_unit_transfer(device, data, length);
	if (length > CARD_COLUMNS - dev->column)
		length = CARD_COLUMNS - dev->column;
	memcpy(dev->card + dev->column, data, length);
	dev->column += length;
	return length;
}

static u8 dev_3525_stop(void *device, bool *more)
{
	u8 status = control_unit_stop(device, more);
	struct dev_3525 *dev = device;

	if (dev->unit.command->traits & PUNCHES)
		status |= punch(dev);
	return status;
}

static const struct machine_device_ops dev_3525_ops = {
	.name = "3525",
	.attached = control_unit_attached,
	.select = dev_3525_select,
	.transfer = dev_3525_transfer,
	.stop = dev_3525_stop,
	.halt = control_unit_halt,
	.clear = control_unit_clear,
	.sense = control_unit_sense,
};

static int check_end(int fd, const struct card_file *file,
		     struct sim_device_error *error)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char last = '\n';

	if (!card_file_is_plain(fd, file, error))
		return -EINVAL;
	if (!file->ascii && size % CARD_COLUMNS == 0)
		return 0;
	if (file->ascii && size && pread(fd, &last, 1, size - 1) != 1)
		last = 0;
	if (file->ascii && last == '\n')
		return 0;
	snprintf(error->text, sizeof(error->text), "%s: found %lld bytes, "
		 "expected %s", file->path, (long long)size, file->ascii ?
		 "a new line at the end" : "a multiple of 80");
	return -EINVAL;
}

static int open_file(struct dev_3525 *dev, const char *argument,
		     struct sim_device_error *error)
{
	struct card_file file;

	if (card_file_parse(argument, &file, error))
		return -EINVAL;
	dev->ascii = file.ascii;
	dev->fd = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (dev->fd >= 0)
		return check_end(dev->fd, &file, error);
	snprintf(error->text, sizeof(error->text), "%s: %s", file.path,
		 strerror(errno));
	return -EINVAL;
}

static void destroy(void *device)
{
	struct dev_3525 *dev = device;

	if (dev->fd >= 0)
		close(dev->fd);
	card_deck_free(&dev->stacker);
	free(dev);
}

static void *create(const char *argument, struct sim_device_error *error)
{
	struct dev_3525 *dev = calloc(1, sizeof(*dev));

	snprintf(error->text, sizeof(error->text), "no memory");
	if (!dev)
		return NULL;
	dev->fd = -1;
	if (!argument || !open_file(dev, argument, error))
		return dev;
	destroy(dev);
	return NULL;
}

static const char *command_name(u8 code)
{
	return control_unit_command_name(&unit_type, code);
}

static bool dev_3525_line(const void *device, unsigned int number,
			  char text[PORT_LINE])
{
	const struct dev_3525 *dev = device;

	if (number < dev->stacker.count)
		card_text(dev->stacker.cards[number], text);
	return number < dev->stacker.count;
}

const struct sim_device_type sim_device_3525 = {
	.name = "3525",
	.about = "a card punch; cards are added to the file, if there is one",
	.argument = "ascii:FILE or ebcdic:FILE",
	.example = "ccwsim run --view tests/scenarios/cards-punched.ccw",
	.offers = BIT(PORT_3525),
	.ops = &dev_3525_ops, .create = create, .destroy = destroy,
	.command = command_name, .line = dev_3525_line,
};
