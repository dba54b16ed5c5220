// SPDX-License-Identifier: GPL-2.0-only
/* A 3505: cards from a hopper, through a reading station, to a stacker. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include "card_deck.h"
#include "dev_3505.h"
#include "ebcdic.h"
#include "machine.h"

#define SENSE_COMMAND_REJECT		0x80
#define SENSE_INTERVENTION_REQUIRED	0x40
#define STACKERS	3

static const struct command {
	u8 code;
	const char *name;
	bool reads, feeds;
	u8 stacker;		/* that it feeds to, from 0 */
} commands[] = {
	{ 0x02, "READ, FEED, STACKER 1", true, true, 0 },
	{ 0x42, "READ, FEED, STACKER 2", true, true, 1 },
	{ 0x82, "READ, FEED, STACKER 3", true, true, 2 },
	{ 0xc2, "READ", true, false, 0 },
	{ 0x23, "FEED, STACKER 1", false, true, 0 },
	{ 0x63, "FEED, STACKER 2", false, true, 1 },
	{ 0xa3, "FEED, STACKER 3", false, true, 2 },
	{ 0x03, "NO OPERATION", false, false, 0 },
	{ 0x04, "SENSE", false, false, 0 },
	{ 0xe4, "SENSE ID", false, false, 0 },
};

static const struct command *find_command(u8 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

struct dev_3505 {
	struct machine *m;
	u32 sid;
	u8 sense;
	bool waits;			/* for cards, and has said so */
	bool all;			/* what is in the hopper is all there is */

	struct card_deck hopper;
	unsigned int next;		/* of its cards, at the reading station */
	unsigned int stacked[STACKERS];

	const struct command *command;	/* in progress */
	u8 answer[CARD_COLUMNS];	/* what it brings */
	u32 length, at;			/* of it, and how far it was read */
};

static u8 unit_check(struct dev_3505 *dev, u8 sense)
{
	dev->sense = sense;
	return DEVICE_UNIT_CHECK;
}

static u8 run_out(struct dev_3505 *dev)
{
	if (!dev->all) {
		dev->waits = true;
		return unit_check(dev, SENSE_INTERVENTION_REQUIRED);
	}
	dev->all = false;
	return DEVICE_CHANNEL_END | DEVICE_END | DEVICE_UNIT_EXCEPTION;
}

static void feed(struct dev_3505 *dev)
{
	dev->stacked[dev->command->stacker]++;
	dev->next++;
}

static void prepare(struct dev_3505 *dev)
{
	static const u8 id[] = { 0xff, 0x35, 0x05, 0x01, 0x35, 0x05, 0x01 };

	dev->at = 0;
	if (dev->command->reads) {
		memcpy(dev->answer, dev->hopper.cards[dev->next], CARD_COLUMNS);
		dev->length = CARD_COLUMNS;
		return;
	}
	dev->answer[0] = dev->sense;
	dev->length = 1;
	if (dev->command->code != 0xe4)
		return;
	memcpy(dev->answer, id, sizeof(id));
	dev->length = sizeof(id);
}

static u8 dev_3505_select(void *device, u8 code)
{
	struct dev_3505 *dev = device;

	if (code != 0x04)
		dev->sense = 0;
	dev->command = find_command(code);
	if (!dev->command)
		return unit_check(dev, SENSE_COMMAND_REJECT);
	if ((dev->command->reads || dev->command->feeds) &&
	    dev->next == dev->hopper.count)
		return run_out(dev);
	if (dev->command->feeds && !dev->command->reads)
		feed(dev);
	if (code & 1)
		return DEVICE_CHANNEL_END | DEVICE_END;
	prepare(dev);
	return 0;
}

static u32 dev_3505_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3505 *dev = device;

	if (length > dev->length - dev->at)
		length = dev->length - dev->at;
	memcpy(data, dev->answer + dev->at, length);
	dev->at += length;
	return length;
}

static u8 dev_3505_stop(void *device, bool *more)
{
	struct dev_3505 *dev = device;

	*more = dev->at < dev->length;
	if (dev->command->code == 0x04)
		dev->sense = 0;
	if (dev->command->feeds)
		feed(dev);
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static u8 dev_3505_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_3505_clear(void *device)
{
	struct dev_3505 *dev = device;

	dev->sense = 0;
}

static u8 dev_3505_sense(void *device, u8 bytes[32])
{
	struct dev_3505 *dev = device;

	bytes[0] = dev->sense;
	dev->sense = 0;
	return 1;
}

static void dev_3505_attached(void *device, struct machine *m, u32 sid)
{
	struct dev_3505 *dev = device;

	dev->m = m;
	dev->sid = sid;
}

static const struct machine_device_ops dev_3505_ops = {
	.name = "3505",
	.attached = dev_3505_attached,
	.select = dev_3505_select,
	.transfer = dev_3505_transfer,
	.stop = dev_3505_stop,
	.halt = dev_3505_halt,
	.clear = dev_3505_clear,
	.sense = dev_3505_sense,
};

static int load_card(void *device, const char *text)
{
	struct dev_3505 *dev = device;
	u8 card[CARD_COLUMNS];

	if (strlen(text) > sizeof(card))
		return -EINVAL;
	memset(card, ebcdic_from_ascii(' '), sizeof(card));
	for (size_t i = 0; text[i]; i++) {
		card[i] = ebcdic_from_ascii(text[i]);
		if (!card[i])
			return -EINVAL;
	}
	return card_deck_add(&dev->hopper, card);
}

static int press_ready(void *device, u8 value)
{
	struct dev_3505 *dev = device;

	if (dev->next == dev->hopper.count && !dev->all)
		return -EPERM;
	if (dev->waits && dev->m)
		machine_present(dev->m, dev->sid, DEVICE_END);
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
	const struct command *command = find_command(code);

	return command ? command->name : NULL;
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
