/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host's parts know of subchannels.
 */
#ifndef HOST_CSS_H
#define HOST_CSS_H

#include "cio.h"

struct host;

/** The number the machine knows the subchannel by. */
static inline u32 host_sid(struct subchannel_id schid)
{
	return 0x10000 | schid.ssid << 17 | schid.sch_no;
}

/** Hold a device's lock: nobody binds or unbinds its driver meanwhile. */
void host_device_lock(struct device *dev);
void host_device_unlock(struct device *dev);

#endif /* HOST_CSS_H */
