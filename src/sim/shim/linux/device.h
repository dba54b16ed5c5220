/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: devices, their drivers, and messages about them. */
#ifndef SHIM_LINUX_DEVICE_H
#define SHIM_LINUX_DEVICE_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>

struct device_driver {
	const char *name;
	const void *owner;
	const char *mod_name;
};

struct device {
	char name[32];
	struct device *parent;
	void *driver_data;
	void (*release)(struct device *dev);
	struct mutex mutex;	/* held while a driver is bound or unbound */
	unsigned int users;
	bool registered;
};

static inline const char *dev_name(const struct device *dev)
{
	return dev->name;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline bool device_is_registered(const struct device *dev)
{
	return dev->registered;
}

void put_device(struct device *dev);

void host_dev_print(const char *level, const struct device *dev,
		    const char *format, ...) __printf(3, 4);

#define dev_err(dev, ...)	host_dev_print("error", dev, __VA_ARGS__)
#define dev_warn(dev, ...)	host_dev_print("warning", dev, __VA_ARGS__)
#define dev_notice(dev, ...)	host_dev_print("notice", dev, __VA_ARGS__)
#define dev_info(dev, ...)	host_dev_print("info", dev, __VA_ARGS__)

#endif /* SHIM_LINUX_DEVICE_H */
