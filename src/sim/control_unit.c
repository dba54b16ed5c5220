// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "control_unit.h"

static const struct control_unit_command everywhere[] = {
	{ COMMAND_NO_OPERATION, "NO OPERATION", 0 },
	{ COMMAND_SENSE, "SENSE", 0 },
	{ COMMAND_SENSE_ID, "SENSE ID", 0 },
	{ }
};

static const struct control_unit_command *
find(const struct control_unit_command *row, u8 code)
{
	while (row->name && row->code != code)
		row++;
	return row->name ? row : NULL;
}

static const struct control_unit_command *
find_command(const struct control_unit_type *type, u8 code)
{
	return find(everywhere, code) ?: find(type->commands, code);
}

const char *control_unit_command_name(const struct control_unit_type *type,
				      u8 code)
{
	const struct control_unit_command *command = find_command(type, code);

	return command ? command->name : NULL;
}

u8 control_unit_check(struct control_unit *unit, u8 sense)
{
	unit->sense = sense;
	return DEVICE_UNIT_CHECK;
}

u8 control_unit_select(struct control_unit *unit,
		       const struct control_unit_type *type, u8 code)
{
	if (code != COMMAND_SENSE)
		unit->sense = 0;
	unit->at = 0;
	unit->length = 0;
	unit->command = find_command(type, code);
	if (!unit->command)
		return control_unit_check(unit, SENSE_COMMAND_REJECT);
	if (code == COMMAND_NO_OPERATION)
		return DEVICE_CHANNEL_END | DEVICE_END;
	if (code == COMMAND_SENSE)
		unit->data[unit->length++] = unit->sense;
	if (code == COMMAND_SENSE_ID) {
		memcpy(unit->data, type->id, sizeof(type->id));
		unit->length = sizeof(type->id);
	}
	return 0;
}

u32 control_unit_transfer(void *device, u8 *data, u32 length)
{
	struct control_unit *unit = device;

	if (length > unit->length - unit->at)
		length = unit->length - unit->at;
	memcpy(data, unit->data + unit->at, length);
	unit->at += length;
	return length;
}

u8 control_unit_stop(void *device, bool *more)
{
	struct control_unit *unit = device;

	*more = unit->at < unit->length;
	if (unit->command->code == COMMAND_SENSE)
		unit->sense = 0;
	return DEVICE_CHANNEL_END | DEVICE_END;
}

void control_unit_attached(void *device, struct machine *m, u32 sid)
{
	struct control_unit *unit = device;

	unit->m = m;
	unit->sid = sid;
}

u8 control_unit_halt(void *device)
{
	return DEVICE_CHANNEL_END | DEVICE_END;
}

void control_unit_clear(void *device)
{
	struct control_unit *unit = device;

	unit->sense = 0;
}

u8 control_unit_sense(void *device, u8 bytes[32])
{
	struct control_unit *unit = device;

	bytes[0] = unit->sense;
	unit->sense = 0;
	return 1;
}
