/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: mediated devices. */
#ifndef SHIM_LINUX_MDEV_H
#define SHIM_LINUX_MDEV_H

#include <linux/device.h>

struct mdev_type {
	const char *sysfs_name;
	const char *pretty_name;
	struct mdev_parent *parent;
};

struct mdev_device {
	struct device dev;
	struct mdev_type *type;
	bool active;			/* created, and not being removed */
	struct list_head all;		/* of the host */
};

struct mdev_driver {
	const char *device_api;
	unsigned int max_instances;
	int (*probe)(struct mdev_device *mdev);
	void (*remove)(struct mdev_device *mdev);
	struct device_driver driver;
};

struct mdev_parent {
	struct device *dev;
	struct mdev_driver *mdev_driver;
	struct mdev_type **types;
	unsigned int nr_types;
	unsigned int available;		/* how many more devices */
	bool going;			/* being unregistered */
	unsigned int users;		/* who create or remove */
	struct waitq waiters;		/* for users to be 0 */
	struct mdev_parent *next;	/* of the host */
};

int mdev_register_driver(struct mdev_driver *driver);
void mdev_unregister_driver(struct mdev_driver *driver);
int mdev_register_parent(struct mdev_parent *parent, struct device *dev,
			 struct mdev_driver *driver, struct mdev_type **types,
			 unsigned int nr_types);
void mdev_unregister_parent(struct mdev_parent *parent);

#endif /* SHIM_LINUX_MDEV_H */
