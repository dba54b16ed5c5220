/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file css_admin.h
 * What an administrator does to a subchannel to lend it to a VM, and to have
 * it back. All of it is writing to sysfs; every call may sleep and needs root.
 */
#ifndef CSS_ADMIN_H
#define CSS_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"

#define CSS_DEVICES	"/sys/bus/css/devices"
#define CSS_DRIVERS	"/sys/bus/css/drivers"
#define CSS_MDEVS	"/sys/bus/mdev/devices"

/** One subchannel, and what has been done to it. */
struct css_admin {
	char id[16];		/**< "0.0.0001" */
	char device[16];	/**< the device behind it: "0.0.0815" */
	char type[16];		/**< its control unit: "3270/00", or "" */
	char former[32];	/**< whose it was before, or "" */
	char override[32];	/**< for whom it was reserved before, or "" */
	char uuid[40];		/**< our mediated device, or "" */
	bool taken;		/**< has to be given back */
	struct complaint complaint;	/**< about the last call that failed */
};

/** Look at subchannel @a id; changes nothing. @return 0 or -errno */
int css_admin_init(struct css_admin *admin, const char *id);
/** The mediated device on the subchannel, whoever has created it; "": none. */
void css_admin_find_mdev(struct css_admin *admin, char *uuid, size_t size);
/** Take it from vfio_ccw if it is bound but not lent. @return 0 or -errno */
int css_admin_take(struct css_admin *admin);
/** Take the subchannel from its driver and bind it to vfio_ccw. */
int css_admin_bind(struct css_admin *admin);
/** Take it from vfio_ccw; nobody has it then. */
int css_admin_unbind(struct css_admin *admin);
/** Create a mediated device with a new UUID. */
int css_admin_create(struct css_admin *admin);
/** Remove that device; waits until nobody has it open. */
int css_admin_remove(struct css_admin *admin);
/** Vary the subchannel's first channel path on or off, for the whole system. */
int css_admin_vary(struct css_admin *admin, bool on);
/** The VFIO group of the mediated device: "0". @return 0 or -errno */
int css_admin_group(struct css_admin *admin, char *group, size_t size);
/** Undo whatever of all this is still done; wait until it has settled. */
void css_admin_give_back(struct css_admin *admin);

#endif /* CSS_ADMIN_H */
