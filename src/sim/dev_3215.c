// SPDX-License-Identifier: GPL-2.0-only
/* A 3215: paper, a keyboard that is unlocked by a read, and seven commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include "dev_3215.h"
#include "ebcdic.h"
#include "machine.h"

#define COLUMNS		126	/* characters in a line */
#define LINES		1000	/* lines that are kept */

#define CODE_NEW_LINE	0x15	/* EBCDIC */

#define SENSE_COMMAND_REJECT		0x80
#define SENSE_INTERVENTION_REQUIRED	0x40

struct dev_3215 {
	struct machine *m;
	u32 sid;
	bool not_ready;
	u8 sense;

	char paper[LINES][COLUMNS + 1];
	unsigned int lines;	/* that are complete; the next is being printed */
	unsigned int column;	/* where the carrier stands on that one */

	const struct command *command;	/* in progress */
	bool reading;			/* it is a read, and waits for the line */
	bool ended, cancelled;		/* how the line has ended */
	u8 reply[COLUMNS];		/* what a read will bring */
	unsigned int length, at;	/* of it, and how far it was read */
};

static void feed(struct dev_3215 *dev)
{
	if (dev->lines < LINES - 1)
		dev->lines++;
	else
		memmove(dev->paper[0], dev->paper[1],
			(LINES - 1) * sizeof(dev->paper[0]));
	memset(dev->paper[dev->lines], 0, sizeof(dev->paper[0]));
	dev->column = 0;
}

static void print(struct dev_3215 *dev, char c)
{
	if (dev->column == COLUMNS)
		feed(dev);
	dev->paper[dev->lines][dev->column++] = c;
}

static void print_code(struct dev_3215 *dev, u8 code)
{
	if (code == CODE_NEW_LINE)
		feed(dev);
	else if (code >= 0x40)
		print(dev, ascii_from_ebcdic(code) ?: '?');
}

static const struct command {
	u8 code;
	const char *name;
	enum { WRITES, READS, TELLS, ACTS } kind;
	bool needs_paper;
	bool carrier_return;	/* behind what was written */
} commands[] = {
	{ 0x01, "WRITE", WRITES, true, false },
	{ 0x09, "WRITE, AUTO CARRIER RETURN", WRITES, true, true },
	{ 0x0a, "READ INQUIRY", READS, true, false },
	{ 0x0b, "ALARM", ACTS, false, false },
	{ 0x03, "NO OPERATION", ACTS, false, false },
	{ 0x04, "SENSE", TELLS, false, false },
	{ 0xe4, "SENSE ID", TELLS, false, false },
};

static const struct command *find_command(u8 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

static void prepare_answer(struct dev_3215 *dev)
{
	static const u8 id[] = { 0xff, 0x32, 0x15, 0, 0, 0, 0 };

	dev->length = 0;
	dev->at = 0;
	if (dev->command->code == 0x04)
		dev->reply[dev->length++] = dev->sense;
	if (dev->command->code != 0xe4)
		return;
	memcpy(dev->reply, id, sizeof(id));
	dev->length = sizeof(id);
}

static u8 unit_check(struct dev_3215 *dev, u8 sense)
{
	dev->sense = sense;
	return DEVICE_UNIT_CHECK;
}

static u8 dev_3215_select(void *device, u8 code)
{
	struct dev_3215 *dev = device;

	if (code != 0x04)
		dev->sense = 0;
	dev->command = find_command(code);
	if (!dev->command)
		return unit_check(dev, SENSE_COMMAND_REJECT);
	if (dev->not_ready && dev->command->needs_paper)
		return unit_check(dev, SENSE_INTERVENTION_REQUIRED);
	if (dev->command->kind == ACTS)
		return DEVICE_CHANNEL_END | DEVICE_END;
	prepare_answer(dev);
	dev->reading = dev->command->kind == READS;
	dev->ended = false;
	dev->cancelled = false;
	return 0;
}

static u32 dev_3215_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3215 *dev = device;

	if (dev->command->kind == WRITES) {
		for (u32 i = 0; i < length; i++)
			print_code(dev, data[i]);
		return length;
	}
	if (dev->reading && !dev->ended)
		return DEVICE_LATER;
	if (length > dev->length - dev->at)
		length = dev->length - dev->at;
	memcpy(data, dev->reply + dev->at, length);
	dev->at += length;
	return length;
}

