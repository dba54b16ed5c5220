/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file dev_unruly.h
 * A device round another that makes it misbehave. Attach it in its place:
 * machine_attach(m, devno, &dev_unruly_ops, unruly).
 */
#ifndef SIM_DEV_UNRULY_H
#define SIM_DEV_UNRULY_H

#include "device.h"
#include "port.h"

struct dev_unruly;
struct sched;

extern const struct machine_device_ops dev_unruly_ops;

/**
 * Make one; it behaves. The device inside stays the caller's.
 * @param sched whose time delays are in; must outlive it
 * @return NULL: no memory
 */
struct dev_unruly *dev_unruly_create(const struct machine_device_ops *ops,
				     void *device, struct sched *sched);
void dev_unruly_destroy(struct dev_unruly *dev);

/**
 * Misbehave so from now on, or behave (PORT_DEVICE_RELEASE), which also
 * presents what has been held back.
 * @return 0; -EOPNOTSUPP: this is nothing a device can do
 */
int dev_unruly_behave(struct dev_unruly *dev, const struct port_manner *manner);

#endif /* SIM_DEV_UNRULY_H */
