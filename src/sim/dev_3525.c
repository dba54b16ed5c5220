// SPDX-License-Identifier: GPL-2.0-only
/* A 3525: punches cards, and appends them to a file if it has one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include "card_deck.h"
#include "dev_3525.h"
#include "ebcdic.h"
#include "machine.h"

#define SENSE_COMMAND_REJECT	0x80
#define SENSE_INTERVENTION	0x40
#define SENSE_EQUIPMENT_CHECK	0x10
#define SENSE_DATA_CHECK	0x08

static const struct command {
	u8 code;
	const char *name;
	bool punches;
} commands[] = {
	{ 0x01, "WRITE, FEED, STACKER 1", true },
	{ 0x41, "WRITE, FEED, STACKER 2", true },
	{ 0x03, "NO OPERATION", false },
	{ 0x04, "SENSE", false },
	{ 0xe4, "SENSE ID", false },
};

static const struct command *find_command(u8 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

struct dev_3525 {
	u8 sense;
	struct card_deck stacker;	/* what has been punched */
	int fd;				/* of the file; -1: there is none */
	bool ascii;			/* its form */
	bool jammed;			/* it ends with half a card */

	const struct command *command;	/* in progress */
	u8 card[CARD_COLUMNS];		/* output: what will be punched */
	u8 answer[8];			/* input */
	u32 length, at;			/* of either, and how far we are */
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
		return SENSE_INTERVENTION;
	if (!dev->ascii)
		return append(dev, (char *)dev->card, CARD_COLUMNS);
	for (unsigned int i = 0; i < CARD_COLUMNS; i++)
		if (!ascii_from_ebcdic(dev->card[i]))
			return SENSE_DATA_CHECK;
	card_text(dev->card, text);
	strcat(text, "\n");
	return append(dev, text, strlen(text));
}

static u8 unit_check(struct dev_3525 *dev, u8 sense)
{
	dev->sense = sense;
	return DEVICE_UNIT_CHECK;
}

static u8 punch(struct dev_3525 *dev)
{
	if (card_deck_add(&dev->stacker, dev->card))
		return unit_check(dev, SENSE_EQUIPMENT_CHECK);
	dev->sense = write_card(dev);
	if (!dev->sense)
		return 0;
	dev->stacker.count--;
	return DEVICE_UNIT_CHECK;
}

static void prepare(struct dev_3525 *dev)
{
	static const u8 id[] = { 0xff, 0x35, 0x05, 0x01, 0x35, 0x25, 0x01 };

	dev->at = 0;
	dev->length = CARD_COLUMNS;
	memset(dev->card, ebcdic_from_ascii(' '), sizeof(dev->card));
	if (dev->command->punches)
		return;
	dev->answer[0] = dev->sense;
	dev->length = 1;
	if (dev->command->code != 0xe4)
		return;
	memcpy(dev->answer, id, sizeof(id));
	dev->length = sizeof(id);
}

static u8 dev_3525_select(void *device, u8 code)
{
	struct dev_3525 *dev = device;

	if (code != 0x04)
		dev->sense = 0;
	dev->command = find_command(code);
	if (!dev->command)
		return unit_check(dev, SENSE_COMMAND_REJECT);
	prepare(dev);
	return code == 0x03 ? DEVICE_CHANNEL_END | DEVICE_END : 0;
}

static u32 dev_3525_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3525 *dev = device;

	if (length > dev->length - dev->at)
		length = dev->length - dev->at;
	if (dev->command->punches)
		memcpy(dev->card + dev->at, data, length);
	else
		memcpy(data, dev->answer + dev->at, length);
	dev->at += length;
	return length;
}

static u8 dev_3525_stop(void *device, bool *more)
{
	u8 status = DEVICE_CHANNEL_END | DEVICE_END;
	struct dev_3525 *dev = device;

	if (dev->command->punches)
		return status | punch(dev);
	*more = dev->at < dev->length;
	if (dev->command->code == 0x04)
		dev->sense = 0;
	return status;
}

static u8 dev_3525_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_3525_clear(void *device)
{
	struct dev_3525 *dev = device;

	dev->sense = 0;
}

static u8 dev_3525_sense(void *device, u8 bytes[32])
{
	struct dev_3525 *dev = device;

	bytes[0] = dev->sense;
	dev->sense = 0;
	return 1;
}

/* It never speaks first: it need not know where it stands. */
static void dev_3525_attached(void *device, struct machine *m, u32 sid)
{
}

static const struct machine_device_ops dev_3525_ops = {
	.name = "3525",
	.attached = dev_3525_attached,
	.select = dev_3525_select,
	.transfer = dev_3525_transfer,
	.stop = dev_3525_stop,
	.halt = dev_3525_halt,
	.clear = dev_3525_clear,
	.sense = dev_3525_sense,
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
	const struct command *command = find_command(code);

	return command ? command->name : NULL;
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