static u8 dev_3215_stop(void *device, bool *more)
{
	u8 status = DEVICE_CHANNEL_END | DEVICE_END;
	struct dev_3215 *dev = device;

	*more = dev->at < dev->length;
	if (dev->command->carrier_return)
		feed(dev);
	if (dev->command->code == 0x04)
		dev->sense = 0;
	dev->reading = false;
	return dev->cancelled ? status | DEVICE_UNIT_EXCEPTION : status;
}

static void lock_keyboard(struct dev_3215 *dev)
{
	if (dev->reading && dev->column)
		feed(dev);
	dev->reading = false;
}

static u8 dev_3215_halt(void *device)
{
	lock_keyboard(device);
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_3215_clear(void *device)
{
	struct dev_3215 *dev = device;

	lock_keyboard(dev);
	dev->sense = 0;
}

static u8 dev_3215_sense(void *device, u8 bytes[32])
{
	struct dev_3215 *dev = device;

	bytes[0] = dev->sense;
	dev->sense = 0;
	return 1;
}

static void dev_3215_attached(void *device, struct machine *m, u32 sid)
{
	struct dev_3215 *dev = device;

	dev->m = m;
	dev->sid = sid;
}

static const struct machine_device_ops dev_3215_ops = {
	.name = "3215",
	.attached = dev_3215_attached,
	.select = dev_3215_select,
	.transfer = dev_3215_transfer,
	.stop = dev_3215_stop,
	.halt = dev_3215_halt,
	.clear = dev_3215_clear,
	.sense = dev_3215_sense,
};

static int dev_3215_type(void *device, const char *text)
{
	struct dev_3215 *dev = device;

	if (!dev->reading || dev->ended)
		return -EPERM;
	for (size_t i = 0; text[i]; i++)
		if (!ebcdic_from_ascii(text[i]))
			return -EINVAL;
	if (strlen(text) > COLUMNS - dev->length)
		return -EPERM;
	for (; *text; text++) {
		print(dev, *text);
		dev->reply[dev->length++] = ebcdic_from_ascii(*text);
	}
	return 0;
}

static int press_end(void *device, u8 cancel)
{
	struct dev_3215 *dev = device;

	if (!dev->reading || dev->ended)
		return -EPERM;
	dev->ended = true;
	dev->cancelled = cancel;
	if (cancel)
		dev->length = 0;
	feed(dev);
	machine_ready(dev->m, dev->sid);
	return 0;
}

static void present(struct dev_3215 *dev, u8 status)
{
	if (dev->m)
		machine_present(dev->m, dev->sid, status);
}

static int press_request(void *device, u8 value)
{
	struct dev_3215 *dev = device;

	if (dev->not_ready)
		return -EPERM;
	present(dev, DEVICE_ATTENTION);
	return 0;
}

static int press_ready(void *device, u8 ready)
{
	struct dev_3215 *dev = device;
	bool news = ready && dev->not_ready;

	dev->not_ready = !ready;
	if (news)
		present(dev, DEVICE_END);
	return 0;
}

/* The line that is being printed counts if there is something on it. */
static bool dev_3215_line(const void *device, unsigned int number,
			  char text[PORT_LINE])
{
	const struct dev_3215 *dev = device;

	if (number >= dev->lines + !!dev->column)
		return false;
	snprintf(text, PORT_LINE, "%s", dev->paper[number]);
	return true;
}

static void *create(const char *argument, struct sim_device_error *error)
{
	struct dev_3215 *dev = calloc(1, sizeof(*dev));

	if (!dev)
		snprintf(error->text, sizeof(error->text), "no memory");
	return dev;
}

static const char *command_name(u8 code)
{
	const struct command *command = find_command(code);

	return command ? command->name : NULL;
}

static const struct sim_device_key keys[] = {
	{ "request", press_request, 0 },
	{ "end", press_end, false }, { "cancel", press_end, true },
	{ "not-ready", press_ready, false }, { "ready", press_ready, true },
	{ }
};

const struct sim_device_type sim_device_3215 = {
	.name = "3215",
	.about = "a console that prints lines and reads them",
	.example = "ccwsim run --view tests/scenarios/console.ccw",
	.offers = BIT(PORT_3215),
	.ops = &dev_3215_ops, .create = create, .destroy = free,
	.command = command_name, .keys = keys,
	.type = dev_3215_type, .line = dev_3215_line,
};
