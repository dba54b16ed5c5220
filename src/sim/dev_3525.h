/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file dev_3525.h
 * A 3525 card punch.
 */
#ifndef SIM_DEV_3525_H
#define SIM_DEV_3525_H

#include "sim_devices.h"

extern const struct sim_device_type sim_device_3525;

#endif /* SIM_DEV_3525_H */
