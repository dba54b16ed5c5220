/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file dev_3505.h
 * A 3505 card reader with a hopper and three stackers.
 */
#ifndef SIM_DEV_3505_H
#define SIM_DEV_3505_H

#include "sim_devices.h"

extern const struct sim_device_type sim_device_3505;

#endif /* SIM_DEV_3505_H */
