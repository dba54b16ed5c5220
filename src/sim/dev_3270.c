// SPDX-License-Identifier: GPL-2.0-only
/* A 3270 display: a screen of fields, a keyboard, and a few commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include "dev_3270.h"
#include "ebcdic.h"
#include "machine.h"
#include "port.h"

#define CELLS		(DEV_3270_ROWS * DEV_3270_COLS)

#define ATTR_PROTECTED	0x20	/* the operator may not type here */
#define ATTR_MODIFIED	0x01	/* something was typed: modified data tag */

#define ATTR_NUMERIC	0x10	/* digits; with the former: skipped in typing */
#define ATTR_DISPLAY	0x0c	/* how it is shown; both bits: not at all */

#define AID_NONE	0x60	/* attention identifier: no key */

#define SENSE_OPERATION_CHECK	0x01

#define SENSE_BYTES	32
#define SENSE_ID_BYTES	256
struct cell {
	u8 code;		/* EBCDIC character, or attribute */
	bool attribute;
};

struct dev_3270 {
	struct machine *m;
	u32 sid;
	bool off;
	u8 sense[SENSE_BYTES];

	struct cell cells[CELLS];
	unsigned int cursor;
	unsigned int address;	/* where the next character goes */
	u8 aid;			/* the key that was pressed */
	bool locked;		/* the keyboard */

	const struct command *command;	/* in progress, or NULL */
	bool wcc_seen;			/* output: the first byte is past */
	const struct order *order;	/* output: collecting its operands */
	u8 operands[1 + 2 * 255];	/* a count, and pairs of bytes */
	unsigned int have;		/* of them */
	bool after_data;		/* no order came since a character */
	u8 reply[3 + 3 * CELLS];	/* input: what will be read */
	unsigned int length, at;	/* of it, and how far it was read */
};

static unsigned int decode_address(const u8 *bytes)
{
	if (bytes[0] & 0xc0)
		return (bytes[0] & 0x3f) * 64 + (bytes[1] & 0x3f);
	return bytes[0] * 256 + bytes[1];
}

/* Six bits as a byte that is a printable character in EBCDIC. */
static const u8 six_bits[64] = {
	0x40, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
	0xc8, 0xc9, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
	0x50, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7,
	0xd8, 0xd9, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,
	0x60, 0x61, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
	0xe8, 0xe9, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
	0xf8, 0xf9, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f,
};

/* Return: where the attribute is that governs a position; CELLS: nowhere. */
static unsigned int find_attribute(const struct dev_3270 *dev,
				   unsigned int position)
{
	unsigned int i;

	for (i = 0; i < CELLS; i++)
		if (dev->cells[(position + CELLS - i) % CELLS].attribute)
			return (position + CELLS - i) % CELLS;
	return CELLS;
}

/* Return: the attribute itself, or NULL: the screen is unformatted. */
static struct cell *attribute_of(struct dev_3270 *dev, unsigned int position)
{
	unsigned int at = find_attribute(dev, position);

	return at < CELLS ? &dev->cells[at] : NULL;
}

static bool is_protected(struct dev_3270 *dev, unsigned int position)
{
	const struct cell *attribute = attribute_of(dev, position);

	return dev->cells[position].attribute ||
	       (attribute && (attribute->code & ATTR_PROTECTED));
}

static void put(struct dev_3270 *dev, u8 code, bool attribute)
{
	dev->cells[dev->address] = (struct cell){ code, attribute };
	dev->address = (dev->address + 1) % CELLS;
}

static void erase_all(struct dev_3270 *dev)
{
	memset(dev->cells, 0, sizeof(dev->cells));
	dev->cursor = 0;
}

struct order {
	u8 code;
	unsigned int operands;
	bool pairs;		/* the first counts the pairs that follow */
	bool (*execute)(struct dev_3270 *dev, const u8 *operands);
};

static bool set_buffer_address(struct dev_3270 *dev, const u8 *operands)
{
	dev->address = decode_address(operands) % CELLS;
	return decode_address(operands) < CELLS;
}

