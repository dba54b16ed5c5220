/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A 3270: a display with a keyboard, 24 rows of 80 characters, attached with
 * machine_attach(m, devno, &dev_3270_ops, dev). It does what QEMU's
 * x-terminal3270 does, as seen through the channel, and shows its screen.
 */
#ifndef SIM_DEV_3270_H
#define SIM_DEV_3270_H

#include <linux/types.h>
#include "device.h"
#include "sim_devices.h"

#define DEV_3270_ROWS	24
#define DEV_3270_COLS	80

struct dev_3270;

/** What the simulator knows of the type. */
extern const struct sim_device_type sim_device_3270;

extern const struct machine_device_ops dev_3270_ops;

/** Return: a 3270, switched on, with a blank screen; NULL: no memory. */
struct dev_3270 *dev_3270_create(void);
void dev_3270_destroy(struct dev_3270 *dev);

/** The operator flips the switch; on: the device presents device end. */
void dev_3270_power(struct dev_3270 *dev, bool on);

/**
 * The operator types ASCII text at the cursor; nothing is sent yet.
 * Return: 0; -EINVAL: a character no 3270 has; -EPERM: protected field,
 * locked keyboard, or switched off.
 */
int dev_3270_type(struct dev_3270 *dev, const char *text);

#define DEV_3270_ENTER	0x7d	/* attention identifiers of two keys */
#define DEV_3270_CLEAR	0x6d

/**
 * The operator presses a key that asks for attention, and locks the keyboard:
 * ENTER, CLEAR, a PF or a PA key.
 * Return: 0; -EPERM: locked keyboard, or switched off.
 */
int dev_3270_attention(struct dev_3270 *dev, u8 aid);

/** The row (0-23) of the screen as ASCII, blanks at the end removed. */
void dev_3270_row(const struct dev_3270 *dev, unsigned int row,
		  char text[DEV_3270_COLS + 1]);

#endif /* SIM_DEV_3270_H */
