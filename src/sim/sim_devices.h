/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sim_devices.h
 * The types of device that can stand behind the simulator's subchannel.
 */
#ifndef SIM_DEVICES_H
#define SIM_DEVICES_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>
#include "device.h"
#include "port.h"

/** Why there is no such device, or none could be made. */
struct sim_device_error {
	char text[512];		/**< "FILE: offset 512: found ..., expected ..." */
};

/** Something an operator can press at a device. */
struct sim_device_key {
	const char *name;	/**< "enter"; NULL ends the table */
	/** @return 0; -EPERM: it cannot be pressed now */
	int (*press)(void *device, u8 value);
	u8 value;		/**< for @a press */
};

/** One type of device. Members that may be NULL say so. */
struct sim_device_type {
	const char *name;	/**< "3270"; also what a scenario needs */
	const char *about;	/**< what it is, in one line */
	const char *argument;	/**< what NAME= takes: "IMAGE"; NULL: nothing */
	const char *example;	/**< a command line that shows it */
	unsigned long offers;	/**< set of BIT(enum port_offer) */
	const struct machine_device_ops *ops;
	/**
	 * Make one. @a argument is NULL if none was given.
	 * @return what the functions here and in @a ops take; NULL: see @a error
	 */
	void *(*create)(const char *argument, struct sim_device_error *error);
	void (*destroy)(void *device);
	/** @return the name of a command; NULL: the device rejects it */
	const char *(*command)(u8 code);
	const struct sim_device_key *keys;	/**< or NULL */
	/** Type ASCII text. May be NULL. @return 0 or -errno, nothing typed */
	int (*type)(void *device, const char *text);
	/**
	 * One line of what an operator sees, from 0, without blanks at its end.
	 * May be NULL. @return whether there is such a line
	 */
	bool (*line)(const void *device, unsigned int number,
		     char text[PORT_LINE]);
};

/** @return type number @a n, from 0, or NULL: there are no more */
const struct sim_device_type *sim_device_type(unsigned int n);

/**
 * The type that offers one of @a needs, a set of BIT(enum port_offer).
 * @return NULL: no device is among them
 */
const struct sim_device_type *sim_device_needed(unsigned long needs);

/**
 * Find the type in a text "NAME" or "NAME=ARGUMENT".
 * @param argument set to what is behind '=', in @a text, or to NULL
 * @return NULL: see @a error, which names what is accepted
 */
const struct sim_device_type *
sim_device_parse(const char *text, const char **argument,
		 struct sim_device_error *error);

/**
 * Press a key by its name.
 * @return 0; -EINVAL: this type has no such key; -EPERM: not now
 */
int sim_device_press(const struct sim_device_type *type, void *device,
		     const char *key);

#endif /* SIM_DEVICES_H */