static bool start_field(struct dev_3270 *dev, const u8 *operands)
{
	put(dev, operands[0], true);
	return true;
}

static bool insert_cursor(struct dev_3270 *dev, const u8 *operands)
{
	dev->cursor = dev->address;
	return true;
}

static bool repeat_to_address(struct dev_3270 *dev, const u8 *operands)
{
	unsigned int stop = decode_address(operands);

	if (stop >= CELLS)
		return false;
	do
		put(dev, operands[2], false);
	while (dev->address != stop);
	return true;
}

static bool erase_unprotected(struct dev_3270 *dev, const u8 *operands)
{
	unsigned int stop = decode_address(operands);

	if (stop >= CELLS)
		return false;
	do {
		if (!is_protected(dev, dev->address))
			dev->cells[dev->address].code = 0;
		dev->address = (dev->address + 1) % CELLS;
	} while (dev->address != stop);
	return true;
}

static bool program_tab(struct dev_3270 *dev, const u8 *operands)
{
	unsigned int i;

	while (dev->after_data && !dev->cells[dev->address].attribute &&
	       dev->address < CELLS - 1)
		dev->cells[dev->address++].code = 0;
	for (i = dev->address; i < CELLS; i++) {
		if (dev->cells[i].attribute &&
		    !(dev->cells[i].code & ATTR_PROTECTED)) {
			dev->address = (i + 1) % CELLS;
			return true;
		}
	}
	dev->address = 0;
	return true;
}

static bool take_pairs(const u8 *operands, u8 *attribute)
{
	const u8 *pair = operands + 1;
	unsigned int i;

	for (i = 0; i < operands[0]; i++, pair += 2) {
		if (pair[0] == 0xc0)
			*attribute = pair[1];
		else if (pair[0] < 0x41 || pair[0] > 0x46)
			return false;
	}
	return true;
}

static bool start_field_extended(struct dev_3270 *dev, const u8 *operands)
{
	u8 attribute = 0;
	bool sense = take_pairs(operands, &attribute);

	put(dev, attribute, true);
	return sense;
}

static bool modify_field(struct dev_3270 *dev, const u8 *operands)
{
	struct cell *cell = &dev->cells[dev->address];

	if (!cell->attribute || !take_pairs(operands, &cell->code))
		return false;
	dev->address = (dev->address + 1) % CELLS;
	return true;
}

static bool set_attribute(struct dev_3270 *dev, const u8 *operands)
{
	return true;
}

static const struct order orders[] = {
	{ 0x11, 2, false, set_buffer_address },		/* SBA */
	{ 0x1d, 1, false, start_field },		/* SF */
	{ 0x29, 1, true, start_field_extended },	/* SFE */
	{ 0x2c, 1, true, modify_field },		/* MF */
	{ 0x28, 2, false, set_attribute },		/* SA */
	{ 0x13, 0, false, insert_cursor },		/* IC */
	{ 0x05, 0, false, program_tab },		/* PT */
	{ 0x3c, 3, false, repeat_to_address },		/* RA */
	{ 0x12, 2, false, erase_unprotected },		/* EUA */
};

#define WCC_RESTORE	0x02	/* unlock the keyboard */
#define WCC_RESET_MDT	0x01	/* nothing counts as modified any more */

static void write_control(struct dev_3270 *dev, u8 wcc)
{
	unsigned int i;

	dev->wcc_seen = true;
	if (wcc & WCC_RESTORE) {
		dev->locked = false;
		dev->aid = AID_NONE;
	}
	for (i = 0; i < CELLS && (wcc & WCC_RESET_MDT); i++)
		if (dev->cells[i].attribute)
			dev->cells[i].code &= ~ATTR_MODIFIED;
}

static bool end_order(struct dev_3270 *dev)
{
	const struct order *order = dev->order;
	unsigned int need = order->operands;
	bool sense;

	if (order->pairs && dev->have)
		need += 2 * dev->operands[0];
	if (dev->have < need)
		return true;
	dev->order = NULL;
	sense = order->execute(dev, dev->operands);
	dev->after_data = false;
	return sense;
}

