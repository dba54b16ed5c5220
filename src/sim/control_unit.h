/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file control_unit.h
 * What a small control unit does whatever its device is: find commands, keep
 * one byte of sense, and hand over what a command brings.
 */
#ifndef SIM_CONTROL_UNIT_H
#define SIM_CONTROL_UNIT_H

#include <stdbool.h>
#include <linux/types.h>
#include "device.h"

struct control_unit_type {
	u8 id[7];		/**< what SENSE ID brings */
	/** The device's own commands; the last has no name. */
	const struct control_unit_command {
		u8 code;
		const char *name;
		unsigned int traits;	/**< bits of the device */
	} *commands;
};

/** The first member of a device. All zero: nothing has happened yet. */
struct control_unit {
	struct machine *m;	/**< where it was attached, or NULL */
	u32 sid;
	u8 sense;		/**< byte 0, until the next command but SENSE */
	const struct control_unit_command *command;	/**< in progress */
	u8 data[128];		/**< what it brings */
	u32 length, at;		/**< of it, and how far it was read */
};

/**
 * Begin a command. What it brings is in @a unit if it is SENSE or SENSE ID,
 * and of no length otherwise.
 * @return 0, or the status with which it is over
 */
u8 control_unit_select(struct control_unit *unit,
		       const struct control_unit_type *type, u8 code);

/** Refuse or fail, for a reason of enum device_sense. @return unit check */
u8 control_unit_check(struct control_unit *unit, u8 sense);

/** @return the name of a command, or NULL: it is none */
const char *control_unit_command_name(const struct control_unit_type *type,
				      u8 code);

/* For struct machine_device_ops, which documents them. */
void control_unit_attached(void *device, struct machine *m, u32 sid);
u32 control_unit_transfer(void *device, u8 *data, u32 length);
u8 control_unit_stop(void *device, bool *more);
u8 control_unit_halt(void *device);
void control_unit_clear(void *device);
u8 control_unit_sense(void *device, u8 bytes[32]);

#endif /* SIM_CONTROL_UNIT_H */
