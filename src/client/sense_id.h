/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file sense_id.h
 * Ask a device what it is.
 */
#ifndef SENSE_ID_H
#define SENSE_ID_H

#include <linux/types.h>
#include <vfio_ccw_arch.h>

struct port;

/** What the device answered. */
struct sense_id {
	u8 bytes[16];		/**< FF, then type and model, twice */
	unsigned int len;	/**< how many of them are the device's */
	u16 control_unit;	/**< 0x3270 */
	u8 control_unit_model;
	u16 device;		/**< 0x3390; 0: it has not said */
	struct ccw_scsw scsw;	/**< how the program ended */
};

/**
 * Bind, create, open, reset, SENSE ID, close, remove, unbind.
 * @param id filled with what came back, even if it was an error status
 * @return 0, -ENODATA if the device has not identified itself, -ETIMEDOUT if
 * no interrupt came, or the -errno of the step that failed
 */
int sense_id(struct port *port, struct sense_id *id);

#endif /* SENSE_ID_H */
