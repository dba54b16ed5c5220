/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A 3390 disk behind a 3990 control unit, attached with
 * machine_attach(m, devno, &dev_3390_ops, dev).
 */
#ifndef SIM_DEV_3390_H
#define SIM_DEV_3390_H

#include "sim_devices.h"

struct ckd_image;
struct dev_3390;

extern const struct machine_device_ops dev_3390_ops;
extern const struct sim_device_type sim_device_3390;

/** Return: a disk on image, which is now the disk's; NULL: no memory. */
struct dev_3390 *dev_3390_create(struct ckd_image *image);

/** Destroy it, and close its image. NULL is allowed. */
void dev_3390_destroy(struct dev_3390 *dev);

#endif /* SIM_DEV_3390_H */
