/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * States and events of the driver, and the one way to raise an event. All
 * numbers and names come from the rows of vfio_ccw_table.h.
 */
#ifndef VFIO_CCW_FSM_H
#define VFIO_CCW_FSM_H

#include <linux/types.h>

struct ccw_orb;
struct vfio_ccw;
struct vfio_ccw_result;
struct vfio_device;

enum vfio_ccw_state {
#define STATE(name, kind, meaning) VFIO_CCW_STATE_##name,
#include "vfio_ccw_table.h"
	VFIO_CCW_NR_STATES
};

enum vfio_ccw_event {
#define EVENT(name, origin, meaning) VFIO_CCW_EVENT_##name,
#include "vfio_ccw_table.h"
	VFIO_CCW_NR_EVENTS
};

/**
 * struct vfio_ccw_request - what an event brings along and takes back
 * @ret: the answer, 0 or -errno; set by the action
 * @target: OFFLINE: how far down: UNCONFIGURED, STANDBY, or IDLE, which ends
 *	the program and no more
 * @vdev: INIT: the VFIO device being opened
 * @orb: SSCH: the guest's operation-request block
 * @result: INTERRUPT: status as the interrupt handler stored it; the action
 *	may change it on its way to the guest
 */
struct vfio_ccw_request {
	int ret;
	enum vfio_ccw_state target;
	struct vfio_device *vdev;
	const struct ccw_orb *orb;
	struct vfio_ccw_result *result;
};

/**
 * vfio_ccw_fsm_event() - raise an event: the only way the state ever changes
 * @ccw: the subchannel; its mutex is held by the caller
 * @event: what happened
 * @rq: what it brings along; the answer is left in @rq->ret
 *
 * May sleep. Return: @rq->ret, 0 or -errno.
 */
int vfio_ccw_fsm_event(struct vfio_ccw *ccw, enum vfio_ccw_event event,
		       struct vfio_ccw_request *rq);

/* The name of a state or an event, for messages and traces. */
const char *vfio_ccw_state_name(enum vfio_ccw_state state);
const char *vfio_ccw_event_name(enum vfio_ccw_event event);

typedef enum vfio_ccw_state vfio_ccw_action(struct vfio_ccw *ccw,
					    struct vfio_ccw_request *rq);

vfio_ccw_action vfio_ccw_fsm_open, vfio_ccw_fsm_online, vfio_ccw_fsm_offline;
vfio_ccw_action vfio_ccw_fsm_quiesce, vfio_ccw_fsm_retry, vfio_ccw_fsm_settle;
vfio_ccw_action vfio_ccw_fsm_start, vfio_ccw_fsm_halt, vfio_ccw_fsm_clear;
vfio_ccw_action vfio_ccw_fsm_deliver, vfio_ccw_fsm_complete;
vfio_ccw_action vfio_ccw_fsm_silence, vfio_ccw_fsm_note, vfio_ccw_fsm_lose;
vfio_ccw_action vfio_ccw_fsm_reroute, vfio_ccw_fsm_resume, vfio_ccw_fsm_cancel;

#endif /* VFIO_CCW_FSM_H */
