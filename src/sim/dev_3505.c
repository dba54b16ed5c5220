// SPDX-License-Identifier: GPL-2.0-only
/* A 3505: cards from a hopper, through a reading station, to a stacker. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include "card_deck.h"
#include "control_unit.h"
#include "dev_3505.h"
#include "machine.h"

#define STACKERS	3

#define READS	BIT(0)
#define FEEDS	BIT(1)	/* to the stacker that the code names */

static const struct control_unit_type unit_type = {
	.id = { 0xff, 0x35, 0x05, 0x01, 0x35, 0x05, 0x01 },
	.commands = (const struct control_unit_command[]) {
		{ 0x02, "READ, FEED, STACKER 1", READS | FEEDS },
		{ 0x42, "READ, FEED, STACKER 2", READS | FEEDS },
		{ 0x82, "READ, FEED, STACKER 3", READS | FEEDS },
		{ 0xc2, "READ", READS },
		{ 0x23, "FEED, STACKER 1", FEEDS },
		{ 0x63, "FEED, STACKER 2", FEEDS },
		{ 0xa3, "FEED, STACKER 3", FEEDS },
		{ }
	},
};

struct dev_3505 {
	struct control_unit unit;
	bool waits;			/* for cards, and has said so */
	bool all;			/* what is in the hopper is all there is */

	struct card_deck hopper;
	unsigned int next;		/* of its cards, at the reading station */
	unsigned int stacked[STACKERS];
};

static u8 run_out(struct dev_3505 *dev)
{
	if (!dev->all) {
		dev->waits = true;
		return control_unit_check(&dev->unit,
					  SENSE_INTERVENTION_REQUIRED);
	}
	dev->all = false;
	return DEVICE_CHANNEL_END | DEVICE_END | DEVICE_UNIT_EXCEPTION;
}

static void feed(struct dev_3505 *dev)
{
	dev->stacked[dev->unit.command->code >> 6]++;
	dev->next++;
}

static void pick(struct dev_3505 *dev)
{
	memcpy(dev->unit.data, dev->hopper.cards[dev->next], CARD_COLUMNS);
	dev->unit.length = CARD_COLUMNS;
}

static u8 dev_3505_select(void *device, u8 code)
{
	struct dev_3505 *dev = device;
	u8 status = control_unit_select(&dev->unit, &unit_type, code);

	if (status || !dev->unit.command->traits)
		return status;
	if (dev->next == dev->hopper.count)
		return run_out(dev);
	if (dev->unit.command->traits & READS) {
		pick(dev);
		return 0;
	}
	feed(dev);
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static u8 dev_3505_stop(void *device, bool *more)
{
	struct dev_3505 *dev = device;

	if (dev->unit.command->traits & FEEDS)
		feed(dev);
	return control_unit_stop(device, more);
}

static const struct machine_device_ops dev_3505_ops = {
	.name = "3505",
	.attached = control_unit_attached,
	.select = dev_3505_select,
	.transfer = control_unit_transfer,
	.stop = dev_3505_stop,
	.halt = control_unit_halt,
	.clear = control_unit_clear,
	.sense = control_unit_sense,
};

static int load_card(void *device, const char *text)
{
	struct dev_3505 *dev = device;
	u8 card[CARD_COLUMNS];

	if (strlen(text) > sizeof(card) ||
	    card_punch(card, text, strlen(text)))
		return -EINVAL;
	return card_deck_add(&dev->hopper, card);
}

static int press_ready(void *device, u8 value)
{
	struct dev_3505 *dev = device;

	if (dev->next == dev->hopper.count && !dev->all)
		return -EPERM;
	if (dev->waits && dev->unit.m)
		machine_present(dev->unit.m, dev->unit.sid, DEVICE_END);
	dev->waits = false;
	return 0;
}

static int press_end_of_file(void *device, u8 value)
{
	struct dev_3505 *dev = device;

	dev->all = true;
	return 0;
}

static bool dev_3505_line(const void *device, unsigned int number,
			  char text[PORT_LINE])
{
	const struct dev_3505 *dev = device;
	unsigned int left = dev->hopper.count - dev->next;

	if (number > left)
		return false;
	if (number)
		card_text(dev->hopper.cards[dev->next + number - 1], text);
	else
		snprintf(text, PORT_LINE, "hopper %u, stackers %u %u %u", left,
			 dev->stacked[0], dev->stacked[1], dev->stacked[2]);
	return true;
}

static void destroy(void *device)
{
	struct dev_3505 *dev = device;

	card_deck_free(&dev->hopper);
	free(dev);
}

static void *create(const char *argument, struct sim_device_error *error)
{
	struct dev_3505 *dev = calloc(1, sizeof(*dev));
	struct card_file file;

	snprintf(error->text, sizeof(error->text), "no memory");
	if (!dev || !argument)
		return dev;
	if (!card_file_parse(argument, &file, error) &&
	    !card_file_read(&file, &dev->hopper, error)) {
		dev->all = true;
		return dev;
	}
	destroy(dev);
	return NULL;
}

static const char *command_name(u8 code)
{
	return control_unit_command_name(&unit_type, code);
}

static const struct sim_device_key keys[] = {
	{ "ready", press_ready, 0 },
	{ "end-of-file", press_end_of_file, 0 },
	{ }
};

const struct sim_device_type sim_device_3505 = {
	.name = "3505",
	.about = "a card reader; without a file its hopper is empty",
	.argument = "ascii:FILE or ebcdic:FILE",
	.example = "ccwsim run --trace tests/scenarios/cards.ccw",
	.offers = BIT(PORT_3505),
	.ops = &dev_3505_ops, .create = create, .destroy = destroy,
	.command = command_name, .keys = keys,
	.type = load_card, .line = dev_3505_line,
};
