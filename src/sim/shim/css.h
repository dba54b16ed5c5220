/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the bus of subchannels and the drivers on it. */
#ifndef SHIM_CSS_H
#define SHIM_CSS_H

#include "cio.h"

struct chp_link;

struct css_device_id {
	u8 match_flags;
	u8 type;
};

struct css_driver {
	struct css_device_id *subchannel_type;
	struct device_driver drv;
	int (*probe)(struct subchannel *sch);
	void (*remove)(struct subchannel *sch);
	void (*shutdown)(struct subchannel *sch);
	void (*irq)(struct subchannel *sch);
	int (*sch_event)(struct subchannel *sch, int process);
	int (*chp_event)(struct subchannel *sch, struct chp_link *link,
			 int event);
};

int css_driver_register(struct css_driver *driver);
void css_driver_unregister(struct css_driver *driver);

void css_sched_sch_todo(struct subchannel *sch, enum sch_todo todo);

#endif /* SHIM_CSS_H */