#define FIRST_CHARACTER	0x40

/* Take one byte of output. Return: whether it makes sense. */
static bool take_byte(struct dev_3270 *dev, u8 byte)
{
	unsigned int i;

	if (!dev->wcc_seen) {
		write_control(dev, byte);
		return true;
	}
	if (dev->order) {
		dev->operands[dev->have++] = byte;
		return end_order(dev);
	}
	for (i = 0; byte < FIRST_CHARACTER && i < ARRAY_SIZE(orders); i++) {
		if (orders[i].code == byte) {
			dev->order = &orders[i];
			dev->have = 0;
			return end_order(dev);
		}
	}
	put(dev, byte, false);
	dev->after_data = true;
	return byte == 0 || byte >= FIRST_CHARACTER;
}

static void reply_byte(struct dev_3270 *dev, u8 byte)
{
	dev->reply[dev->length++] = byte;
}

static void reply_address(struct dev_3270 *dev, unsigned int address)
{
	reply_byte(dev, six_bits[address / 64]);
	reply_byte(dev, six_bits[address % 64]);
}

static void reply_head(struct dev_3270 *dev)
{
	reply_byte(dev, dev->aid);
	reply_address(dev, dev->cursor);
}

static void reply_buffer(struct dev_3270 *dev)
{
	unsigned int i;

	reply_head(dev);
	for (i = 0; i < CELLS; i++) {
		if (dev->cells[i].attribute)
			reply_byte(dev, 0x1d);
		reply_byte(dev, dev->cells[i].code);
	}
}

/* Append the characters from a position to the next attribute. */
static void reply_field(struct dev_3270 *dev, unsigned int position)
{
	const struct cell *cell;
	unsigned int i;

	for (i = 0; i < CELLS; i++) {
		cell = &dev->cells[(position + i) % CELLS];
		if (cell->attribute)
			return;
		if (cell->code)
			reply_byte(dev, cell->code);
	}
}

/* PA3, PA1, CLEAR and PA2, in this order. */
static bool sends_no_fields(u8 aid)
{
	return aid >= 0x6b && aid <= 0x6e;
}

static void reply_modified(struct dev_3270 *dev)
{
	unsigned int i;

	if (sends_no_fields(dev->aid)) {
		reply_byte(dev, dev->aid);
		return;
	}
	reply_head(dev);
	if (!attribute_of(dev, 0)) {
		reply_field(dev, 0);
		return;
	}
	for (i = 0; i < CELLS; i++) {
		if (!dev->cells[i].attribute ||
		    !(dev->cells[i].code & ATTR_MODIFIED))
			continue;
		reply_byte(dev, 0x11);
		reply_address(dev, (i + 1) % CELLS);
		reply_field(dev, i + 1);
	}
}

static void reply_sense_id(struct dev_3270 *dev)
{
	static const u8 id[] = { 0xff, 0x32, 0x70 };

	memset(dev->reply, 0, SENSE_ID_BYTES);
	memcpy(dev->reply, id, sizeof(id));
	dev->length = SENSE_ID_BYTES;
}

static void reply_sense(struct dev_3270 *dev)
{
	memcpy(dev->reply, dev->sense, SENSE_BYTES);
	memset(dev->sense, 0, SENSE_BYTES);
	dev->length = SENSE_BYTES;
}

static void begin_write(struct dev_3270 *dev)
{
	dev->wcc_seen = false;
	dev->after_data = false;
	dev->address = dev->cursor;
}

static void begin_erase(struct dev_3270 *dev)
{
	erase_all(dev);
	begin_write(dev);
}

static bool drop_byte(struct dev_3270 *dev, u8 byte)
{
	return true;
}

