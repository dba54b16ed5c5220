// SPDX-License-Identifier: GPL-2.0-only
/* A 3215: paper, a keyboard that is unlocked by a read, and what uses them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include "control_unit.h"
#include "dev_3215.h"
#include "ebcdic.h"
#include "machine.h"

#define COLUMNS		126	/* characters in a line */
#define LINES		1000	/* lines that are kept */

#define CODE_NEW_LINE	0x15	/* EBCDIC */

struct dev_3215 {
	struct control_unit unit;
	bool not_ready;

	char paper[LINES][COLUMNS + 1];
	unsigned int lines;	/* that are complete; the next is being printed */
	unsigned int column;	/* where the carrier stands on that one */

	bool reading;			/* a read waits for the line */
	bool ended, cancelled;		/* how the line has ended */
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

#define WRITES	BIT(0)
#define READS	BIT(1)
#define ACTS	BIT(2)
#define RETURNS	BIT(3)	/* the carrier, behind what was written */

static const struct control_unit_type unit_type = {
	.id = { 0xff, 0x32, 0x15, 0, 0, 0, 0 },
	.commands = (const struct control_unit_command[]) {
		{ 0x01, "WRITE", WRITES },
		{ 0x09, "WRITE, AUTO CARRIER RETURN", WRITES | RETURNS },
		{ 0x0a, "READ INQUIRY", READS },
		{ 0x0b, "ALARM", ACTS },
		{ }
	},
};

static u8 dev_3215_select(void *device, u8 code)
{
	struct dev_3215 *dev = device;
	u8 status = control_unit_select(&dev->unit, &unit_type, code);
	unsigned int traits;

	if (status)
		return status;
	traits = dev->unit.command->traits;
	if (dev->not_ready && traits & (WRITES | READS))
		return control_unit_check(&dev->unit,
					  SENSE_INTERVENTION_REQUIRED);
	if (traits & ACTS)
		return DEVICE_CHANNEL_END | DEVICE_END;
	dev->reading = traits & READS;
	dev->ended = false;
	dev->cancelled = false;
	return 0;
}

static u32 dev_3215_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3215 *dev = device;

	if (dev->unit.command->traits & WRITES) {
		for (u32 i = 0; i < length; i++)
			print_code(dev, data[i]);
		return length;
	}
	if (dev->reading && !dev->ended)
		return DEVICE_LATER;
	return control_unit_transfer(device, data, length);
}

static u8 dev_3215_stop(void *device, bool *more)
{
	u8 status = control_unit_stop(device, more);
	struct dev_3215 *dev = device;

	if (dev->unit.command->traits & RETURNS)
		feed(dev);
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
	return control_unit_halt(device);
}

static void dev_3215_clear(void *device)
{
	lock_keyboard(device);
	control_unit_clear(device);
}

static const struct machine_device_ops dev_3215_ops = {
	.name = "3215",
	.attached = control_unit_attached,
	.select = dev_3215_select,
	.transfer = dev_3215_transfer,
	.stop = dev_3215_stop,
	.halt = dev_3215_halt,
	.clear = dev_3215_clear,
	.sense = control_unit_sense,
};

static int dev_3215_type(void *device, const char *text)
{
	struct dev_3215 *dev = device;

	if (!dev->reading || dev->ended)
		return -EPERM;
	for (size_t i = 0; text[i]; i++)
		if (!ebcdic_from_ascii(text[i]))
			return -EINVAL;
	if (strlen(text) > COLUMNS - dev->unit.length)
		return -EPERM;
	for (; *text; text++) {
		print(dev, *text);
		dev->unit.data[dev->unit.length++] = ebcdic_from_ascii(*text);
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
		dev->unit.length = 0;
	feed(dev);
	machine_ready(dev->unit.m, dev->unit.sid);
	return 0;
}

static void present(struct dev_3215 *dev, u8 status)
{
	if (dev->unit.m)
		machine_present(dev->unit.m, dev->unit.sid, status);
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
	return control_unit_command_name(&unit_type, code);
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
