/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file vfio_port.h
 * The port on a real kernel: sysfs and /dev/vfio.
 */
#ifndef VFIO_PORT_H
#define VFIO_PORT_H

#include <port.h>

#include "css_admin.h"

/** The files of one open device; -1 where closed. */
struct vfio_files {
	int container, group, device;
};

/** A subchannel of this machine, as a port. */
struct vfio_port {
	struct port port;		/**< what the monitor sees */
	struct css_admin admin;		/**< and its complaint, for both */
	struct vfio_files files;
	u8 *memory;			/**< PORT_GUEST_MEMORY bytes */
};

/**
 * Prepare a port for a subchannel; opens and changes nothing yet.
 * @param subchannel number, like "0.0.0001"
 * @return 0, or -errno with vp->admin.complaint filled
 */
int vfio_port_init(struct vfio_port *vp, const char *subchannel);
/** Close what is open and give the subchannel back. */
void vfio_port_destroy(struct vfio_port *vp);
/**
 * Another port for the same open device, with descriptors of its own: closing it
 * is all that is done with it at the end. @return 0 or -errno
 */
int vfio_port_share(struct vfio_port *vp, const struct vfio_port *from);

#endif /* VFIO_PORT_H */
