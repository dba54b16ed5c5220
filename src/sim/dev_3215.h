/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file dev_3215.h
 * A 3215 console printer-keyboard: prints lines and reads them.
 */
#ifndef SIM_DEV_3215_H
#define SIM_DEV_3215_H

#include "sim_devices.h"

extern const struct sim_device_type sim_device_3215;

#endif /* SIM_DEV_3215_H */
