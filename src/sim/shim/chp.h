/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: channel paths and what can happen to them. */
#ifndef SHIM_CHP_H
#define SHIM_CHP_H

#include "css.h"

#define CHP_ONLINE	0	/* the path has become available */
#define CHP_OFFLINE	1	/* it is gone */
#define CHP_VARY_ON	2	/* the administrator permits it */
#define CHP_VARY_OFF	3	/* he does not */

struct chp_link {
	struct chp_id chpid;
};

int chp_ssd_get_mask(struct chsc_ssd_info *ssd, struct chp_link *link);
u8 chp_get_sch_opm(struct subchannel *sch);

#endif /* SHIM_CHP_H */
