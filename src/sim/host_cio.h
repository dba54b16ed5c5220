/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file
 * The host's common I/O layer: subchannels, interrupts, channel paths.
 */
#ifndef HOST_CIO_H
#define HOST_CIO_H

#include <linux/types.h>

struct host;
struct subchannel;

/** The common I/O layer's structure; NULL: it was never bound */
struct subchannel *host_subchannel(struct host *host, u32 sid);

/**
 * The administrator gives a subchannel to the driver. May sleep.
 *
 * @return 0; -ENODEV: no such subchannel, no valid device or no driver;
 *         -EBUSY: bound already; or what the driver's probe returns
 */
int host_sch_bind(struct host *host, u32 sid);
/** The administrator takes it back. May sleep. -ENODEV: not bound */
int host_sch_unbind(struct host *host, u32 sid);
/** The system goes down: the driver's shutdown. May sleep. */
int host_sch_shutdown(struct host *host, u32 sid);

/** The machine's hook: the subchannel has become status pending. The
 *  interrupt is taken by a task of its own as soon as it gets its turn. */
void host_pending(struct host *host, u32 sid);
/** A channel report: subchannel gone, back or changed. May sleep.
 *  @return 0; -ENODEV: not bound */
int host_sch_event(struct host *host, u32 sid);
/** Wait until everything that was reported has been dealt with, as a write to
 *  /proc/cio_settle does. May sleep. */
void host_cio_settle(struct host *host);
/** A channel path changes for all bound subchannels. May sleep.
 *  @param event  CHP_VARY_ON, CHP_VARY_OFF, CHP_ONLINE, CHP_OFFLINE of "chp.h" */
int host_chp_event(struct host *host, u8 chpid, int event);

#endif /* HOST_CIO_H */
