// SPDX-License-Identifier: GPL-2.0-only
/* A 3270 display: a screen of fields, a keyboard, and a few commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include "dev_3270.h"
#include "machine.h"
#include "port.h"

#define CELLS		(DEV_3270_ROWS * DEV_3270_COLS)

#define ATTR_PROTECTED	0x20	/* the operator may not type here */
#define ATTR_MODIFIED	0x01	/* something was typed: modified data tag */

#define AID_NONE	0x60	/* attention identifier: no key */
#define AID_ENTER	0x7d

#define SENSE_COMMAND_REJECT		0x80
#define SENSE_INTERVENTION_REQUIRED	0x40
#define SENSE_OPERATION_CHECK		0x01

#define SENSE_BYTES	32
#define SENSE_ID_BYTES	256

#define COMMAND_NOOP	0x03
#define COMMAND_SENSE	0x04

/* The EBCDIC (code page 37) of the ASCII characters from 0x20 to 0x7e. */
static const u8 ebcdic[] = {
	0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d,
	0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61, 0xf0, 0xf1, 0xf2, 0xf3,
	0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e,
	0x6e, 0x6f, 0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
	0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
	0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xba,
	0xe0, 0xbb, 0xb0, 0x6d, 0x79, 0x81, 0x82, 0x83, 0x84, 0x85,
	0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
	0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8,
	0xa9, 0xc0, 0x4f, 0xd0, 0xa1,
};

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
	u8 operands[3];
	unsigned int have;		/* of them */
	u8 reply[3 + 2 * CELLS];	/* input: what will be read */
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

/* Return: the attribute that governs a position, or NULL: unformatted. */
static struct cell *attribute_of(struct dev_3270 *dev, unsigned int position)
{
	unsigned int i;

	for (i = 0; i < CELLS; i++) {
		struct cell *cell = &dev->cells[(position + CELLS - i) % CELLS];

		if (cell->attribute)
			return cell;
	}
	return NULL;
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

static const struct order orders[] = {
	{ 0x11, 2, set_buffer_address },	/* SBA */
	{ 0x1d, 1, start_field },		/* SF */
	{ 0x13, 0, insert_cursor },		/* IC */
	{ 0x05, 0, program_tab },		/* PT */
	{ 0x3c, 3, repeat_to_address },		/* RA */
	{ 0x12, 2, erase_unprotected },		/* EUA */
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

	if (dev->have < order->operands)
		return true;
	dev->order = NULL;
	return order->execute(dev, dev->operands);
}

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
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		if (orders[i].code == byte) {
			dev->order = &orders[i];
			dev->have = 0;
			return end_order(dev);
		}
	}
	put(dev, byte, false);
	return byte == 0 || byte >= 0x40;
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
	while (position < CELLS && !dev->cells[position].attribute) {
		if (dev->cells[position].code)
			reply_byte(dev, dev->cells[position].code);
		position++;
	}
}

static void reply_modified(struct dev_3270 *dev)
{
	unsigned int i;

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
	{ 0xe4, false, "SENSE ID", reply_sense_id, NULL },
	{ COMMAND_NOOP, false, "NO OPERATION", NULL, NULL },
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
	if (code == COMMAND_NOOP)
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

	memcpy(bytes, dev->sense, SENSE_BYTES);
	memset(dev->sense, 0, SENSE_BYTES);
	return SENSE_BYTES;
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

static int may_type(struct dev_3270 *dev, const char *text)
{
	unsigned int i;

	if (dev->off || dev->locked)
		return -EPERM;
	for (i = 0; text[i]; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			return -EINVAL;
		if (is_protected(dev, (dev->cursor + i) % CELLS))
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
		dev->cells[dev->cursor].code = ebcdic[*text - 0x20];
		attribute = attribute_of(dev, dev->cursor);
		if (attribute)
			attribute->code |= ATTR_MODIFIED;
		dev->cursor = (dev->cursor + 1) % CELLS;
	}
	return 0;
}

int dev_3270_enter(struct dev_3270 *dev)
{
	if (dev->off || dev->locked)
		return -EPERM;
	dev->locked = true;
	dev->aid = AID_ENTER;
	present(dev, DEVICE_ATTENTION);
	return 0;
}

static char ascii(const struct cell *cell)
{
	const u8 *found;

	if (cell->attribute || !cell->code)
		return ' ';
	found = memchr(ebcdic, cell->code, sizeof(ebcdic));
	return found ? (char)(0x20 + (found - ebcdic)) : '?';
}

void dev_3270_row(const struct dev_3270 *dev, unsigned int row,
		  char text[DEV_3270_COLS + 1])
{
	unsigned int col, length = 0;

	for (col = 0; col < DEV_3270_COLS; col++) {
		text[col] = ascii(&dev->cells[row * DEV_3270_COLS + col]);
		if (text[col] != ' ')
			length = col + 1;
	}
	text[length] = '\0';
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

static int press_enter(void *device, u8 value)
{
	return dev_3270_enter(device);
}

static int press_switch(void *device, u8 on)
{
	dev_3270_power(device, on);
	return 0;
}

static const struct sim_device_key keys[] = {
	{ "enter", press_enter, 0 },
	{ "switch-off", press_switch, false },
	{ "switch-on", press_switch, true },
	{ }
};

static int type_text(void *device, const char *text)
{
	return dev_3270_type(device, text);
}

static bool screen_row(const void *device, unsigned int number,
		       char text[SIM_DEVICE_COLUMNS + 1])
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
