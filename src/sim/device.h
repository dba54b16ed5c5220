/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the channel asks of a device: the control unit's end of the cable. A
 * device is a state machine: no function here blocks. What it knows of the
 * outside is the pair (machine, sid) it was attached with, for
 * machine_present().
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include <linux/bits.h>
#include <linux/types.h>

struct machine;

/** The device-status byte, which becomes byte 0 of word 2 of the SCSW. */
enum device_status {
	DEVICE_ATTENTION = 0x80,
	DEVICE_STATUS_MODIFIER = 0x40,
	DEVICE_CONTROL_UNIT_END = 0x20,
	DEVICE_BUSY = 0x10,
	DEVICE_CHANNEL_END = 0x08,
	DEVICE_END = 0x04,
	DEVICE_UNIT_CHECK = 0x02,
	DEVICE_UNIT_EXCEPTION = 0x01
};

/** Added to what transfer() returns: there is more, after machine_ready(). */
#define DEVICE_LATER	BIT(31)

/** Channel end (and device end, then or later): give me the command again. */
#define DEVICE_RETRY	(DEVICE_CHANNEL_END | DEVICE_UNIT_CHECK | \
			 DEVICE_STATUS_MODIFIER)

/** Commands that every device knows. */
enum device_command {
	COMMAND_NO_OPERATION = 0x03,
	COMMAND_SENSE = 0x04,
	COMMAND_SENSE_ID = 0xe4
};

/** Sense byte 0, as far as it is the same for all devices. */
enum device_sense {
	SENSE_COMMAND_REJECT = 0x80,
	SENSE_INTERVENTION_REQUIRED = 0x40,
	SENSE_BUS_OUT_CHECK = 0x20,
	SENSE_EQUIPMENT_CHECK = 0x10,
	SENSE_DATA_CHECK = 0x08,
	SENSE_OVERRUN = 0x04
};

/** What a device does; each function gets the device it was attached with. */
struct machine_device_ops {
	const char *name;	/* for traces: "3270" */
	/** It is now behind subchannel sid of m. */
	void (*attached)(void *device, struct machine *m, u32 sid);
	/** A program begins, or is resumed: no command is chained to the
	 *  one before. May be NULL. */
	void (*begin)(void *device);
	/**
	 * Take a command. Return: the initial status. 0: accepted, data may
	 * follow; channel end (with or without device end): done at once,
	 * without data; unit check: refused. Busy, of the device or, with
	 * status modifier, of its control unit: try again after device end,
	 * or control-unit end.
	 */
	u8 (*select)(void *device, u8 command);
	/**
	 * Take from (write, control), or put into (read, sense), data, in
	 * the order of the medium, backward if the command is.
	 * Return: how many bytes; fewer than length: the device is through,
	 * unless it adds DEVICE_LATER.
	 */
	u32 (*transfer)(void *device, u8 *data, u32 length);
	/**
	 * No more data will follow. Sets *more if the device would have gone
	 * on. Return: the ending status, or 0: machine_present() brings it.
	 */
	u8 (*stop)(void *device, bool *more);
	/** The halt signal. Return: as stop(); 0 if the device ignores it. */
	u8 (*halt)(void *device);
	/** The clear signal: forget the command and all pending status. */
	void (*clear)(void *device);
	/**
	 * Concurrent sense: fill in why the last status had unit check, and
	 * forget it. Return: how many bytes, 0-32. May be NULL.
	 */
	u8 (*sense)(void *device, u8 bytes[32]);
};

#endif /* SIM_DEVICE_H */