static const struct command {
	u8 code;
	bool needs_power;
	const char *name;
	void (*begin)(struct dev_3270 *dev);
	bool (*take)(struct dev_3270 *dev, u8 byte);
} commands[] = {
	{ 0x01, true, "WRITE", begin_write, take_byte },
	{ 0x05, true, "ERASE/WRITE", begin_erase, take_byte },
	{ 0x0d, true, "ERASE/WRITE ALTERNATE", begin_erase, take_byte },
	{ 0x11, true, "WRITE STRUCTURED FIELD", begin_write, drop_byte },
	{ 0x02, true, "READ BUFFER", reply_buffer, NULL },
	{ 0x06, true, "READ MODIFIED", reply_modified, NULL },
	{ COMMAND_SENSE, false, "SENSE", reply_sense, NULL },
	{ COMMAND_SENSE_ID, false, "SENSE ID", reply_sense_id, NULL },
	{ COMMAND_NO_OPERATION, false, "NO OPERATION", NULL, NULL },
};

static const struct command *find_command(u8 code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

/* Refuse, or end, with a reason. Return: unit check. */
static u8 unit_check(struct dev_3270 *dev, u8 reason)
{
	dev->sense[0] = reason;
	return DEVICE_UNIT_CHECK;
}

static u8 dev_3270_select(void *device, u8 code)
{
	struct dev_3270 *dev = device;

	if (code != COMMAND_SENSE)
		memset(dev->sense, 0, sizeof(dev->sense));
	dev->command = find_command(code);
	if (!dev->command)
		return unit_check(dev, SENSE_COMMAND_REJECT);
	if (dev->off && dev->command->needs_power)
		return unit_check(dev, SENSE_INTERVENTION_REQUIRED);
	if (code == COMMAND_NO_OPERATION)
		return DEVICE_CHANNEL_END | DEVICE_END;
	dev->order = NULL;
	dev->length = 0;
	dev->at = 0;
	dev->command->begin(dev);
	return 0;
}

static u32 take_output(struct dev_3270 *dev, const u8 *data, u32 length)
{
	u32 i;

	for (i = 0; i < length; i++) {
		if (!dev->command->take(dev, data[i])) {
			unit_check(dev, SENSE_OPERATION_CHECK);
			break;
		}
	}
	return i;
}

static u32 dev_3270_transfer(void *device, u8 *data, u32 length)
{
	struct dev_3270 *dev = device;

	if (dev->command->take)
		return take_output(dev, data, length);
	if (length > dev->length - dev->at)
		length = dev->length - dev->at;
	memcpy(data, dev->reply + dev->at, length);
	dev->at += length;
	return length;
}

static u8 dev_3270_stop(void *device, bool *more)
{
	struct dev_3270 *dev = device;
	u8 status = DEVICE_CHANNEL_END | DEVICE_END;

	*more = dev->at < dev->length;
	if (dev->order)
		unit_check(dev, SENSE_OPERATION_CHECK);
	if (dev->command->take && dev->sense[0])
		status |= DEVICE_UNIT_CHECK;
	return status;
}

static u8 dev_3270_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_3270_clear(void *device)
{
	struct dev_3270 *dev = device;

	memset(dev->sense, 0, sizeof(dev->sense));
}

static u8 dev_3270_sense(void *device, u8 bytes[32])
{
	struct dev_3270 *dev = device;

	memcpy(bytes, dev->sense, sizeof(dev->sense));
	memset(dev->sense, 0, sizeof(dev->sense));
	return sizeof(dev->sense);
}

static void dev_3270_attached(void *device, struct machine *m, u32 sid)
{
	struct dev_3270 *dev = device;

	dev->m = m;
	dev->sid = sid;
}

const struct machine_device_ops dev_3270_ops = {
	.name = "3270",
	.attached = dev_3270_attached,
	.select = dev_3270_select,
	.transfer = dev_3270_transfer,
	.stop = dev_3270_stop,
	.halt = dev_3270_halt,
	.clear = dev_3270_clear,
	.sense = dev_3270_sense,
};

struct dev_3270 *dev_3270_create(void)
{
	struct dev_3270 *dev = calloc(1, sizeof(*dev));

	if (dev)
		dev->aid = AID_NONE;
	return dev;
}

void dev_3270_destroy(struct dev_3270 *dev)
{
	free(dev);
}

/* A terminal that is not attached yet has nobody to tell. */
static void present(struct dev_3270 *dev, u8 status)
{
	if (dev->m)
		machine_present(dev->m, dev->sid, status);
}

void dev_3270_power(struct dev_3270 *dev, bool on)
{
	bool news = on && dev->off;

	dev->off = !on;
	if (!on) {
		erase_all(dev);
		dev->aid = AID_NONE;
		dev->locked = false;
	}
	if (news)
		present(dev, DEVICE_END);
}

/* Return: the first position of the next field for typing, or 0. */
static unsigned int next_field(const struct dev_3270 *dev, unsigned int from)
{
	unsigned int i, at;

	for (i = 0; i < CELLS; i++) {
		at = (from + i) % CELLS;
		if (dev->cells[at].attribute &&
		    !(dev->cells[at].code & ATTR_PROTECTED))
			return (at + 1) % CELLS;
	}
	return 0;
}

static unsigned int behind(const struct dev_3270 *dev, unsigned int position)
{
	const u8 skip = ATTR_PROTECTED | ATTR_NUMERIC;
	unsigned int next = (position + 1) % CELLS;

	if (!dev->cells[next].attribute)
		return next;
	if ((dev->cells[next].code & skip) == skip)
		return next_field(dev, next);
	return (next + 1) % CELLS;
}

static int may_type(struct dev_3270 *dev, const char *text)
{
	unsigned int at = dev->cursor;

	if (dev->off || dev->locked)
		return -EPERM;
	for (; *text; text++, at = behind(dev, at)) {
		if (!ebcdic_from_ascii(*text))
			return -EINVAL;
		if (is_protected(dev, at))
			return -EPERM;
	}
	return 0;
}

int dev_3270_type(struct dev_3270 *dev, const char *text)
{
	int ret = may_type(dev, text);
	struct cell *attribute;

	if (ret)
		return ret;
	for (; *text; text++) {
		dev->cells[dev->cursor].code = ebcdic_from_ascii(*text);
		attribute = attribute_of(dev, dev->cursor);
		if (attribute)
			attribute->code |= ATTR_MODIFIED;
		dev->cursor = behind(dev, dev->cursor);
	}
	return 0;
}

int dev_3270_attention(struct dev_3270 *dev, u8 aid)
{
	if (dev->off || dev->locked)
		return -EPERM;
	if (aid == DEV_3270_CLEAR)
		erase_all(dev);
	dev->locked = true;
	dev->aid = aid;
	present(dev, DEVICE_ATTENTION);
	return 0;
}

static char shown_at(const struct dev_3270 *dev, unsigned int position)
{
	const struct cell *cell = &dev->cells[position];
	unsigned int at = find_attribute(dev, position);

	if (cell->attribute || !cell->code)
		return ' ';
	if (at < CELLS && (dev->cells[at].code & ATTR_DISPLAY) == ATTR_DISPLAY)
		return ' ';
	return ascii_from_ebcdic(cell->code) ?: '?';
}

void dev_3270_row(const struct dev_3270 *dev, unsigned int row,
		  char text[DEV_3270_COLS + 1])
{
	unsigned int col, length = 0;

	for (col = 0; col < DEV_3270_COLS; col++) {
		text[col] = shown_at(dev, row * DEV_3270_COLS + col);
		if (text[col] != ' ')
			length = col + 1;
	}
	text[length] = '\0';
}

static int press_reset(void *device, u8 value)
{
	struct dev_3270 *dev = device;

	dev->locked = false;
	return dev->off ? -EPERM : 0;
}

static int press_move(void *device, u8 which)
{
	static const unsigned int steps[] = { CELLS - 1, 1,
		CELLS - DEV_3270_COLS, DEV_3270_COLS };
	struct dev_3270 *dev = device;

	if (dev->off || dev->locked)
		return -EPERM;
	dev->cursor = (dev->cursor + steps[which]) % CELLS;
	return 0;
}

static int press_tab(void *device, u8 home)
{
	struct dev_3270 *dev = device;

	if (dev->off || dev->locked)
		return -EPERM;
	dev->cursor = next_field(dev, home ? 0 : dev->cursor);
	return 0;
}

static int press_erase_eof(void *device, u8 value)
{
	struct dev_3270 *dev = device;
	unsigned int i, at = dev->cursor;
	struct cell *attribute = attribute_of(dev, at);

	if (dev->off || dev->locked || is_protected(dev, at))
		return -EPERM;
	for (i = 0; i < CELLS && !dev->cells[at].attribute; i++) {
		dev->cells[at].code = 0;
		at = (at + 1) % CELLS;
	}
	if (attribute)
		attribute->code |= ATTR_MODIFIED;
	return 0;
}

static int press_erase_input(void *device, u8 value)
{
	struct dev_3270 *dev = device;
	unsigned int i;

	if (dev->off || dev->locked)
		return -EPERM;
	for (i = 0; i < CELLS; i++) {
		if (!is_protected(dev, i))
			dev->cells[i].code = 0;
		else if (dev->cells[i].attribute &&
			 !(dev->cells[i].code & ATTR_PROTECTED))
			dev->cells[i].code &= ~ATTR_MODIFIED;
	}
	return press_tab(dev, true);
}

static void *create(const char *argument, struct sim_device_error *error)
{
	struct dev_3270 *dev = dev_3270_create();

	if (!dev)
		snprintf(error->text, sizeof(error->text), "no memory");
	return dev;
}

static void destroy(void *device)
{
	dev_3270_destroy(device);
}

static const char *command_name(u8 code)
{
	const struct command *command = find_command(code);

	return command ? command->name : NULL;
}

static int press_attention(void *device, u8 aid)
{
	return dev_3270_attention(device, aid);
}

static int press_switch(void *device, u8 on)
{
	dev_3270_power(device, on);
	return 0;
}

#define AID(name, aid)	{ name, press_attention, aid }

static const struct sim_device_key keys[] = {
	AID("enter", DEV_3270_ENTER), AID("clear", DEV_3270_CLEAR),
	AID("pa1", 0x6c), AID("pa2", 0x6e), AID("pa3", 0x6b),
	AID("pf1", 0xf1), AID("pf2", 0xf2), AID("pf3", 0xf3),
	AID("pf4", 0xf4), AID("pf5", 0xf5), AID("pf6", 0xf6),
	AID("pf7", 0xf7), AID("pf8", 0xf8), AID("pf9", 0xf9),
	AID("pf10", 0x7a), AID("pf11", 0x7b), AID("pf12", 0x7c),
	AID("pf13", 0xc1), AID("pf14", 0xc2), AID("pf15", 0xc3),
	AID("pf16", 0xc4), AID("pf17", 0xc5), AID("pf18", 0xc6),
	AID("pf19", 0xc7), AID("pf20", 0xc8), AID("pf21", 0xc9),
	AID("pf22", 0x4a), AID("pf23", 0x4b), AID("pf24", 0x4c),
	{ "reset", press_reset, 0 },
	{ "tab", press_tab, false }, { "home", press_tab, true },
	{ "left", press_move, 0 }, { "right", press_move, 1 },
	{ "up", press_move, 2 }, { "down", press_move, 3 },
	{ "erase-eof", press_erase_eof, 0 },
	{ "erase-input", press_erase_input, 0 },
	{ "switch-off", press_switch, false },
	{ "switch-on", press_switch, true },
	{ }
};

static int type_text(void *device, const char *text)
{
	return dev_3270_type(device, text);
}

static bool screen_row(const void *device, unsigned int number,
		       char text[PORT_LINE])
{
	if (number < DEV_3270_ROWS)
		dev_3270_row(device, number, text);
	return number < DEV_3270_ROWS;
}

const struct sim_device_type sim_device_3270 = {
	.name = "3270",
	.about = "a display terminal of 24 rows of 80 characters",
	.example = "ccwsim run --device 3270 tests/scenarios/attention.ccw",
	.offers = BIT(PORT_3270),
	.ops = &dev_3270_ops, .create = create, .destroy = destroy,
	.command = command_name, .keys = keys,
	.type = type_text, .line = screen_row,
};
